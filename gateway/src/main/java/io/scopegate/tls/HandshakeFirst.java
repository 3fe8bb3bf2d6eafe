package io.scopegate.tls;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.handler.ssl.SslHandler;
import java.net.SocketAddress;

/**
 * Lets a connection count as made only when its handshake is done, so that nothing is handed to a
 * backend that has not shown who it is. Confined to the channel's event loop.
 */
// What comes of connecting is told by the promise.
@SuppressWarnings("FutureReturnValueIgnored")
final class HandshakeFirst extends ChannelOutboundHandlerAdapter {
  private final SslHandler handler;

  HandshakeFirst(SslHandler handler) {
    this.handler = handler;
  }

  @Override
  public void connect(
      ChannelHandlerContext ctx, SocketAddress remote, SocketAddress local, ChannelPromise whole) {
    ChannelPromise opened = ctx.newPromise();
    opened.addListener(
        open -> {
          if (open.isSuccess()) {
            shakeHands(ctx, whole);
          } else {
            whole.tryFailure(open.cause());
          }
        });
    ctx.connect(remote, local, opened);
  }

  private void shakeHands(ChannelHandlerContext ctx, ChannelPromise whole) {
    handler
        .handshakeFuture()
        .addListener(
            done -> {
              if (!done.isSuccess()) {
                whole.tryFailure(done.cause());
                ctx.close();
              } else if (!whole.trySuccess()) {
                ctx.close(); // nobody waits for it any more
              }
            });
  }
}
