package io.scopegate.proxy.http1;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.util.concurrent.FastThreadLocal;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads messages from a connection, one at a time: a head, slices of the body, a {@link BodyEnd}.
 * What the grammar does not allow becomes one {@link Malformed}, after which every byte is dropped.
 * Confined to the channel's event loop.
 */
public abstract class MessageDecoder extends ChannelInboundHandlerAdapter {
  static final int MAX_START_LINE = 8 * 1024;
  static final int MAX_HEAD = 32 * 1024;
  static final int MAX_FIELDS = 100;
  private static final int MAX_CHUNK_LINE = 256;

  /** What may lie here unread before the socket is left alone. */
  private static final int MAX_HELD = 64 * 1024;

  private static final FastThreadLocal<byte[]> LINES =
      new FastThreadLocal<>() {
        @Override
        protected byte[] initialValue() {
          return new byte[MAX_HEAD];
        }
      };

  private enum Step {
    AWAIT,
    START_LINE,
    FIELDS,
    FIXED,
    CHUNK_LINE,
    CHUNK,
    CHUNK_END,
    TRAILERS,
    UNTIL_CLOSE,
    END,
    DROP
  }

  private Step step;
  private @Nullable ByteBuf buffer;
  private boolean held;
  private boolean decoding;
  private int searched;
  private int headBytes;
  private long left;
  private Fields fields = new Fields();
  private @Nullable Malformed malformed;

  MessageDecoder(boolean starts) {
    this.step = starts ? Step.START_LINE : Step.AWAIT;
  }

  /** Reads the first line; returns false if it refused it. */
  abstract boolean startLine(byte[] line, int length);

  /** Makes the head of the first line and these fields, or refuses it. */
  abstract @Nullable Object head(Fields fields);

  abstract Framing framing(Object head);

  /** Says whether the message is over with its head and another head follows. */
  boolean isInterim(Object head) {
    return false;
  }

  /** Says whether a value of these bytes may stand in a field. */
  abstract boolean isValue(byte[] line, int from, int to);

  /** Lets the next message be read. */
  final void expectMessage() {
    step = Step.START_LINE;
    headBytes = 0;
    fields = new Fields();
  }

  /** Stops handing out messages until {@link #release}; little more is read meanwhile. */
  public final void hold() {
    held = true;
  }

  /** Hands out again, beginning with what has come in meanwhile. */
  public final void release(ChannelHandlerContext ctx) {
    if (held) {
      held = false;
      resume(ctx);
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
    return buffer == null && malformed == null;
  }

  /** Says whether a first byte of a message has come that is not over. */
  public final boolean isMidMessage() {
    return buffer != null || (step != Step.AWAIT && (step != Step.START_LINE || headBytes > 0));
  }

  final void resume(ChannelHandlerContext ctx) {
    if (!decoding) {
      decode(ctx);
      readWhatFits(ctx);
      ctx.fireChannelReadComplete();
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
    if (!decoding) {
      decode(ctx);
      readWhatFits(ctx);
    }
  }

  private void readWhatFits(ChannelHandlerContext ctx) {
    boolean full = buffer != null && (held || step == Step.AWAIT) && readable() > MAX_HELD;
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
      while (!held && malformed == null && advance(ctx)) {
        dropEmptyBuffer();
      }
    } finally {
      decoding = false;
    }
    dropEmptyBuffer();
    if (malformed != null && step != Step.DROP) {
      Malformed refused = malformed;
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
      searched = 0;
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
      case AWAIT -> awaited();
      case END, DROP -> false;
    };
  }

  /** Bytes came before the message was expected; returns false to let them lie. */
  boolean awaited() {
    return false;
  }

  private boolean readStartLine(ByteBuf in) {
    int length = readLine(in, MAX_START_LINE, Malformed.Kind.TARGET_TOO_LONG);
    if (length < 0) {
      return false;
    }
    headBytes += length + 2;
    if (length == 0) {
      // RFC 9112 §2.2: an empty line or two before the request line are left over, more are odd.
      return headBytes <= maxLeadingBytes() || refuse("empty lines instead of a start line");
    }
    if (!startLine(LINES.get(), length)) {
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
    int length = readLine(in, MAX_HEAD - headBytes, Malformed.Kind.HEAD_TOO_LARGE);
    if (length < 0) {
      return false;
    }
    headBytes += length + 2;
    if (length == 0) {
      return step == Step.FIELDS ? endHead(ctx) : endMessage(ctx, new BodyEnd(fields));
    }
    if (fields.size() == MAX_FIELDS || headBytes > MAX_HEAD) {
      return refuse(Malformed.Kind.HEAD_TOO_LARGE, "too many header fields");
    }
    byte[] line = LINES.get();
    int colon = 0;
    while (colon < length && line[colon] != ':') {
      colon++;
    }
    if (colon == length || !Grammar.isToken(line, 0, colon)) {
      return refuse("not a header field line");
    }
    int from = colon + 1;
    int to = length;
    while (from < to && isBlank(line[from])) {
      from++;
    }
    while (to > from && isBlank(line[to - 1])) {
      to--;
    }
    if (!isValue(line, from, to)) {
      return refuse("a header field value holds a character it cannot hold");
    }
    fields.addRead(
        new String(line, 0, colon, StandardCharsets.ISO_8859_1),
        new String(line, from, to - from, StandardCharsets.ISO_8859_1));
    return true;
  }

  private static boolean isBlank(byte b) {
    return b == ' ' || b == '\t';
  }

  private boolean endHead(ChannelHandlerContext ctx) {
    Object head = head(fields);
    if (head == null) {
      return false;
    }
    if (isInterim(head)) {
      expectMessage();
      ctx.fireChannelRead(head);
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
      searched = 0;
      ctx.fireChannelRead(in);
    } else {
      ctx.fireChannelRead(in.readRetainedSlice(length));
    }
    return true;
  }

  private boolean readChunkLine(ByteBuf in) {
    int length = readLine(in, MAX_CHUNK_LINE, Malformed.Kind.SYNTAX);
    if (length < 0) {
      return false;
    }
    byte[] line = LINES.get();
    int digits = 0;
    long size = 0;
    while (digits < length && Character.digit(line[digits], 16) >= 0) {
      size = (size << 4) | Character.digit(line[digits], 16);
      digits++;
      if (digits > 8) {
        return refuse("a chunk size has more than eight digits");
      }
    }
    if (digits == 0 || !ChunkExtensions.areValid(line, digits, length)) {
      return refuse("not a chunk size line");
    }
    left = size;
    if (size == 0) {
      step = Step.TRAILERS;
      headBytes = 0;
      fields = new Fields();
    } else {
      step = Step.CHUNK;
    }
    return true;
  }

  private boolean readChunkEnd(ByteBuf in) {
    if (in.readableBytes() < 2) {
      return in.isReadable() && in.getByte(in.readerIndex()) != '\r'
          ? refuse("a chunk is longer than its size")
          : false;
    }
    if (in.readByte() != '\r' || in.readByte() != '\n') {
      return refuse("a chunk is longer than its size");
    }
    step = Step.CHUNK_LINE;
    return true;
  }

  /**
   * Takes a line into the thread's array; returns its length without the end of line, or -1 if it
   * is not whole yet or was refused.
   */
  private int readLine(ByteBuf in, int max, Malformed.Kind tooLong) {
    int start = in.readerIndex();
    int feed = in.indexOf(start + searched, in.writerIndex(), (byte) '\n');
    int length = (feed < 0 ? in.writerIndex() : feed) - start - 1;
    if (length > max) {
      refuse(tooLong, "a line is too long");
      return -1;
    }
    if (feed < 0) {
      searched = in.readableBytes();
      return -1;
    }
    searched = 0;
    if (length < 0 || in.getByte(feed - 1) != '\r') {
      refuse("a line ends without a carriage return");
      return -1;
    }
    in.readBytes(LINES.get(), 0, length);
    in.skipBytes(2);
    return length;
  }

  /** Refuses the message; nothing after it is read. */
  final boolean refuse(String detail) {
    return refuse(Malformed.Kind.SYNTAX, detail);
  }

  private boolean refuse(Malformed.Kind kind, String detail) {
    malformed = new Malformed(kind, detail);
    return false;
  }

  /** Returns the value of a field that may stand once; refuses the message if it stands twice. */
  final Optional<String> only(Fields fields, String name) {
    int line = fields.line(name, 0);
    if (line < 0) {
      return Optional.empty();
    }
    if (fields.line(name, line + 1) >= 0) {
      refuse("`" + name + "` stands more than once");
    }
    return Optional.of(fields.value(line));
  }

  /**
   * Returns the framing that the fields state, if they state one; refuses what could be read in two
   * ways (RFC 9112 §6.3).
   */
  final Optional<Framing> statedFraming(Fields fields, boolean http10) {
    Optional<String> coding = only(fields, "Transfer-Encoding");
    Optional<String> length = only(fields, "Content-Length");
    if (coding.isPresent()) {
      if (length.isPresent()) {
        refuse("both `Content-Length` and `Transfer-Encoding`");
      } else if (http10) {
        refuse("`Transfer-Encoding` in HTTP/1.0");
      } else if (!coding.get().equalsIgnoreCase("chunked")) {
        refuse("a transfer coding other than `chunked`");
      }
      return Optional.of(Framing.CHUNKED);
    }
    if (length.isEmpty()) {
      return Optional.empty();
    }
    String digits = length.get();
    // 18 digits are less than 2^63 and more than any body.
    if (!Grammar.isDigits(digits) || digits.length() > 18) {
      refuse("`Content-Length` is not a length");
      return Optional.empty();
    }
    return Optional.of(Framing.fixed(Long.parseLong(digits)));
  }

  final boolean isRefused() {
    return malformed != null;
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    if (step == Step.UNTIL_CLOSE) {
      endMessage(ctx, BodyEnd.PLAIN);
    }
    drop();
    ctx.fireChannelInactive();
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    releaseBuffer();
  }
}
