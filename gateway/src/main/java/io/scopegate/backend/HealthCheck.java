package io.scopegate.backend;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoop;
import io.netty.util.AttributeKey;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * Asks one endpoint again and again whether it is well, on a connection of its own each time, until
 * the endpoint drains. Confined to the channel's event loop.
 */
// What comes of a timer or a close is told by the next round.
@SuppressWarnings("FutureReturnValueIgnored")
final class HealthCheck {
  private static final Pattern GOOD = Pattern.compile("HTTP/1\\.[01] [23][0-9]{2}");
  private static final int STATUS_BYTES = "HTTP/1.1 200".length();

  private final Endpoint endpoint;
  private final Resilience.HealthCheck rules;
  private final Bootstrap bootstrap;
  private final EventLoop loop;
  private final Consumer<ChannelPipeline> beneath;
  private final Consumer<Boolean> verdict;
  private int streak;
  private boolean last = true;

  /**
   * Prepares to ask.
   *
   * @param beneath puts what lies beneath HTTP on a new connection
   * @param verdict hears when it is taken to be well or not, again and again
   */
  HealthCheck(
      Endpoint endpoint,
      Resilience.HealthCheck rules,
      Bootstrap bootstrap,
      EventLoop loop,
      Consumer<ChannelPipeline> beneath,
      Consumer<Boolean> verdict) {
    this.endpoint = endpoint;
    this.rules = rules;
    this.loop = loop;
    this.beneath = beneath;
    this.verdict = verdict;
    this.bootstrap = bootstrap.group(loop).handler(new Initializer());
  }

  /** Begins to ask. */
  void start() {
    loop.execute(this::ask);
  }

  private void ask() {
    if (endpoint.isDraining()) {
      return;
    }
    ChannelFuture connecting = bootstrap.connect(endpoint.address());
    loop.schedule(
        () -> {
          // Closing is what ends a round, however it went.
          connecting.cancel(true);
          connecting.channel().close();
        },
        rules.timeout().toNanos(),
        TimeUnit.NANOSECONDS);
    connecting
        .channel()
        .closeFuture()
        .addListener(closed -> answered(connecting.channel().hasAttr(Question.WELL)));
  }

  private void answered(boolean well) {
    streak = well == last ? streak + 1 : 1;
    last = well;
    if (streak >= (well ? rules.healthyAfter() : rules.unhealthyAfter())) {
      verdict.accept(well);
    }
    loop.schedule(this::ask, rules.interval().toNanos(), TimeUnit.NANOSECONDS);
  }

  /** One question and the first bytes of its answer. */
  private static final class Question extends ChannelInboundHandlerAdapter {
    private static final AttributeKey<Boolean> WELL = AttributeKey.valueOf(Question.class, "well");

    private final String text;
    private final StringBuilder answer = new StringBuilder();

    Question(String authority, String path) {
      this.text =
          "GET "
              + path
              + " HTTP/1.1\r\nHost: "
              + authority
              + "\r\nUser-Agent: scopegate\r\nConnection: close\r\n\r\n";
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
      if (answer.length() == STATUS_BYTES) {
        if (GOOD.matcher(answer).matches()) {
          ctx.channel().attr(WELL).set(true);
        }
        ctx.close();
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      ctx.close();
    }
  }

  private final class Initializer extends ChannelInitializer<Channel> {
    @Override
    protected void initChannel(Channel channel) {
      beneath.accept(channel.pipeline());
      channel.pipeline().addLast(new Question(endpoint.authority(), rules.path()));
    }
  }
}
