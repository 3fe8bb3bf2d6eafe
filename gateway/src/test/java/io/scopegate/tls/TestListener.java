package io.scopegate.tls;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;

/**
 * A listener that answers every byte with a line about how its sender arrived. Safe from any
 * thread.
 */
final class TestListener implements AutoCloseable {
  static final String CLEAR_TEXT_ANSWER = "speak TLS";

  private static final EventLoopGroup LOOPS =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());

  private final Channel channel;

  TestListener(Threshold threshold) {
    this.channel =
        new ServerBootstrap()
            .group(LOOPS)
            .channel(NioServerSocketChannel.class)
            .childHandler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel accepted) {
                    threshold.cross(accepted, new Answering());
                  }
                })
            .bind(InetAddress.getLoopbackAddress(), 0)
            .syncUninterruptibly()
            .channel();
  }

  private static final class Answering implements Threshold.Beyond {
    @Override
    public void enter(Channel accepted, Arrival arrival) {
      accepted.pipeline().addLast(new Answer(arrival));
    }

    @Override
    public void refuseClearText(Channel accepted) {
      var unused =
          accepted
              .writeAndFlush(Unpooled.copiedBuffer(CLEAR_TEXT_ANSWER, StandardCharsets.US_ASCII))
              .addListener(ChannelFutureListener.CLOSE);
    }
  }

  private static final class Answer extends SimpleChannelInboundHandler<ByteBuf> {
    private final Arrival arrival;

    Answer(Arrival arrival) {
      this.arrival = arrival;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, ByteBuf data) {
      for (int i = 0; i < data.readableBytes(); i++) {
        var unused = ctx.write(ByteBufUtil.writeUtf8(ctx.alloc(), line()));
      }
      ctx.flush();
    }

    private String line() {
      InetSocketAddress peer = (InetSocketAddress) arrival.peer();
      return peer.getAddress().getHostAddress()
          + (arrival.secure() ? " secure " : " clear ")
          + arrival.protocol()
          + arrival.identity().map(identity -> " " + identity.subject().orElse("nobody")).orElse("")
          + "\n";
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      var unused = ctx.close();
    }
  }

  InetSocketAddress address() {
    return (InetSocketAddress) channel.localAddress();
  }

  @Override
  public void close() {
    channel.close().syncUninterruptibly();
  }
}
