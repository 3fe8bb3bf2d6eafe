package io.scopegate.proxy.http2;

import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http2.DecoratingHttp2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2LifecycleManager;
import io.netty.handler.codec.http2.Http2Stream;
import org.jspecify.annotations.Nullable;

/**
 * Ends a connection whose client makes us write more than it reads, or resets on its account.
 * Confined to the channel's event loop.
 */
// What becomes of a write is told by its promise.
@SuppressWarnings("FutureReturnValueIgnored")
final class FrontendEncoder extends DecoratingHttp2ConnectionEncoder {
  private static final int MAX_QUEUED = 1_000;

  private final Http2Connection.PropertyKey excused;
  private @Nullable Http2LifecycleManager lifecycleManager;
  private @Nullable ResetBudget resets;
  private int queued;
  private boolean over;

  FrontendEncoder(Http2ConnectionEncoder delegate) {
    super(delegate);
    this.excused = connection().newKey();
  }

  /** Counts no plain reset of this stream: somebody else has brought it about. */
  void excuse(int streamId) {
    Http2Stream stream = connection().stream(streamId);
    if (stream != null) {
      stream.setProperty(excused, true);
    }
  }

  @Override
  public void lifecycleManager(Http2LifecycleManager manager) {
    lifecycleManager = manager;
    super.lifecycleManager(manager);
  }

  @Override
  public ChannelFuture writeSettingsAck(ChannelHandlerContext ctx, ChannelPromise promise) {
    return super.writeSettingsAck(ctx, counted(ctx, promise));
  }

  @Override
  public ChannelFuture writePing(
      ChannelHandlerContext ctx, boolean ack, long data, ChannelPromise promise) {
    return super.writePing(ctx, ack, data, counted(ctx, promise));
  }

  @Override
  public ChannelFuture writeRstStream(
      ChannelHandlerContext ctx, int streamId, long errorCode, ChannelPromise promise) {
    boolean charged = isClientsAccount(streamId, errorCode);
    ChannelFuture written = super.writeRstStream(ctx, streamId, errorCode, counted(ctx, promise));
    if (charged) {
      long now = ctx.executor().ticker().nanoTime();
      ResetBudget budget = resets == null ? new ResetBudget(now) : resets;
      resets = budget;
      if (!budget.spend(now)) {
        end(ctx, "too many streams had to be reset");
      }
    }
    return written;
  }

  /**
   * A failing backend is nobody's fault here, and a whole request may be answered and reset. What
   * is left was brought about by the client: a violation, or a request without an end, unless its
   * stream is excused.
   */
  private boolean isClientsAccount(int streamId, long errorCode) {
    if (errorCode == Http2Error.INTERNAL_ERROR.code()) {
      return false;
    }
    boolean plain =
        errorCode == Http2Error.CANCEL.code() || errorCode == Http2Error.NO_ERROR.code();
    Http2Stream stream = connection().stream(streamId);
    return !plain
        || (stream != null
            && stream.state().remoteSideOpen()
            && stream.getProperty(excused) == null);
  }

  /** Counts a frame that waits to be written and that no flow control holds back. */
  private ChannelPromise counted(ChannelHandlerContext ctx, ChannelPromise promise) {
    if (queued == MAX_QUEUED) {
      ctx.flush();
    }
    if (queued >= MAX_QUEUED) {
      end(ctx, "too many frames wait to be read");
    }
    queued++;
    return promise.unvoid().addListener(written -> queued--);
  }

  private void end(ChannelHandlerContext ctx, String why) {
    Http2LifecycleManager manager = lifecycleManager;
    if (!over && manager != null) {
      over = true;
      manager.onError(
          ctx, true, Http2Exception.connectionError(Http2Error.ENHANCE_YOUR_CALM, "%s", why));
    }
  }
}
