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
  private boolean released;

  /** Starts before the head. */
  public Http2RequestReader(HeadLimits limits) {
    // A stream that is reset by what came with its head is not to cost a backend anything.
    super(true);
    this.limits = limits;
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    if (!released && isStarted()) {
      released = true;
      release();
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
