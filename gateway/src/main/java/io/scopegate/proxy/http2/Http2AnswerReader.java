package io.scopegate.proxy.http2;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2GoAwayFrame;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.util.ReferenceCountUtil;
import io.scopegate.proxy.message.AnswerReader;
import io.scopegate.proxy.message.Framing;
import io.scopegate.proxy.message.Malformed;
import io.scopegate.proxy.message.Objections;
import io.scopegate.proxy.message.RequestHead;
import io.scopegate.proxy.message.ResponseHead;
import io.scopegate.proxy.message.Unprocessed;
import org.jspecify.annotations.Nullable;

/** Reads the answer of one stream. Confined to the channel's event loop. */
public final class Http2AnswerReader extends StreamReader implements AnswerReader {
  private boolean toHead;
  private boolean toHandshake;

  /** Starts before the head. */
  public Http2AnswerReader() {
    super(false);
  }

  @Override
  public void expectAnswer(RequestHead request) {
    toHead = request.isHead();
    toHandshake = request.opensWebSocket();
  }

  @Override
  @Nullable Object head(Http2Headers headers, boolean endStream, Objections objections) {
    return toHandshake
        ? ResponseHeadReader.readToHandshake(headers, endStream, objections)
        : ResponseHeadReader.read(headers, endStream, toHead, objections);
  }

  @Override
  Framing framing(Object head) {
    return ((ResponseHead) head).framing();
  }

  @Override
  boolean isInterim(Object head) {
    return ((ResponseHead) head).isInterim();
  }

  @Override
  boolean takesObsText() {
    return true;
  }

  // Everything that came counts, however slowly the client takes it.
  @Override
  boolean outlivesStream() {
    return true;
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    boolean refused =
        event instanceof Http2ResetFrame reset
            && reset.errorCode() == Http2Error.REFUSED_STREAM.code();
    if (refused || event instanceof Http2GoAwayFrame) {
      // A stream hears of the end of its connection only where the peer has not looked at it.
      if (!isStarted()) {
        ctx.fireChannelRead(Unprocessed.INSTANCE);
      }
    }
    ReferenceCountUtil.release(event);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (cause instanceof Http2Exception) {
      // The codec has read what it does not allow, and resets the stream.
      ctx.fireChannelRead(
          new Malformed(Malformed.Kind.SYNTAX, "the answer is against the rules of HTTP/2"));
    } else {
      ctx.fireExceptionCaught(cause);
    }
  }
}
