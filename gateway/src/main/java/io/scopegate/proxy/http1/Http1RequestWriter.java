package io.scopegate.proxy.http1;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.scopegate.proxy.message.Fields;
import io.scopegate.proxy.message.Framing;
import io.scopegate.proxy.message.RequestWriter;

/** Writes requests to an HTTP/1 connection. Confined to the channel's event loop. */
// Whether a write worked out is told by the channel.
@SuppressWarnings("FutureReturnValueIgnored")
public final class Http1RequestWriter implements RequestWriter {
  private final Channel channel;
  private boolean chunked;

  /** Starts on a new connection. */
  public Http1RequestWriter(Channel channel) {
    this.channel = channel;
  }

  @Override
  public void writeHead(
      String method, String target, Fields fields, Framing framing, boolean wantsTrailers) {
    chunked = framing.kind() == Framing.Kind.CHUNKED;
    channel.write(
        MessageWriter.request(channel.alloc(), method, target, fields), channel.voidPromise());
  }

  @Override
  public void writeData(ByteBuf data) {
    if (chunked) {
      MessageWriter.writeChunk(channel, data);
    } else {
      channel.write(data, channel.voidPromise());
    }
  }

  @Override
  public void writeEnd(Fields trailers) {
    if (chunked) {
      MessageWriter.writeLastChunk(channel, trailers);
    }
  }
}
