package io.scopegate.tls;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.util.List;

/**
 * Looks at the first byte where TLS is spoken: a client that begins with a method of HTTP is told,
 * whatever else is no handshake is closed. Confined to the channel's event loop.
 */
// Whether a close worked out is told by the channel.
@SuppressWarnings("FutureReturnValueIgnored")
final class ClearTextGuard extends ByteToMessageDecoder {
  /** The content type of handshake records (RFC 8446 §5.1). */
  private static final int HANDSHAKE = 22;

  private final Crossing crossing;

  ClearTextGuard(Crossing crossing) {
    this.crossing = crossing;
  }

  @Override
  protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
    int first = in.getUnsignedByte(in.readerIndex());
    if (first == HANDSHAKE) {
      ctx.pipeline().remove(this);
      return;
    }
    // INVARIANT: nothing that came in the clear goes any further.
    in.skipBytes(in.readableBytes());
    if (first >= 'A' && first <= 'Z' && ctx.channel().isActive()) {
      ctx.pipeline().remove(this);
      crossing.clearText();
    } else {
      crossing.failed();
      ctx.close();
    }
  }
}
