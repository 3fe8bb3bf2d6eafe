package io.scopegate.proxy;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.scopegate.backend.EventLoops;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;

/**
 * A backend that takes next to no time of its own, however many connections are made to it, and
 * keeps nothing; with several event loops, because closing a hundred connections keeps one busy for
 * milliseconds, which are not the gateway's. Where {@code 10MB} is asked for, that many come. Safe
 * from any thread.
 */
final class QuickBackend implements AutoCloseable {
  private static final int LARGE = 10 << 20;
  private static final int LOOPS = 4;

  private final EventLoops loops = new EventLoops(LOOPS);
  private final Channel listener;

  QuickBackend() {
    ByteBuf small = Unpooled.copiedBuffer("ok", StandardCharsets.US_ASCII);
    ByteBuf large = Unpooled.directBuffer(LARGE).writeZero(LARGE);
    this.listener =
        new ServerBootstrap()
            .group(loops.group())
            .channel(loops.serverChannel())
            // Connections that are made by the hundred must not wait for another SYN.
            .option(ChannelOption.SO_BACKLOG, 4096)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childHandler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel accepted) {
                    accepted.pipeline().addLast(new HttpServerCodec(), new Answer(small, large));
                  }
                })
            .bind(InetAddress.getLoopbackAddress(), 0)
            .syncUninterruptibly()
            .channel();
  }

  private static final class Answer extends SimpleChannelInboundHandler<HttpObject> {
    private final ByteBuf small;
    private final ByteBuf large;
    private boolean asksForLarge;

    Answer(ByteBuf small, ByteBuf large) {
      this.small = small;
      this.large = large;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, HttpObject part) {
      if (part instanceof HttpRequest request) {
        asksForLarge = request.uri().contains("10MB");
      }
      if (part instanceof LastHttpContent) {
        ByteBuf body = asksForLarge ? large : small;
        DefaultFullHttpResponse answer =
            new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1, HttpResponseStatus.OK, body.retainedDuplicate());
        answer.headers().setInt(HttpHeaderNames.CONTENT_LENGTH, body.readableBytes());
        var unused = ctx.writeAndFlush(answer);
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      var unused = ctx.close(); // the gateway has broken off
    }
  }

  String url() {
    return "http://127.0.0.1:" + ((InetSocketAddress) listener.localAddress()).getPort();
  }

  @Override
  public void close() {
    listener.close().syncUninterruptibly();
    loops.close();
  }
}
