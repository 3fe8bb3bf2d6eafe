package io.scopegate.proxy.http2;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2FrameTypes;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The turns in which what a client sends is read: so many frames and new streams, and then everyone
 * else on the event loop comes first. What is left of the bytes waits in the codec, and the socket
 * is not read meanwhile. Confined to the channel's event loop.
 */
// Whether a task ran is told by what it does.
@SuppressWarnings("FutureReturnValueIgnored")
public final class FrontendTurns extends ChannelDuplexHandler {
  /** A head costs what a request costs. */
  private static final int HEADS = 16;

  /** Any frame costs something, however little is in it. */
  private static final int FRAMES = 256;

  private static final int TYPE_OFFSET = 3;

  private @Nullable ChannelHandlerContext context;
  private int heads = HEADS;
  private int frames = FRAMES;
  private boolean over;

  /**
   * Returns the end of what may be read of these bytes in this turn: whole frames only.
   *
   * @param maxFrameSize of a payload; a frame that is larger is left to the codec, which refuses it
   */
  int end(ByteBuf in, int maxFrameSize) {
    int end = in.readerIndex();
    int last = in.writerIndex();
    while (!over && last - end >= Http2CodecUtil.FRAME_HEADER_LENGTH) {
      int payload = in.getUnsignedMedium(end);
      if (payload > maxFrameSize) {
        return last;
      }
      int next = end + Http2CodecUtil.FRAME_HEADER_LENGTH + payload;
      if (next > last) {
        return end;
      }
      // Before a head, not behind one: what resets a stream often comes right after it.
      if (spend(in.getByte(end + TYPE_OFFSET))) {
        end = next;
      }
    }
    return end;
  }

  private boolean spend(byte type) {
    boolean head = type == Http2FrameTypes.HEADERS;
    if (frames == 0 || (head && heads == 0)) {
      end();
      return false;
    }
    frames--;
    if (head) {
      heads--;
    }
    return true;
  }

  private void end() {
    over = true;
    ChannelHandlerContext ctx = context;
    if (ctx != null) {
      ctx.channel().config().setAutoRead(false);
      // Not as a plain task: those run until none is left, and sockets are looked at afterwards.
      ctx.executor().schedule(this::begin, 0, TimeUnit.NANOSECONDS);
    }
  }

  private void begin() {
    refill();
    ChannelHandlerContext ctx = context;
    if (ctx == null || ctx.isRemoved() || !ctx.channel().isActive()) {
      return;
    }
    ctx.fireChannelRead(Unpooled.EMPTY_BUFFER); // the codec has the bytes
    ctx.fireChannelReadComplete();
    if (!over) {
      refill();
      ctx.channel().config().setAutoRead(true);
    }
  }

  private void refill() {
    over = false;
    heads = HEADS;
    frames = FRAMES;
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    ctx.fireChannelReadComplete();
    if (!over) {
      refill();
    }
  }

  @Override
  public void read(ChannelHandlerContext ctx) {
    // The codec asks for more even where nothing is to be read on its own.
    if (!over) {
      ctx.read();
    }
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    context = ctx;
  }
}
