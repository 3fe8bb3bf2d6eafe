package io.scopegate.proxy.http2;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.Http2Headers;
import io.scopegate.proxy.message.Fields;
import io.scopegate.proxy.message.Framing;
import io.scopegate.proxy.message.RequestWriter;

/** Writes the request of one stream. Confined to the channel's event loop. */
// Whether a write worked out is told by the channel.
@SuppressWarnings("FutureReturnValueIgnored")
public final class Http2RequestWriter implements RequestWriter {
  private final Channel channel;
  private final String scheme;

  /** What the body still has, if the head said so; -1 if it did not. */
  private long left = -1;

  private boolean ended;

  /**
   * Starts on a new stream.
   *
   * @param scheme of what is asked for: {@code http} or {@code https}
   */
  public Http2RequestWriter(Channel channel, String scheme) {
    this.channel = channel;
    this.scheme = scheme;
  }

  @Override
  public void writeHead(
      String method, String target, Fields fields, Framing framing, boolean wantsTrailers) {
    left = framing.kind() == Framing.Kind.FIXED ? framing.length() : -1;
    Http2Headers head =
        framing.kind() == Framing.Kind.TUNNEL
            ? HeadWriter.handshake(scheme, target, fields)
            : HeadWriter.request(method, scheme, target, fields, wantsTrailers);
    write(head, framing.isEmpty());
  }

  @Override
  public void writeData(ByteBuf data) {
    if (left >= 0) {
      left -= data.readableBytes();
    }
    writeData(data, left == 0);
  }

  @Override
  public void writeEnd(Fields trailers) {
    if (!ended && trailers.size() > 0) {
      write(HeadWriter.trailers(trailers), true);
    } else if (!ended) {
      writeData(channel.alloc().buffer(0, 0), true);
    }
  }

  private void write(Http2Headers headers, boolean endStream) {
    ended = endStream;
    channel.write(new DefaultHttp2HeadersFrame(headers, endStream), channel.voidPromise());
  }

  private void writeData(ByteBuf data, boolean endStream) {
    ended = endStream;
    channel.write(new DefaultHttp2DataFrame(data, endStream), channel.voidPromise());
  }
}
