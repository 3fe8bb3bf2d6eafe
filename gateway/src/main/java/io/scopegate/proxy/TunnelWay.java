package io.scopegate.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.scopegate.proxy.message.WebSocketFrames;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One way of a tunnel: passes bytes on until it is to be closed, and then up to the end of the
 * frame that is under way. Confined to the channel's event loop.
 */
final class TunnelWay {
  private static final int CLOSE_HEAD = 0x88;
  private static final int MASKED = 0x80;

  /** A control frame has no more (RFC 6455 §5.5), and the code takes two of it. */
  private static final int MAX_REASON = 123;

  private final Consumer<ByteBuf> sink;
  private final ByteBufAllocator allocator;
  private final boolean masks;
  private final int mask;
  private final WebSocketFrames frames = new WebSocketFrames();
  private @Nullable ByteBuf farewell;
  private boolean closed;

  private TunnelWay(Consumer<ByteBuf> sink, ByteBufAllocator allocator, boolean masks, int mask) {
    this.sink = sink;
    this.allocator = allocator;
    this.masks = masks;
    this.mask = mask;
  }

  /** Returns the way to a client, whose frames bear no mask. */
  static TunnelWay plain(Consumer<ByteBuf> sink, ByteBufAllocator allocator) {
    return new TunnelWay(sink, allocator, false, 0);
  }

  /** Returns the way to a server, whose frames bear one (RFC 6455 §5.3). */
  static TunnelWay masked(Consumer<ByteBuf> sink, ByteBufAllocator allocator, int mask) {
    return new TunnelWay(sink, allocator, true, mask);
  }

  /** Passes bytes on, as many as still may. */
  void pass(ByteBuf data) {
    if (closed) {
      frames.scan(data);
      data.release();
    } else if (farewell == null) {
      frames.scan(data);
      sink.accept(data);
    } else {
      int rest = frames.scanToBoundary(data);
      sink.accept(data.readRetainedSlice(rest));
      sayFarewell();
      frames.scan(data);
      data.release();
    }
  }

  /** Ends it with this code, at the next boundary of frames. */
  void close(int code, String reason) {
    farewell = frame(code, reason);
    sayFarewell();
  }

  /** Says whether the side that sends here has said that it closes. */
  boolean isFarewellHeard() {
    return frames.isClosed();
  }

  private void sayFarewell() {
    ByteBuf frame = farewell;
    if (frame != null && frames.isAtBoundary()) {
      farewell = null;
      closed = true;
      if (frames.isClosed()) {
        frame.release(); // the side that sends here has said it itself
      } else {
        sink.accept(frame);
      }
    }
  }

  /** Gives up what was not sent. */
  void drop() {
    if (farewell != null) {
      farewell.release();
      farewell = null;
    }
    closed = true;
  }

  private ByteBuf frame(int code, String reason) {
    byte[] text = reason.getBytes(StandardCharsets.US_ASCII);
    int length = Math.min(text.length, MAX_REASON);
    ByteBuf frame = allocator.buffer(8 + length);
    frame.writeByte(CLOSE_HEAD);
    frame.writeByte((masks ? MASKED : 0) | (2 + length));
    if (masks) {
      frame.writeInt(mask);
    }
    int payload = frame.writerIndex();
    frame.writeShort(code);
    frame.writeBytes(text, 0, length);
    for (int i = payload; masks && i < frame.writerIndex(); i++) {
      frame.setByte(i, frame.getByte(i) ^ (mask >>> (24 - 8 * ((i - payload) & 3))));
    }
    return frame;
  }
}
