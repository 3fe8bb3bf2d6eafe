package io.scopegate.tls;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.SniCompletionEvent;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import javax.net.ssl.SSLException;

/** Waits for the end of the handshake. Confined to the channel's event loop. */
// Whether a close worked out is told by the channel.
@SuppressWarnings("FutureReturnValueIgnored")
final class HandshakeEnd extends ChannelInboundHandlerAdapter {
  /** The fatal alert {@code unrecognized_name} (RFC 6066 §3), before anything is encrypted. */
  private static final byte[] UNRECOGNIZED_NAME = {21, 3, 3, 0, 2, 2, 112};

  private final Crossing crossing;
  private State state = State.WAITING;

  private enum State {
    WAITING,
    SECURED,
    FAILED
  }

  HandshakeEnd(Crossing crossing) {
    this.crossing = crossing;
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof SslHandshakeCompletionEvent end) {
      ended(ctx, end);
    } else if (!(event instanceof SniCompletionEvent)) {
      ctx.fireUserEventTriggered(event);
    }
  }

  private void ended(ChannelHandlerContext ctx, SslHandshakeCompletionEvent end) {
    if (!end.isSuccess()) {
      fail(ctx);
    } else if (state == State.WAITING) {
      state = State.SECURED;
      crossing.secured(ctx.pipeline().get(SslHandler.class));
    }
  }

  private void fail(ChannelHandlerContext ctx) {
    if (state == State.WAITING) {
      state = State.FAILED;
      crossing.failed();
    }
    ctx.close();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    Throwable plain =
        cause instanceof DecoderException && cause.getCause() != null ? cause.getCause() : cause;
    if (state == State.SECURED) {
      // A record that cannot be read is the end of a connection like any other.
      ctx.fireExceptionCaught(plain instanceof SSLException ? plain : cause);
    } else if (isUnrecognizedName(plain) && state == State.WAITING) {
      state = State.FAILED;
      crossing.failed();
      ctx.writeAndFlush(Unpooled.wrappedBuffer(UNRECOGNIZED_NAME))
          .addListener(ChannelFutureListener.CLOSE);
    } else {
      fail(ctx);
    }
  }

  private static boolean isUnrecognizedName(Throwable failure) {
    return failure instanceof ServerNameHandler.UnrecognizedName
        || failure.getCause() instanceof ServerNameHandler.UnrecognizedName;
  }
}
