package io.scopegate.proxy.http1;

import io.netty.buffer.ByteBuf;
import io.scopegate.proxy.message.Grammar;

/** The grammar of the line before a chunk (RFC 9112 §7.1.1), without white space. */
final class ChunkLine {
  /** What is longer wraps around in some readers. */
  private static final int MAX_DIGITS = 8;

  private ChunkLine() {}

  /** Returns the size that a line states, or -1 if it is no such line. */
  static long size(byte[] line, int from, int to) {
    long size = 0;
    int at = from;
    while (at < to && Character.digit(line[at], 16) >= 0) {
      if (at - from == MAX_DIGITS) {
        return -1;
      }
      size = (size << 4) | Character.digit(line[at], 16);
      at++;
    }
    return at > from && areExtensions(line, at, to) ? size : -1;
  }

  /** Says whether what comes, of which there is at least a byte, ends a chunk. */
  static boolean couldEnd(ByteBuf in) {
    int at = in.readerIndex();
    return in.getByte(at) == '\r' && (in.readableBytes() < 2 || in.getByte(at + 1) == '\n');
  }

  /** Says whether the bytes from here to the end of the line are extensions, or nothing. */
  private static boolean areExtensions(byte[] line, int from, int to) {
    int at = from;
    while (at < to) {
      if (line[at] != ';') {
        return false;
      }
      int name = at + 1;
      at = Grammar.tokenEnd(line, name, to);
      if (at == name) {
        return false;
      }
      if (at < to && line[at] == '=') {
        int value = at + 1;
        at =
            value < to && line[value] == '"'
                ? quotedEnd(line, value + 1, to)
                : Grammar.tokenEnd(line, value, to);
        if (at <= value) {
          return false;
        }
      }
    }
    return true;
  }

  /** Returns where the quoted string is over, or -1. */
  private static int quotedEnd(byte[] line, int from, int to) {
    int at = from;
    while (at < to && Grammar.isText(line, at, at + 1)) {
      if (line[at] == '"') {
        return at + 1;
      }
      at += line[at] == '\\' ? 2 : 1;
    }
    return -1;
  }
}
