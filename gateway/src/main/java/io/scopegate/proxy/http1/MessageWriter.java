package io.scopegate.proxy.http1;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.util.concurrent.FastThreadLocal;
import io.scopegate.proxy.message.Fields;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The bytes of heads and chunks. Confined to the channel's event loop. */
// Whether a write worked out is told by the channel.
@SuppressWarnings("FutureReturnValueIgnored")
public final class MessageWriter {
  private static final FastThreadLocal<MessageWriter> WRITERS =
      new FastThreadLocal<>() {
        @Override
        protected MessageWriter initialValue() {
          return new MessageWriter();
        }
      };

  private static final ByteBuf CRLF = constant("\r\n");
  private static final byte[] NOTHING = {};
  private static final ByteBuf LAST_CHUNK = constant("0\r\n\r\n");

  private byte[] bytes = new byte[4096];
  private int length;

  private MessageWriter() {}

  private static ByteBuf constant(String text) {
    return Unpooled.unreleasableBuffer(
            Unpooled.directBuffer(text.length())
                .writeBytes(text.getBytes(StandardCharsets.US_ASCII)))
        .asReadOnly();
  }

  /** Returns the head of a request. */
  public static ByteBuf request(
      ByteBufAllocator allocator, String method, String target, Fields fields) {
    MessageWriter writer = WRITERS.get();
    writer.length = 0;
    writer.append(method);
    writer.append(" ");
    writer.append(target);
    writer.append(" HTTP/1.1\r\n");
    return writer.end(allocator, fields, NOTHING);
  }

  /** Returns the head of an answer. */
  public static ByteBuf response(
      ByteBufAllocator allocator, int status, String reason, Fields fields) {
    return response(allocator, status, reason, fields, NOTHING);
  }

  /** Returns an answer, head and body in one. */
  public static ByteBuf response(
      ByteBufAllocator allocator, int status, String reason, Fields fields, byte[] body) {
    MessageWriter writer = WRITERS.get();
    writer.length = 0;
    writer.append("HTTP/1.1 ");
    writer.appendStatus(status);
    writer.append(" ");
    writer.append(reason);
    writer.append("\r\n");
    return writer.end(allocator, fields, body);
  }

  /** Writes a chunk with this content. */
  public static void writeChunk(Channel channel, ByteBuf content) {
    if (!content.isReadable()) {
      // An empty chunk would be the last one.
      content.release();
      return;
    }
    ByteBuf size = channel.alloc().buffer(10);
    ByteBufUtil.writeAscii(size, Integer.toHexString(content.readableBytes()));
    size.writeShort(('\r' << 8) | '\n');
    channel.write(size, channel.voidPromise());
    channel.write(content, channel.voidPromise());
    channel.write(CRLF.duplicate(), channel.voidPromise());
  }

  /** Writes the last chunk and trailers. */
  public static void writeLastChunk(Channel channel, Fields trailers) {
    if (trailers.size() == 0) {
      channel.write(LAST_CHUNK.duplicate(), channel.voidPromise());
      return;
    }
    MessageWriter writer = WRITERS.get();
    writer.length = 0;
    writer.append("0\r\n");
    channel.write(writer.end(channel.alloc(), trailers, NOTHING), channel.voidPromise());
  }

  private ByteBuf end(ByteBufAllocator allocator, Fields fields, byte[] body) {
    for (int i = 0; i < fields.size(); i++) {
      append(fields.name(i));
      append(": ");
      append(fields.value(i));
      append("\r\n");
    }
    append("\r\n");
    return allocator.buffer(length + body.length).writeBytes(bytes, 0, length).writeBytes(body);
  }

  private void appendStatus(int status) {
    bytes[length++] = (byte) ('0' + status / 100);
    bytes[length++] = (byte) ('0' + status / 10 % 10);
    bytes[length++] = (byte) ('0' + status % 10);
  }

  // The deprecated copy is the one that is a plain array copy for Latin-1, which all of it is.
  @SuppressWarnings("deprecation")
  private void append(String text) {
    int end = length + text.length();
    if (end > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(end, 2 * bytes.length));
    }
    text.getBytes(0, text.length(), bytes, length);
    length = end;
  }
}
