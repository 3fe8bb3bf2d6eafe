package io.scopegate.proxy;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.Http2ChannelDuplexHandler;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.handler.codec.http2.Http2SettingsFrame;
import io.netty.util.ReferenceCountUtil;
import io.scopegate.proxy.http2.BackendCodec;
import io.scopegate.proxy.message.Grammar;
import java.util.function.IntConsumer;

/**
 * Asks an endpoint over HTTP/2 whether it is well, once it has sent its SETTINGS: one request and
 * the head of its answer. Confined to the channel's event loop.
 */
// What comes of a write or a close is told by the channel.
@SuppressWarnings("FutureReturnValueIgnored")
final class Http2Question extends Http2ChannelDuplexHandler {
  private final Http2Headers question;
  private final IntConsumer heard;
  private boolean asked;
  private boolean answered;

  private Http2Question(Http2Headers question, IntConsumer heard) {
    this.question = question;
    this.heard = heard;
  }

  /**
   * Puts the handlers on a connection.
   *
   * @param scheme of what is asked for: {@code http} or {@code https}
   */
  static void install(
      ChannelPipeline pipeline, String scheme, String authority, String path, IntConsumer heard) {
    Http2Headers question =
        new DefaultHttp2Headers()
            .method("GET")
            .scheme(scheme)
            .authority(authority)
            .path(path)
            .add("user-agent", "scopegate");
    pipeline.addLast(BackendCodec.newCodec(), new Http2Question(question, heard));
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object frame) {
    if (frame instanceof Http2SettingsFrame && !asked) {
      asked = true;
      ctx.writeAndFlush(new DefaultHttp2HeadersFrame(question, true).stream(newStream()));
    } else if (frame instanceof Http2HeadersFrame head && !answered) {
      hear(head.headers().status());
    } else if (frame instanceof Http2ResetFrame) {
      ctx.close();
    }
    ReferenceCountUtil.release(frame);
  }

  private void hear(CharSequence status) {
    String digits = String.valueOf(status);
    int number = digits.length() == 3 && Grammar.isDigits(digits) ? Integer.parseInt(digits) : -1;
    if (number < 100 || number >= 200) {
      answered = true;
      heard.accept(number);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ctx.close();
  }
}
