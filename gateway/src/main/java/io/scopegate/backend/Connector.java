package io.scopegate.backend;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import java.util.function.Function;

/**
 * Makes what leads to an endpoint: pools of connections for requests, and health checks. Safe from
 * any thread.
 */
final class Connector {
  /** How much of its lifetime a connection may have more or less than said. */
  private static final double JITTER = 0.1;

  private final Backend.Settings settings;
  private final EventLoops loops;
  private final Function<BackendUrl, Protocol> protocol;
  private final DoubleSupplier random;

  /**
   * Takes what all endpoints have in common.
   *
   * @param random from 0 to 1, for what must not happen at the same time everywhere
   */
  Connector(
      Backend.Settings settings,
      EventLoops loops,
      Function<BackendUrl, Protocol> protocol,
      DoubleSupplier random) {
    this.settings = settings;
    this.loops = loops;
    this.protocol = protocol;
    this.random = random;
  }

  private Bootstrap bootstrap(Duration connectTimeout) {
    return new Bootstrap()
        .channel(loops.socketChannel())
        .option(ChannelOption.TCP_NODELAY, true)
        .option(ChannelOption.SO_KEEPALIVE, true)
        .option(
            ChannelOption.CONNECT_TIMEOUT_MILLIS,
            (int) Math.min(Integer.MAX_VALUE, connectTimeout.toMillis()));
  }

  /** Makes an endpoint's connections on an event loop. */
  Pool pool(Endpoint endpoint, EventLoop loop) {
    Protocol spoken = protocol.apply(endpoint.url());
    Bootstrap bootstrap =
        bootstrap(settings.connectTimeout()).group(loop).handler(new Initializer(spoken));
    return spoken.sharing().isPresent()
        ? new StreamPool(
            endpoint, loop, bootstrap, spoken.sharing().get(), settings, this::lifetimeNanos)
        : new ConnectionPool(
            endpoint,
            loop,
            bootstrap,
            settings.resilience().connections(),
            settings.idleTimeout(),
            this::lifetimeNanos);
  }

  private long lifetimeNanos() {
    Optional<Duration> lifetime = settings.resilience().connections().lifetime();
    return lifetime.isEmpty()
        ? Long.MAX_VALUE
        : (long) (lifetime.get().toNanos() * (1 - JITTER + 2 * JITTER * random.getAsDouble()));
  }

  /**
   * Begins to ask an endpoint whether it is well, if that is wanted.
   *
   * @param verdict hears of it, on an event loop
   */
  void check(Endpoint endpoint, Consumer<Boolean> verdict) {
    Optional<Resilience.HealthCheck> rules = settings.resilience().healthCheck();
    if (rules.isPresent()) {
      EventLoop loop = loops.group().next();
      new HealthCheck(
              endpoint,
              rules.get(),
              bootstrap(rules.get().timeout()),
              loop,
              protocol.apply(endpoint.url()),
              verdict)
          .start();
    }
  }

  private static final class Initializer extends ChannelInitializer<Channel> {
    private final Protocol protocol;

    Initializer(Protocol protocol) {
      this.protocol = protocol;
    }

    @Override
    protected void initChannel(Channel channel) {
      protocol.beneath().accept(channel.pipeline());
      protocol.requests().accept(channel.pipeline());
    }
  }
}
