package io.scopegate.proxy.http1;

import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.FastThreadLocal;
import io.scopegate.proxy.message.HeadLimits;
import io.scopegate.proxy.message.Malformed;
import io.scopegate.proxy.message.Objections;
import io.scopegate.proxy.message.Octets;
import org.jspecify.annotations.Nullable;

/**
 * Takes lines, which end with CR LF and nothing else, out of a buffer. Many are copied out of it at
 * once, into a window that all readers of the thread share: whoever needs it takes it over.
 * Confined to the channel's event loop.
 */
final class LineReader {
  /** Most heads fit, and no more of a body behind one is copied than costs nothing. */
  private static final int WINDOW = 2048;

  private static final FastThreadLocal<Window> WINDOWS =
      new FastThreadLocal<>() {
        @Override
        protected Window initialValue() {
          return new Window();
        }
      };

  private final Objections objections;

  /** The part of the buffer that the window holds, while it is this reader's. */
  private int begin;

  private int end;

  /** The line read last, in the window. */
  private byte[] bytes = {};

  private int from;
  private int to;

  /** How much of a line that is not whole yet was looked at. */
  private int searched;

  /** Bytes of a buffer. Confined to the event loop. */
  private static final class Window {
    private byte[] bytes = new byte[HeadLimits.STANDARD.headerBytes()];
    private @Nullable LineReader reader;
  }

  LineReader(Objections objections) {
    this.objections = objections;
  }

  /** Returns the array that holds the line read last, until the next one is read by anybody. */
  byte[] bytes() {
    return bytes;
  }

  /** Returns where the line begins in it. */
  int from() {
    return from;
  }

  /** Returns where the line ends in it. */
  int to() {
    return to;
  }

  /** Reads a line; returns its length without its end, or -1 if it is not whole or was refused. */
  int read(ByteBuf in, int max, Malformed.Kind tooLong) {
    int start = in.readerIndex();
    Window window = WINDOWS.get();
    int feed = feed(in, start, window);
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
    if (!holds(window, start) || feed >= end) {
      fill(window, in, start, feed + 1);
    }
    bytes = window.bytes;
    from = start - begin;
    to = from + length;
    if (length < 0 || bytes[to] != '\r') {
      objections.refuse("a line ends without a carriage return");
      return -1;
    }
    in.readerIndex(feed + 1);
    return length;
  }

  /** Returns where the next line feed stands in the buffer, or -1. */
  private int feed(ByteBuf in, int start, Window window) {
    if (searched > 0) {
      return in.indexOf(start + searched, in.writerIndex(), (byte) '\n');
    }
    if (!holds(window, start)) {
      fill(window, in, start, Math.min(in.writerIndex(), start + WINDOW));
    }
    int found = Octets.indexOf(window.bytes, start - begin, end - begin, '\n');
    return found >= 0 ? begin + found : in.indexOf(end, in.writerIndex(), (byte) '\n');
  }

  private boolean holds(Window window, int start) {
    return window.reader == this && start >= begin && start < end;
  }

  private void fill(Window window, ByteBuf in, int start, int stop) {
    if (window.bytes.length < stop - start) {
      window.bytes = new byte[stop - start];
    }
    in.getBytes(start, window.bytes, 0, stop - start);
    window.reader = this;
    begin = start;
    end = stop;
  }

  /** The buffer is another one, or has other bytes: what was copied of it is worth nothing. */
  void bufferChanged() {
    begin = 0;
    end = 0;
  }

  /** The buffer is gone, and with it the part of a line that was looked at. */
  void reset() {
    bufferChanged();
    searched = 0;
  }
}
