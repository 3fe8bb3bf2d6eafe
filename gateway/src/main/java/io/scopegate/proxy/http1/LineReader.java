package io.scopegate.proxy.http1;

import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.FastThreadLocal;
import io.scopegate.proxy.message.HeadLimits;
import io.scopegate.proxy.message.Malformed;
import io.scopegate.proxy.message.Objections;

/**
 * Takes lines, which end with CR LF and nothing else, out of a buffer. Confined to the channel's
 * event loop.
 */
final class LineReader {
  private static final FastThreadLocal<byte[]> LINES =
      new FastThreadLocal<>() {
        @Override
        protected byte[] initialValue() {
          return new byte[HeadLimits.STANDARD.headerBytes()];
        }
      };

  private final Objections objections;
  private byte[] line = {};
  private int searched;

  LineReader(Objections objections) {
    this.objections = objections;
  }

  /** Returns the array with the line read last, shared by all readers of the thread. */
  byte[] line() {
    return line;
  }

  /**
   * Reads a line; returns its length without its end, or -1 if it is not whole yet or was refused.
   */
  int read(ByteBuf in, int max, Malformed.Kind tooLong) {
    int start = in.readerIndex();
    int feed = in.indexOf(start + searched, in.writerIndex(), (byte) '\n');
    int length = (feed < 0 ? in.writerIndex() : feed) - start - 1;
    if (length > max) {
      objections.refuse(tooLong, "a line is too long");
      return -1;
    }
    if (feed < 0) {
      searched = in.readableBytes();
      return -1;
    }
    searched = 0;
    if (length < 0 || in.getByte(feed - 1) != '\r') {
      objections.refuse("a line ends without a carriage return");
      return -1;
    }
    line = LINES.get();
    if (line.length < length) {
      line = new byte[max];
      LINES.set(line);
    }
    in.readBytes(line, 0, length);
    in.skipBytes(2);
    return length;
  }

  /** Forgets that a part of a line was looked at: the buffer is gone. */
  void reset() {
    searched = 0;
  }
}
