package io.scopegate.backend;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.util.AttributeKey;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Asks one endpoint again and again whether it is well, on a connection of its own each time, until
 * the endpoint drains. Confined to the channel's event loop.
 */
// What comes of a timer or a close is told by the next round.
@SuppressWarnings("FutureReturnValueIgnored")
final class HealthCheck {
  private static final int LOWEST_GOOD = 200;
  private static final int HIGHEST_GOOD = 399;
  private static final AttributeKey<Boolean> WELL = AttributeKey.valueOf(HealthCheck.class, "well");

  private final Endpoint endpoint;
  private final Resilience.HealthCheck rules;
  private final Bootstrap bootstrap;
  private final EventLoop loop;
  private final Protocol protocol;
  private final Consumer<Boolean> verdict;
  private int streak;
  private boolean last = true;

  /**
   * Prepares to ask.
   *
   * @param protocol what is spoken there
   * @param verdict hears when it is taken to be well or not, again and again
   */
  HealthCheck(
      Endpoint endpoint,
      Resilience.HealthCheck rules,
      Bootstrap bootstrap,
      EventLoop loop,
      Protocol protocol,
      Consumer<Boolean> verdict) {
    this.endpoint = endpoint;
    this.rules = rules;
    this.loop = loop;
    this.protocol = protocol;
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
        .addListener(closed -> answered(connecting.channel().hasAttr(WELL)));
  }

  private void answered(boolean well) {
    streak = well == last ? streak + 1 : 1;
    last = well;
    if (streak >= (well ? rules.healthyAfter() : rules.unhealthyAfter())) {
      verdict.accept(well);
    }
    loop.schedule(this::ask, rules.interval().toNanos(), TimeUnit.NANOSECONDS);
  }

  private static void heard(Channel channel, int status) {
    if (status >= LOWEST_GOOD && status <= HIGHEST_GOOD) {
      channel.attr(WELL).set(true);
    }
    channel.close();
  }

  private final class Initializer extends ChannelInitializer<Channel> {
    @Override
    protected void initChannel(Channel channel) {
      protocol.beneath().accept(channel.pipeline());
      protocol
          .question()
          .install(
              channel.pipeline(),
              endpoint.authority(),
              rules.path(),
              status -> heard(channel, status));
    }
  }
}
