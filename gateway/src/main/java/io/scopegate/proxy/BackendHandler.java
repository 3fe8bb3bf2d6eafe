package io.scopegate.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.util.ReferenceCountUtil;
import io.scopegate.backend.BackendFailure;
import io.scopegate.proxy.http1.Http1RequestWriter;
import io.scopegate.proxy.http1.ResponseDecoder;
import io.scopegate.proxy.http2.Http2AnswerReader;
import io.scopegate.proxy.http2.Http2RequestWriter;
import io.scopegate.proxy.message.AnswerReader;
import io.scopegate.proxy.message.BodyEnd;
import io.scopegate.proxy.message.RequestWriter;
import io.scopegate.proxy.message.ResponseHead;
import io.scopegate.proxy.message.Unprocessed;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The end of a backend connection's pipeline: hands what comes to the request it was leased to.
 * Whatever comes while there is none closes the connection. Confined to the channel's event loop.
 */
// Whether a close worked out is told by the channel.
@SuppressWarnings("FutureReturnValueIgnored")
final class BackendHandler extends ChannelInboundHandlerAdapter {
  private final AnswerReader reader;
  private final RequestWriter writer;
  private @Nullable Forwarding forwarding;

  private BackendHandler(AnswerReader reader, RequestWriter writer) {
    this.reader = reader;
    this.writer = writer;
  }

  /** Puts the handlers on a new HTTP/1 connection to a backend. */
  static void install(ChannelPipeline pipeline) {
    ResponseDecoder decoder = new ResponseDecoder();
    RequestWriter writer = new Http1RequestWriter(pipeline.channel());
    pipeline.addLast(decoder, new BackendHandler(decoder, writer));
  }

  /**
   * Puts the handlers on a new stream of an HTTP/2 connection to a backend.
   *
   * @param scheme of what is asked for: {@code http} or {@code https}
   */
  static void installStream(ChannelPipeline pipeline, String scheme) {
    Http2AnswerReader reader = new Http2AnswerReader();
    RequestWriter writer = new Http2RequestWriter(pipeline.channel(), scheme);
    pipeline.addLast(reader, new BackendHandler(reader, writer));
  }

  static BackendHandler of(Channel channel) {
    BackendHandler handler = channel.pipeline().get(BackendHandler.class);
    if (handler == null) {
      throw new IllegalStateException("a backend connection without our handlers");
    }
    return handler;
  }

  /** Serves a request until {@link #detach}. */
  void attach(Forwarding served, boolean head) {
    forwarding = served;
    reader.expectAnswer(head);
  }

  void detach() {
    forwarding = null;
  }

  AnswerReader reader() {
    return reader;
  }

  RequestWriter writer() {
    return writer;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    Forwarding served = forwarding;
    if (served == null) {
      ReferenceCountUtil.release(message);
      ctx.close();
      return;
    }
    try {
      deliver(served, message);
    } catch (Throwable defect) {
      fail(ctx, served, defect);
    }
  }

  private static void deliver(Forwarding served, Object message) {
    if (message instanceof ResponseHead head) {
      served.answer(head);
    } else if (message instanceof ByteBuf data) {
      served.answerData(data);
    } else if (message instanceof BodyEnd end) {
      served.answerEnd(end);
    } else if (message instanceof Unprocessed) {
      served.fail(BackendFailure.Kind.REFUSED);
    } else {
      served.fail(BackendFailure.Kind.MALFORMED);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    tell(ctx, Forwarding::answerBatchEnd);
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    if (ctx.channel().isWritable()) {
      tell(ctx, Forwarding::backendReads);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    tell(ctx, Forwarding::backendClosed);
  }

  /** Tells the request that is served, if there is one, of what has happened. */
  private void tell(ChannelHandlerContext ctx, Consumer<Forwarding> news) {
    Forwarding served = forwarding;
    if (served != null) {
      try {
        news.accept(served);
      } catch (Throwable defect) {
        fail(ctx, served, defect);
      }
    }
  }

  /** Ends both sides: the client would wait for what nobody is about to send. */
  private static void fail(ChannelHandlerContext ctx, Forwarding served, Throwable defect) {
    try {
      ctx.close();
    } finally {
      served.defect(defect);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    // A reset, or a write that failed: whatever was expected does not come.
    if (forwarding != null) {
      forwarding.fail(BackendFailure.Kind.BROKEN_OFF);
    }
    ctx.close();
  }
}
