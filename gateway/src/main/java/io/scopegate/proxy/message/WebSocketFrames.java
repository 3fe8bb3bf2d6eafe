package io.scopegate.proxy.message;

import io.netty.buffer.ByteBuf;

/**
 * Finds the boundaries between the frames of one way of a WebSocket (RFC 6455 §5.2): counts heads
 * and skips payloads, judges nothing. Confined to the channel's event loop.
 */
public final class WebSocketFrames {
  private static final int CLOSE = 8;
  private static final int MASKED = 0x80;

  private int opcode;
  private int headLeft;
  private int lengthLeft;
  private long length;
  private boolean second;
  private boolean inHead;
  private long payloadLeft;
  private boolean closed;
  private boolean lost;

  /** Starts before the first frame. */
  public WebSocketFrames() {}

  /** Says whether the next byte begins a frame. */
  public boolean isAtBoundary() {
    return !lost && !inHead && payloadLeft == 0;
  }

  /** Says whether a whole frame has said that nothing follows. */
  public boolean isClosed() {
    return closed;
  }

  /** Reads all of these bytes, which stay in the buffer. */
  public void scan(ByteBuf data) {
    int at = data.readerIndex();
    while (at < data.writerIndex()) {
      at = frame(data, at);
    }
  }

  /** Reads up to the next boundary; returns how many bytes lie before it, at most all. */
  public int scanToBoundary(ByteBuf data) {
    int at = data.readerIndex();
    while (at < data.writerIndex() && !isAtBoundary()) {
      at = frame(data, at);
    }
    return at - data.readerIndex();
  }

  /** Reads as much of one frame as there is; returns where it stopped. */
  private int frame(ByteBuf data, int from) {
    int at = from;
    if (lost) {
      return data.writerIndex();
    }
    if (payloadLeft == 0) {
      if (!inHead) {
        begin(data.getByte(at++));
      }
      while (inHead && at < data.writerIndex()) {
        head(data.getByte(at++) & 0xff);
      }
    }
    int skipped = (int) Math.min(payloadLeft, data.writerIndex() - at);
    payloadLeft -= skipped;
    if (opcode == CLOSE && isAtBoundary()) {
      closed = true;
    }
    return at + skipped;
  }

  private void begin(byte first) {
    opcode = first & 0x0f;
    inHead = true;
    second = true;
    headLeft = 1;
    length = 0;
  }

  /** Reads a byte of a head behind its first. */
  private void head(int octet) {
    headLeft--;
    if (second) {
      second = false;
      int small = octet & 0x7f;
      lengthLeft = small == 127 ? 8 : small == 126 ? 2 : 0;
      length = lengthLeft > 0 ? 0 : small;
      headLeft = lengthLeft + ((octet & MASKED) == 0 ? 0 : 4);
    } else if (lengthLeft > 0) {
      lengthLeft--;
      length = (length << 8) | octet;
    }
    if (headLeft == 0) {
      inHead = false;
      // RFC 6455 §5.2: the most significant bit must be 0. Where the next frame begins, if there
      // is one, nobody can tell.
      lost = length < 0;
      payloadLeft = Math.max(0, length);
    }
  }
}
