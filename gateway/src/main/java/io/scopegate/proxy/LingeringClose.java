package io.scopegate.proxy;

import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.ReferenceCountUtil;
import java.util.concurrent.TimeUnit;

/**
 * Makes every close one that the peer can read up to: our half first, and the rest once the peer
 * has closed or had its time. Closing a socket with unread bytes takes back what the peer has not
 * read yet, such as the frame that says why. Confined to the channel's event loop.
 */
// Whether a close worked out is told by the channel.
@SuppressWarnings("FutureReturnValueIgnored")
final class LingeringClose extends ChannelDuplexHandler {
  private boolean closing;

  @Override
  public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
    Channel channel = ctx.channel();
    if (!channel.isActive() || !(channel instanceof DuplexChannel duplex)) {
      ctx.close(promise);
      return;
    }
    channel.closeFuture().addListener(closed -> promise.trySuccess());
    if (closing) {
      // Whoever else wants it closed waits, too: at once, it would take back what was written.
      return;
    }
    closing = true;
    channel.config().setAutoRead(true);
    ctx.writeAndFlush(channel.alloc().buffer(0, 0))
        .addListener(sent -> ConnectionEnd.ofOutput(duplex));
    channel
        .eventLoop()
        .schedule(() -> ctx.close(), ConnectionEnd.LINGERING.toMillis(), TimeUnit.MILLISECONDS);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (closing) {
      ReferenceCountUtil.release(message);
    } else {
      ctx.fireChannelRead(message);
    }
  }
}
