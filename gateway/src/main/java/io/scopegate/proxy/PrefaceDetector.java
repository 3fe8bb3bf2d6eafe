package io.scopegate.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Looks whether a connection in clear text begins with the preface of HTTP/2 (RFC 9113 §3.3), and
 * goes. Until it does not, nothing is read as HTTP/1. Confined to the channel's event loop.
 */
final class PrefaceDetector extends ChannelInboundHandlerAdapter {
  private static final ByteBuf PREFACE = Http2CodecUtil.connectionPrefaceBuf();

  private final Consumer<ChannelPipeline> http2;
  private final Duration headTimeout;
  private @Nullable ByteBuf sofar;
  private @Nullable ScheduledFuture<?> timer;

  /** Says that what began like the preface did not go on in time. */
  record Stalled() {}

  /**
   * Stands before the handlers of HTTP/1.
   *
   * @param http2 puts those of HTTP/2 in their place
   * @param headTimeout from the first byte until it is certain what is spoken
   */
  PrefaceDetector(Consumer<ChannelPipeline> http2, Duration headTimeout) {
    this.http2 = http2;
    this.headTimeout = headTimeout;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf in = (ByteBuf) message;
    ByteBuf all =
        sofar == null ? in : ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(ctx.alloc(), sofar, in);
    sofar = null;
    int length = Math.min(all.readableBytes(), PREFACE.readableBytes());
    if (!isPreface(all, length)) {
      ctx.pipeline().remove(this);
      ctx.fireChannelRead(all);
    } else if (length < PREFACE.readableBytes()) {
      sofar = all;
      if (timer == null && length > 0) {
        timer =
            ctx.executor()
                .schedule(() -> stalled(ctx), headTimeout.toNanos(), TimeUnit.NANOSECONDS);
      }
    } else {
      ChannelPipeline pipeline = ctx.pipeline();
      while (pipeline.last() != this) {
        pipeline.removeLast();
      }
      http2.accept(pipeline);
      ctx.fireChannelRead(all);
      pipeline.remove(this);
    }
  }

  private void stalled(ChannelHandlerContext ctx) {
    // It goes, so that no HTTP/2 begins after the answer.
    ctx.pipeline().remove(this);
    ctx.fireUserEventTriggered(new Stalled());
  }

  private static boolean isPreface(ByteBuf bytes, int length) {
    for (int i = 0; i < length; i++) {
      if (bytes.getByte(bytes.readerIndex() + i) != PREFACE.getByte(i)) {
        return false;
      }
    }
    return true;
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    if (timer != null) {
      timer.cancel(false);
      timer = null;
    }
    if (sofar != null) {
      sofar.release();
      sofar = null;
    }
  }
}
