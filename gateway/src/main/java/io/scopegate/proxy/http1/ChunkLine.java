package io.scopegate.proxy.http1;

import io.netty.buffer.ByteBuf;
import io.scopegate.proxy.message.Grammar;

/** The grammar of the line before a chunk (RFC 9112 §7.1.1), without white space. */
final class ChunkLine {
  /** What is longer wraps around in some readers. */
  private static final int MAX_DIGITS = 8;

  private ChunkLine() {}

  /** Returns the size that a line states, or -1 if it is no such line. */
  static long size(byte[] line, int length) {
    long size = 0;
    int digits = 0;
    while (digits < length && Character.digit(line[digits], 16) >= 0) {
      if (digits == MAX_DIGITS) {
        return -1;
      }
      size = (size << 4) | Character.digit(line[digits], 16);
      digits++;
    }
    return digits > 0 && areExtensions(line, digits, length) ? size : -1;
  }

  /** Says whether what comes, of which there is at least a byte, ends a chunk. */
  static boolean couldEnd(ByteBuf in) {
    int at = in.readerIndex();
    return in.getByte(at) == '\r' && (in.readableBytes() < 2 || in.getByte(at + 1) == '\n');
  }

  /** Says whether the bytes from here to the end of the line are extensions, or nothing. */
  private static boolean areExtensions(byte[] line, int from, int length) {
    int at = from;
    while (at < length) {
      if (line[at] != ';') {
        return false;
      }
      int name = at + 1;
      at = tokenEnd(line, name, length);
      if (at == name) {
        return false;
      }
      if (at < length && line[at] == '=') {
        int value = at + 1;
        at =
            value < length && line[value] == '"'
                ? quotedEnd(line, value + 1, length)
                : tokenEnd(line, value, length);
        if (at <= value) {
          return false;
        }
      }
    }
    return true;
  }

  private static int tokenEnd(byte[] line, int from, int length) {
    int end = from;
    while (end < length && Grammar.isToken(line, end, end + 1)) {
      end++;
    }
    return end;
  }

  /** Returns where the quoted string is over, or -1. */
  private static int quotedEnd(byte[] line, int from, int length) {
    int at = from;
    while (at < length && Grammar.isText(line, at, at + 1)) {
      if (line[at] == '"') {
        return at + 1;
      }
      at += line[at] == '\\' ? 2 : 1;
    }
    return -1;
  }
}
