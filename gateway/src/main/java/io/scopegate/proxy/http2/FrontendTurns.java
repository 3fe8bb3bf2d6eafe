package io.scopegate.proxy.http2;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2Flags;
import io.netty.handler.codec.http2.Http2FrameTypes;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The turns in which what a client sends is read, and then its requests begin: so many of each, and
 * then everyone else on the event loop comes first. What is left of the bytes waits in the codec,
 * and the socket is not read meanwhile. No request begins before everything that has come is read:
 * reading is cheap and shows what breaks a limit. Confined to the channel's event loop.
 */
// Whether a task ran is told by what it does.
@SuppressWarnings("FutureReturnValueIgnored")
public final class FrontendTurns extends ChannelDuplexHandler {
  /** A head makes a stream, with all its handlers. */
  private static final int HEADS = 16;

  /** Any frame costs something, however little is in it. */
  private static final int FRAMES = 256;

  /** A request is decided, and may need another connection to a backend. */
  private static final int BEGINNINGS = 16;

  private static final int TYPE_OFFSET = 3;
  private static final int FLAGS_OFFSET = 4;

  private final ArrayDeque<Http2RequestReader> waiting = new ArrayDeque<>(BEGINNINGS);

  private @Nullable ChannelHandlerContext context;
  private int heads = HEADS;
  private int frames = FRAMES;
  private int beginnings = BEGINNINGS;
  private int headCount;
  private boolean headBegun;
  private boolean headOpen;
  private boolean over;
  private boolean closed;
  private boolean scheduled;
  private boolean beginning;
  private boolean flushes;

  /**
   * Returns the end of what may be read of these bytes in this turn: whole frames only. Of a
   * connection that ends, nothing is read any more.
   *
   * @param maxFrameSize of a payload; a frame that is larger is left to the codec, which refuses it
   */
  int end(ByteBuf in, int maxFrameSize) {
    if (closed) {
      in.skipBytes(in.readableBytes());
    }
    int end = in.readerIndex();
    int last = in.writerIndex();
    headBegun = false;
    while (!over && last - end > TYPE_OFFSET) {
      byte type = in.getByte(end + TYPE_OFFSET);
      int payload = in.getUnsignedMedium(end);
      if (payload > maxFrameSize) {
        return last;
      }
      int next = end + Http2CodecUtil.FRAME_HEADER_LENGTH + payload;
      if (next > last) {
        headBegun = type == Http2FrameTypes.HEADERS;
        return end;
      }
      // Before a head, not behind one: what resets a stream often comes right after it.
      if (spend(type)) {
        follow(type, in.getByte(end + FLAGS_OFFSET));
        end = next;
      }
    }
    return end;
  }

  /** Notes where a head begins, and where it ends: it may go on in other frames. */
  private void follow(byte type, byte flags) {
    if (type == Http2FrameTypes.HEADERS || type == Http2FrameTypes.CONTINUATION) {
      headOpen = (flags & Http2Flags.END_HEADERS) == 0;
    }
    if (type == Http2FrameTypes.HEADERS) {
      headCount++;
    }
  }

  /** Returns which head, counted from one, has begun to come and has no end yet; 0 if none has. */
  public int unfinishedHead() {
    if (headOpen) {
      return headCount;
    }
    return headBegun ? headCount + 1 : 0;
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
      goOnSoon(ctx);
    }
  }

  private void goOnSoon(ChannelHandlerContext ctx) {
    if (!scheduled) {
      scheduled = true;
      // Not as a plain task: those run until none is left, and sockets are looked at afterwards.
      ctx.executor().schedule(this::goOn, 0, TimeUnit.NANOSECONDS);
    }
  }

  private void goOn() {
    scheduled = false;
    ChannelHandlerContext ctx = context;
    if (ctx == null || ctx.isRemoved() || closed || !ctx.channel().isActive()) {
      waiting.clear();
      return;
    }
    if (over) {
      refill();
      ctx.fireChannelRead(Unpooled.EMPTY_BUFFER); // the codec has the bytes
      ctx.fireChannelReadComplete();
      if (over) {
        return;
      }
      ctx.channel().config().setAutoRead(true);
    }
    refill();
    begin(ctx);
  }

  /** Lets a request begin, now or when it is its turn; until then its stream can be reset. */
  void begin(Http2RequestReader request) {
    ChannelHandlerContext ctx = context;
    if (!over && !closed && waiting.isEmpty() && beginnings > 0) {
      beginnings--;
      request.release();
    } else if (ctx != null) {
      waiting.addLast(request);
      goOnSoon(ctx);
    }
  }

  private void begin(ChannelHandlerContext ctx) {
    beginning = true;
    try {
      for (; beginnings > 0 && !waiting.isEmpty(); beginnings--) {
        waiting.removeFirst().release();
      }
    } finally {
      beginning = false;
      if (flushes) {
        flushes = false;
        ctx.flush();
      }
      if (!waiting.isEmpty()) {
        goOnSoon(ctx);
      }
    }
  }

  private void refill() {
    over = false;
    heads = HEADS;
    frames = FRAMES;
    beginnings = BEGINNINGS;
  }

  @Override
  public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
    closed = true;
    ctx.close(promise);
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    ctx.fireChannelReadComplete();
    if (!over) {
      refill();
    }
  }

  @Override
  public void flush(ChannelHandlerContext ctx) {
    // Requests that are answered at once are answered in one piece.
    if (beginning) {
      flushes = true;
    } else {
      ctx.flush();
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
