package io.scopegate.tls;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.haproxy.HAProxyCommand;
import io.netty.handler.codec.haproxy.HAProxyMessage;
import io.netty.handler.codec.haproxy.HAProxyProxiedProtocol;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Optional;

/**
 * Takes the one PROXY protocol header that a trusted proxy begins with. Confined to the channel's
 * event loop.
 */
// Whether a close worked out is told by the channel.
@SuppressWarnings("FutureReturnValueIgnored")
final class AnnouncedPeer extends SimpleChannelInboundHandler<HAProxyMessage> {
  private final Crossing crossing;

  AnnouncedPeer(Crossing crossing) {
    this.crossing = crossing;
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, HAProxyMessage header) {
    if (!ctx.channel().isActive()) {
      return; // a second header in what was left behind a malformed one
    }
    HAProxyProxiedProtocol protocol = header.proxiedProtocol();
    boolean silent =
        header.command() == HAProxyCommand.LOCAL || protocol == HAProxyProxiedProtocol.UNKNOWN;
    boolean tcp =
        protocol == HAProxyProxiedProtocol.TCP4 || protocol == HAProxyProxiedProtocol.TCP6;
    Optional<InetSocketAddress> client = silent || !tcp ? Optional.empty() : client(header);
    if (!silent && client.isEmpty()) {
      ctx.close(); // datagrams and UNIX sockets, which are no clients of HTTP
      return;
    }
    ctx.pipeline().remove(this);
    crossing.announced(client);
  }

  private static Optional<InetSocketAddress> client(HAProxyMessage header) {
    byte[] address = NetUtil.createByteArrayFromIpAddressString(header.sourceAddress());
    if (address == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new InetSocketAddress(InetAddress.getByAddress(address), header.sourcePort()));
    } catch (UnknownHostException e) {
      throw new IllegalStateException("an address has 4 or 16 bytes", e);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    // Not a header, or cut short: there is nobody to tell.
    ctx.close();
  }
}
