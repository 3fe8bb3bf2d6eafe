package io.scopegate.proxy;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;
import java.time.Duration;

/**
 * The ways a client's connection ends, with TLS or without. Confined to the channel's event loop.
 */
// Whether a close worked out is told by the channel.
@SuppressWarnings("FutureReturnValueIgnored")
final class ConnectionEnd {
  /** How long a client may take to notice that we are done, before what it has not read is lost. */
  static final Duration LINGERING = Duration.ofSeconds(1);

  private ConnectionEnd() {}

  /** Ends our half. With TLS the client is told (RFC 8446 §6.1), or what it has would look cut. */
  static void ofOutput(DuplexChannel channel) {
    SslHandler tls = channel.pipeline().get(SslHandler.class);
    if (tls == null) {
      channel.shutdownOutput();
    } else {
      tls.closeOutbound().addListener(told -> channel.shutdownOutput());
    }
  }

  /** Breaks off, and sends nothing any more that says that the end was meant. */
  static void byReset(Channel channel) {
    channel.config().setOption(ChannelOption.SO_LINGER, 0);
    ChannelHandlerContext tls = channel.pipeline().context(SslHandler.class);
    if (tls == null) {
      channel.close();
    } else {
      tls.close(); // past the handler, which would say a proper goodbye
    }
  }
}
