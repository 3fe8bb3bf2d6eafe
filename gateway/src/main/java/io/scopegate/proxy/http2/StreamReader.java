package io.scopegate.proxy.http2;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.util.ReferenceCountUtil;
import io.scopegate.proxy.message.BodyEnd;
import io.scopegate.proxy.message.Fields;
import io.scopegate.proxy.message.Framing;
import io.scopegate.proxy.message.Malformed;
import io.scopegate.proxy.message.Objections;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Reads the messages of one stream: a head, slices of the body, a {@link BodyEnd}. What is not
 * allowed becomes one {@link Malformed}, after which every frame is dropped. What is not read stays
 * in the peer's window (RFC 9113 §5.2). Confined to the channel's event loop.
 */
abstract class StreamReader extends ChannelInboundHandlerAdapter {
  private final ArrayDeque<Object> waiting = new ArrayDeque<>(2);
  private final Objections objections = new Objections();
  private @Nullable ChannelHandlerContext context;
  private boolean held;
  private boolean handingOut;
  private boolean dropped;
  private boolean headRead;
  private boolean ended;
  private boolean stated;
  private long left;

  /** A head that says there is no body, while its stream could still bring one. */
  private @Nullable Object doubtful;

  /**
   * Starts before the head.
   *
   * @param held whether nothing is handed out until {@link #release}
   */
  StreamReader(boolean held) {
    this.held = held;
  }

  /** Makes the head of these fields, or refuses it. */
  abstract @Nullable Object head(Http2Headers headers, boolean endStream, Objections objections);

  abstract Framing framing(Object head);

  /** Says whether another head follows. */
  boolean isInterim(Object head) {
    return false;
  }

  /** Says whether field values may hold bytes from 0x80. */
  abstract boolean takesObsText();

  /** Says whether what has come is handed out even where the stream ends meanwhile. */
  boolean outlivesStream() {
    return false;
  }

  /** Stops handing out messages until {@link #release}; no more is let in than the window has. */
  public final void hold() {
    held = true;
    ChannelHandlerContext ctx = context;
    if (ctx != null) {
      ctx.channel().config().setAutoRead(false);
    }
  }

  /** Hands out again, beginning with what has come in meanwhile. */
  public final void release() {
    ChannelHandlerContext ctx = context;
    if (!held || ctx == null) {
      return;
    }
    held = false;
    if (!handingOut) {
      handOutWaiting(ctx);
      ctx.fireChannelReadComplete();
    }
    if (!held) {
      ctx.channel().config().setAutoRead(true);
    }
  }

  /** Drops everything that still comes. */
  public final void drop() {
    dropped = true;
    held = false;
    releaseWaiting();
    ChannelHandlerContext ctx = context;
    if (ctx != null) {
      ctx.channel().config().setAutoRead(true);
    }
  }

  /** Says whether the end of the message has come. */
  public final boolean isEnded() {
    return ended;
  }

  /** Says whether the first frame of the message has come. */
  public final boolean isStarted() {
    return headRead || !waiting.isEmpty();
  }

  /** Says whether nothing has come that was not handed out. */
  public final boolean isClean() {
    return waiting.isEmpty() && objections.isEmpty();
  }

  @Override
  public final void channelRead(ChannelHandlerContext ctx, Object frame) {
    if (dropped) {
      ReferenceCountUtil.release(frame);
    } else {
      waiting.add(frame);
      if (!handingOut) {
        handOutWaiting(ctx);
      }
    }
  }

  private void handOutWaiting(ChannelHandlerContext ctx) {
    handingOut = true;
    try {
      while (!held && !waiting.isEmpty()) {
        handOut(ctx, waiting.removeFirst());
      }
    } finally {
      handingOut = false;
    }
  }

  private void handOut(ChannelHandlerContext ctx, Object frame) {
    if (frame instanceof Http2DataFrame data) {
      data(ctx, data);
    } else if (frame instanceof Http2HeadersFrame headers) {
      if (headRead) {
        trailers(ctx, headers);
      } else {
        head(ctx, headers);
      }
    } else if (frame instanceof BodyEnd) {
      ctx.fireChannelRead(frame);
    } else {
      // Frames of unknown types say nothing (RFC 9113 §4.1).
      ReferenceCountUtil.release(frame);
    }
    Malformed refused = objections.first();
    if (refused != null && !dropped) {
      drop();
      ctx.fireChannelRead(refused);
    }
  }

  private void head(ChannelHandlerContext ctx, Http2HeadersFrame frame) {
    Object head = head(frame.headers(), frame.isEndStream(), objections);
    if (head == null || !objections.isEmpty()) {
      return;
    }
    if (isInterim(head)) {
      ctx.fireChannelRead(head);
      return;
    }
    headRead = true;
    Framing framing = framing(head);
    stated = framing.kind() == Framing.Kind.FIXED || framing.kind() == Framing.Kind.NONE;
    left = framing.length();
    ended = frame.isEndStream();
    if (!ended && framing.isEmpty()) {
      doubtful = head;
      return;
    }
    ctx.fireChannelRead(head);
    if (ended) {
      endMessage(ctx, BodyEnd.PLAIN);
    }
  }

  private void data(ChannelHandlerContext ctx, Http2DataFrame frame) {
    ByteBuf content = frame.content();
    int length = content.readableBytes();
    left -= length;
    if (!headRead || (stated && (left < 0 || (frame.isEndStream() && left > 0)))) {
      // RFC 9113 §8.1.1.
      frame.release();
      objections.refuse("the data is not as long as `content-length` says");
      return;
    }
    ended = frame.isEndStream();
    if (length > 0) {
      ctx.fireChannelRead(content);
    } else {
      frame.release();
    }
    if (frame.isEndStream()) {
      endMessage(ctx, BodyEnd.PLAIN);
    }
  }

  private void trailers(ChannelHandlerContext ctx, Http2HeadersFrame frame) {
    FieldBlock block = FieldBlock.read(frame.headers(), takesObsText(), objections);
    if (block.hasPseudo() || !frame.isEndStream() || (stated && left > 0)) {
      objections.refuse("trailers with a pseudo-header field, or before the end");
    }
    if (objections.isEmpty()) {
      ended = true;
      Fields trailers = block.fields();
      endMessage(ctx, trailers.size() == 0 ? BodyEnd.PLAIN : new BodyEnd(trailers));
    }
  }

  private void endMessage(ChannelHandlerContext ctx, BodyEnd end) {
    if (doubtful != null) {
      Object head = doubtful;
      doubtful = null;
      ctx.fireChannelRead(head);
    }
    if (held) {
      // What came with it, or before it, stopped the reading.
      waiting.addFirst(end);
    } else {
      ctx.fireChannelRead(end);
    }
  }

  @Override
  public final void channelInactive(ChannelHandlerContext ctx) {
    if (outlivesStream() && !waiting.isEmpty()) {
      // The last chance: the handlers leave a channel that is closed. It is less than a window.
      held = false;
      while (!waiting.isEmpty()) {
        handOut(ctx, waiting.removeFirst());
        held = false;
      }
      ctx.fireChannelReadComplete();
    }
    drop();
    ctx.fireChannelInactive();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    // The codec has reset the stream, or is about to: that ends the exchange.
    if (!(cause instanceof Http2Exception)) {
      ctx.fireExceptionCaught(cause);
    }
  }

  private void releaseWaiting() {
    Object frame;
    while ((frame = waiting.pollFirst()) != null) {
      ReferenceCountUtil.release(frame);
    }
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    context = ctx;
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    releaseWaiting();
  }
}
