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
import io.scopegate.proxy.message.RequestHead;
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
  private @Nullable Served served;
  private boolean dirty;
  private boolean sent;

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
  void attach(Served request, RequestHead head) {
    served = request;
    dirty = false;
    sent = false;
    reader.expectAnswer(head);
  }

  /** Serves what a request has become, in its place. */
  void handOver(Served successor) {
    served = successor;
  }

  void detach() {
    served = null;
  }

  AnswerReader reader() {
    return reader;
  }

  /** Returns the writer, for something that is sent with the next {@link #flush}. */
  RequestWriter writer() {
    dirty = true;
    return writer;
  }

  /** Sends what was written. */
  void flush(Channel channel) {
    if (dirty) {
      dirty = false;
      sent = true;
      channel.flush();
    }
  }

  /** Says whether anything of the request may have left. */
  boolean hasSent() {
    return sent;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    Served leasing = served;
    if (leasing == null) {
      ReferenceCountUtil.release(message);
      ctx.close();
      return;
    }
    try {
      deliver(leasing, message);
    } catch (Throwable defect) {
      fail(ctx, leasing, defect);
    }
  }

  private static void deliver(Served leasing, Object message) {
    if (message instanceof ResponseHead head) {
      leasing.answer(head);
    } else if (message instanceof ByteBuf data) {
      leasing.answerData(data);
    } else if (message instanceof BodyEnd end) {
      leasing.answerEnd(end);
    } else if (message instanceof Unprocessed) {
      leasing.fail(BackendFailure.Kind.REFUSED);
    } else {
      leasing.fail(BackendFailure.Kind.MALFORMED);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    tell(ctx, Served::answerBatchEnd);
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    if (ctx.channel().isWritable()) {
      tell(ctx, Served::backendReads);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    tell(ctx, Served::backendClosed);
  }

  /** Tells the request that is served, if there is one, of what has happened. */
  private void tell(ChannelHandlerContext ctx, Consumer<Served> news) {
    Served leasing = served;
    if (leasing != null) {
      try {
        news.accept(leasing);
      } catch (Throwable defect) {
        fail(ctx, leasing, defect);
      }
    }
  }

  /** Ends both sides: the client would wait for what nobody is about to send. */
  private static void fail(ChannelHandlerContext ctx, Served leasing, Throwable defect) {
    try {
      ctx.close();
    } finally {
      leasing.defect(defect);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    // A reset, or a write that failed: whatever was expected does not come.
    if (served != null) {
      served.fail(BackendFailure.Kind.BROKEN_OFF);
    }
    ctx.close();
  }
}
