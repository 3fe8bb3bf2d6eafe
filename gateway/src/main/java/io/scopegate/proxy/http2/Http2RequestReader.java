package io.scopegate.proxy.http2;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Headers;
import io.scopegate.proxy.message.Framing;
import io.scopegate.proxy.message.HeadLimits;
import io.scopegate.proxy.message.Objections;
import io.scopegate.proxy.message.RequestHead;
import org.jspecify.annotations.Nullable;

/** Reads the request of one stream. Confined to the channel's event loop. */
public final class Http2RequestReader extends StreamReader {
  private final HeadLimits limits;
  private final FrontendTurns turns;
  private boolean begun;

  /**
   * Starts before the head.
   *
   * @param turns in which the requests of the connection begin
   */
  public Http2RequestReader(HeadLimits limits, FrontendTurns turns) {
    // A stream that is reset by what came with its head is not to cost a backend anything.
    super(true);
    this.limits = limits;
    this.turns = turns;
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    if (!begun && isStarted()) {
      begun = true;
      turns.begin(this);
    } else {
      ctx.fireChannelReadComplete();
    }
  }

  @Override
  @Nullable Object head(Http2Headers headers, boolean endStream, Objections objections) {
    return RequestHeadReader.read(headers, endStream, limits, objections);
  }

  @Override
  Framing framing(Object head) {
    return ((RequestHead) head).framing();
  }

  @Override
  boolean takesObsText() {
    return false;
  }
}
