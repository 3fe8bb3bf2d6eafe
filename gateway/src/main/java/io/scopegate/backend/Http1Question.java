package io.scopegate.backend;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import java.nio.charset.StandardCharsets;
import java.util.function.IntConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Asks an endpoint over HTTP/1 whether it is well: one request and the first bytes of its answer.
 * Confined to the channel's event loop.
 */
// What comes of a write or a close is told by the channel.
@SuppressWarnings("FutureReturnValueIgnored")
final class Http1Question extends ChannelInboundHandlerAdapter {
  private static final Pattern STATUS_LINE = Pattern.compile("HTTP/1\\.[01] ([0-9]{3})");
  private static final int STATUS_BYTES = "HTTP/1.1 200".length();

  private final String text;
  private final IntConsumer heard;
  private final StringBuilder answer = new StringBuilder();

  private Http1Question(String authority, String path, IntConsumer heard) {
    this.text =
        "GET "
            + path
            + " HTTP/1.1\r\nHost: "
            + authority
            + "\r\nUser-Agent: scopegate\r\nConnection: close\r\n\r\n";
    this.heard = heard;
  }

  static void install(ChannelPipeline pipeline, String authority, String path, IntConsumer heard) {
    pipeline.addLast(new Http1Question(authority, path, heard));
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    ctx.writeAndFlush(ByteBufUtil.writeAscii(ctx.alloc(), text));
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf data = (ByteBuf) message;
    int length = Math.min(data.readableBytes(), STATUS_BYTES - answer.length());
    answer.append(data.readCharSequence(length, StandardCharsets.ISO_8859_1));
    data.release();
    if (length > 0 && answer.length() == STATUS_BYTES) {
      Matcher status = STATUS_LINE.matcher(answer);
      heard.accept(status.matches() ? Integer.parseInt(status.group(1)) : -1);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ctx.close();
  }
}
