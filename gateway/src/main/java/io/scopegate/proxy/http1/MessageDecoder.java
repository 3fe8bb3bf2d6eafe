package io.scopegate.proxy.http1;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.scopegate.proxy.message.BodyEnd;
import io.scopegate.proxy.message.Fields;
import io.scopegate.proxy.message.Framing;
import io.scopegate.proxy.message.HeadLimits;
import io.scopegate.proxy.message.Malformed;
import io.scopegate.proxy.message.Objections;
import org.jspecify.annotations.Nullable;

/**
 * Reads messages from a connection, one at a time: a head, slices of the body, a {@link BodyEnd}.
 * What the grammar does not allow becomes one {@link Malformed}, after which every byte is dropped.
 * Confined to the channel's event loop.
 */
public abstract class MessageDecoder extends ChannelInboundHandlerAdapter {
  private static final int MAX_CHUNK_LINE = 256;

  private final HeadLimits limits;
  private final int maxHeld;
  private Step step;
  private @Nullable ChannelHandlerContext context;
  private RecentFields recent = RecentFields.NONE;
  private @Nullable ByteBuf buffer;
  private boolean held;
  private boolean decoding;
  private boolean closed;
  private boolean ended;
  private int headBytes;
  private long left;
  private Fields fields = new Fields();
  private final Objections objections = new Objections();
  private final LineReader lines = new LineReader(objections);

  /**
   * Makes a decoder.
   *
   * @param starts whether a message may begin at once
   * @param maxHeld what may lie here unread before the socket is left alone
   */
  MessageDecoder(boolean starts, HeadLimits limits, int maxHeld) {
    this.limits = limits;
    this.maxHeld = maxHeld;
    this.step = starts ? Step.START_LINE : Step.AWAIT;
  }

  /** Reads the first line; returns false if it refused it. */
  abstract boolean startLine(byte[] bytes, int from, int to, Objections objections);

  /** Makes the head of the first line and these fields, or refuses it. */
  abstract @Nullable Object head(Fields fields, Objections objections);

  abstract Framing framing(Object head);

  /** Says whether the message is over with its head and another head follows. */
  boolean isInterim(Object head) {
    return false;
  }

  /** Returns what is read behind a head that changes over to another protocol. */
  Step tunnelStep() {
    return Step.UNTIL_CLOSE;
  }

  /** Says whether field values may hold bytes from 0x80. */
  abstract boolean takesObsText();

  /** Hands out everything from here on as it comes. */
  final void readUntilClose() {
    step = Step.UNTIL_CLOSE;
    held = false;
    resume();
  }

  /** Lets the next message be read. */
  final void expectMessage() {
    step = Step.START_LINE;
    headBytes = 0;
    fields = emptied(fields);
  }

  /** Returns fields without any for the next head, or trailers; these ones if nobody has them. */
  Fields emptied(Fields last) {
    // What comes on one connection has as many fields as what came before.
    return new Fields(last.size());
  }

  /** Stops handing out messages until {@link #release}; little more is read meanwhile. */
  public final void hold() {
    held = !closed;
  }

  /** Hands out again, beginning with what has come in meanwhile. */
  public final void release() {
    if (held) {
      held = false;
      resume();
    }
  }

  /** Drops everything that still comes. */
  public final void drop() {
    step = Step.DROP;
    held = false;
    releaseBuffer();
  }

  /** Says whether nothing of a next message has come. */
  public final boolean isClean() {
    return buffer == null && objections.isEmpty();
  }

  /** Says whether a first byte of a message has come that is not over. */
  public final boolean isMidMessage() {
    return buffer != null || (step != Step.AWAIT && (step != Step.START_LINE || headBytes > 0));
  }

  final void resume() {
    ChannelHandlerContext ctx = context;
    if (!decoding && ctx != null) {
      decode(ctx);
      readWhatFits(ctx);
      ctx.fireChannelReadComplete();
      endIfInputEnded(ctx);
    }
  }

  @Override
  public final void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf in = (ByteBuf) message;
    if (step == Step.DROP) {
      in.release();
      return;
    }
    buffer =
        buffer == null
            ? in
            : ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(ctx.alloc(), buffer, in);
    lines.bufferChanged();
    if (!decoding) {
      decode(ctx);
      readWhatFits(ctx);
    }
  }

  private void readWhatFits(ChannelHandlerContext ctx) {
    boolean full = buffer != null && (held || step == Step.AWAIT) && readable() > maxHeld;
    if (ctx.channel().config().isAutoRead() == full) {
      ctx.channel().config().setAutoRead(!full);
    }
  }

  private int readable() {
    return buffer == null ? 0 : buffer.readableBytes();
  }

  private void decode(ChannelHandlerContext ctx) {
    decoding = true;
    try {
      while (!held && objections.isEmpty() && advance(ctx)) {
        dropEmptyBuffer();
      }
    } finally {
      decoding = false;
    }
    dropEmptyBuffer();
    Malformed refused = objections.first();
    if (refused != null && step != Step.DROP) {
      drop();
      ctx.fireChannelRead(refused);
    }
  }

  private void dropEmptyBuffer() {
    if (buffer != null && !buffer.isReadable()) {
      releaseBuffer();
    }
  }

  private void releaseBuffer() {
    if (buffer != null) {
      buffer.release();
      buffer = null;
      lines.reset();
    }
  }

  /** Takes one step; returns false if more bytes are needed for it. */
  private boolean advance(ChannelHandlerContext ctx) {
    ByteBuf in = buffer;
    if (step == Step.END) {
      return endMessage(ctx, BodyEnd.PLAIN);
    }
    if (in == null) {
      return false;
    }
    return switch (step) {
      case START_LINE -> readStartLine(in);
      case FIELDS, TRAILERS -> readField(ctx, in);
      case FIXED, CHUNK -> readBody(ctx, in);
      case CHUNK_LINE -> readChunkLine(in);
      case CHUNK_END -> readChunkEnd(in);
      case UNTIL_CLOSE -> handOut(ctx, in, in.readableBytes());
      case AWAIT -> awaited(objections);
      case END, DROP -> false;
    };
  }

  /** Bytes came before the message was expected; returns false to let them lie. */
  boolean awaited(Objections objections) {
    return false;
  }

  private boolean readStartLine(ByteBuf in) {
    int length = lines.read(in, limits.targetLength(), Malformed.Kind.TARGET_TOO_LONG);
    if (length < 0) {
      return false;
    }
    headBytes += length + 2;
    if (length == 0) {
      // RFC 9112 §2.2: an empty line or two before the request line are left over, more are odd.
      return headBytes <= maxLeadingBytes()
          || objections.refuse("empty lines instead of a start line");
    }
    if (!startLine(lines.bytes(), lines.from(), lines.to(), objections)) {
      return false;
    }
    step = Step.FIELDS;
    return true;
  }

  /** Returns how many bytes of empty lines may stand before a message. */
  int maxLeadingBytes() {
    return 0;
  }

  private boolean readField(ChannelHandlerContext ctx, ByteBuf in) {
    int length = lines.read(in, limits.headerBytes() - headBytes, Malformed.Kind.HEAD_TOO_LARGE);
    if (length < 0) {
      return false;
    }
    headBytes += length + 2;
    if (length == 0) {
      return step == Step.FIELDS ? endHead(ctx) : endMessage(ctx, new BodyEnd(fields));
    }
    if (fields.size() == limits.headerCount() || headBytes > limits.headerBytes()) {
      return objections.refuse(Malformed.Kind.HEAD_TOO_LARGE, "too many header fields");
    }
    return FieldLine.read(
        lines.bytes(), lines.from(), lines.to(), takesObsText(), recent, fields, objections);
  }

  private boolean endHead(ChannelHandlerContext ctx) {
    Object head = head(fields, objections);
    if (head == null || !objections.isEmpty()) {
      return false;
    }
    if (isInterim(head)) {
      ctx.fireChannelRead(head);
      if (step != Step.DROP) {
        expectMessage();
      }
      return true;
    }
    Framing framing = framing(head);
    left = framing.length();
    step =
        switch (framing.kind()) {
          case NONE -> Step.END;
          case FIXED -> left == 0 ? Step.END : Step.FIXED;
          case CHUNKED -> Step.CHUNK_LINE;
          case UNTIL_CLOSE -> Step.UNTIL_CLOSE;
          case TUNNEL -> tunnelStep();
        };
    ctx.fireChannelRead(head);
    return true;
  }

  private boolean endMessage(ChannelHandlerContext ctx, BodyEnd end) {
    step = Step.AWAIT;
    ctx.fireChannelRead(end);
    return true;
  }

  private boolean readBody(ChannelHandlerContext ctx, ByteBuf in) {
    int length = (int) Math.min(left, in.readableBytes());
    left -= length;
    if (left == 0) {
      step = step == Step.FIXED ? Step.END : Step.CHUNK_END;
    }
    return length == 0 || handOut(ctx, in, length);
  }

  private boolean handOut(ChannelHandlerContext ctx, ByteBuf in, int length) {
    if (length == in.readableBytes()) {
      // The last of what was read: hand over the buffer instead of a slice of it.
      buffer = null;
      lines.reset();
      ctx.fireChannelRead(in);
    } else {
      ctx.fireChannelRead(in.readRetainedSlice(length));
    }
    return true;
  }

  private boolean readChunkLine(ByteBuf in) {
    int length = lines.read(in, MAX_CHUNK_LINE, Malformed.Kind.SYNTAX);
    if (length < 0) {
      return false;
    }
    left = ChunkLine.size(lines.bytes(), lines.from(), lines.to());
    if (left < 0) {
      return objections.refuse("not a chunk size, or one of more than eight digits");
    }
    step = left == 0 ? Step.TRAILERS : Step.CHUNK;
    if (left == 0) {
      headBytes = 0;
      fields = emptied(fields);
    }
    return true;
  }

  private boolean readChunkEnd(ByteBuf in) {
    if (!ChunkLine.couldEnd(in)) {
      return objections.refuse("a chunk is longer than its size");
    }
    if (in.readableBytes() < 2) {
      return false;
    }
    in.skipBytes(2);
    step = Step.CHUNK_LINE;
    return true;
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    closed = true;
    if (held && outlivesConnection()) {
      // The pipeline ends with the connection: what lies here moves on now, where it lies as well.
      held = false;
      decode(ctx);
    }
    if (step == Step.UNTIL_CLOSE) {
      endMessage(ctx, BodyEnd.PLAIN);
    }
    drop();
    ctx.fireChannelInactive();
  }

  /** Tells the end of a tunnel's one way while the other may go on. */
  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event == ChannelInputShutdownEvent.INSTANCE) {
      ended = true;
      endIfInputEnded(ctx);
    } else {
      ctx.fireUserEventTriggered(event);
    }
  }

  private void endIfInputEnded(ChannelHandlerContext ctx) {
    if (ended && step == Step.UNTIL_CLOSE && !(held && buffer != null)) {
      ended = false;
      endMessage(ctx, BodyEnd.PLAIN);
      ctx.fireChannelReadComplete();
    }
  }

  /** Says whether what is held is still handed out when the connection has ended. */
  boolean outlivesConnection() {
    return false;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    context = ctx;
    recent = RecentFields.ofLoop();
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    releaseBuffer();
  }
}
