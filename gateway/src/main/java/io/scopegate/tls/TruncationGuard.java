package io.scopegate.tls;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import javax.net.ssl.SSLException;

/**
 * Tells the end that a backend has announced (RFC 8446 §6.1) from one that anybody on the way can
 * make: an answer that ends with the connection would look whole otherwise. Confined to the
 * channel's event loop.
 */
final class TruncationGuard extends ChannelInboundHandlerAdapter {
  private boolean announced;

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof SslCloseCompletionEvent end) {
      announced |= end.isSuccess();
    } else if (!(event instanceof SslHandshakeCompletionEvent)) {
      ctx.fireUserEventTriggered(event);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    if (!announced) {
      ctx.fireExceptionCaught(new SSLException("the connection ended without `close_notify`"));
    }
    ctx.fireChannelInactive();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    boolean wrapped = cause instanceof DecoderException && cause.getCause() instanceof SSLException;
    ctx.fireExceptionCaught(wrapped ? cause.getCause() : cause);
  }
}
