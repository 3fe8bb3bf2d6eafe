package io.scopegate.proxy.http1;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.socket.DuplexChannel;
import io.scopegate.proxy.message.Fields;
import io.scopegate.proxy.message.Framing;
import io.scopegate.proxy.message.RequestWriter;

/** Writes requests to an HTTP/1 connection. Confined to the channel's event loop. */
// Whether a write worked out is told by the channel.
@SuppressWarnings("FutureReturnValueIgnored")
public final class Http1RequestWriter implements RequestWriter {
  private final Channel channel;
  private Framing.Kind framing = Framing.Kind.NONE;

  /** Starts on a new connection. */
  public Http1RequestWriter(Channel channel) {
    this.channel = channel;
  }

  @Override
  public void writeHead(
      String method, String target, Fields fields, Framing framing, boolean wantsTrailers) {
    this.framing = framing.kind();
    channel.write(
        MessageWriter.request(channel.alloc(), method, target, fields), channel.voidPromise());
  }

  @Override
  public void writeData(ByteBuf data) {
    if (framing == Framing.Kind.CHUNKED) {
      MessageWriter.writeChunk(channel, data);
    } else {
      channel.write(data, channel.voidPromise());
    }
  }

  @Override
  public void writeEnd(Fields trailers) {
    if (framing == Framing.Kind.CHUNKED) {
      MessageWriter.writeLastChunk(channel, trailers);
    } else if (framing == Framing.Kind.TUNNEL && channel instanceof DuplexChannel duplex) {
      channel
          .writeAndFlush(channel.alloc().buffer(0, 0))
          .addListener(written -> duplex.shutdownOutput());
    }
  }
}
