package io.scopegate.backend;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import io.scopegate.policy.Decision;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import java.util.function.ToIntFunction;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * An existing service: chooses an endpoint and leases a connection to it on the caller's event
 * loop, to whoever holds the permission to go there. Safe from any thread.
 */
// What comes of connecting is told by the promise.
@SuppressWarnings("FutureReturnValueIgnored")
public final class Backend {
  private final String name;
  private final List<Endpoint> endpoints;
  private final Settings settings;
  private final LoadBalancer balancer;
  private final Bootstrap bootstrap;
  private final Executor resolver;
  private final BiConsumer<Endpoint, ChannelPipeline> protocol;
  private final Map<EventLoop, Map<Endpoint, ConnectionPool>> pools = new ConcurrentHashMap<>();

  /**
   * What can be set of a backend. Immutable.
   *
   * @param connectTimeout until a connection stands
   * @param firstByteTimeout from the end of the request to the end of the answer's head
   * @param idleTimeout how long an answer may stand still, and a connection lie unused
   * @param maxIdlePerLoop how many connections may lie unused, per endpoint and event loop
   * @param preservesHost whether it is told the client's {@code Host} instead of its own
   * @param forwardsCredentials whether it sees the credentials
   */
  public record Settings(
      Duration connectTimeout,
      Duration firstByteTimeout,
      Duration idleTimeout,
      int maxIdlePerLoop,
      boolean preservesHost,
      boolean forwardsCredentials,
      FieldChanges requestFields,
      FieldChanges responseFields) {

    /** Returns what holds where nothing else is set. */
    public static Settings standard() {
      return new Settings(
          Duration.ofSeconds(2),
          Duration.ofSeconds(30),
          Duration.ofSeconds(60),
          256,
          true,
          false,
          FieldChanges.none(),
          FieldChanges.none());
    }
  }

  /**
   * Wires a backend; it connects when it is asked to.
   *
   * @param resolver where names are looked up, which may block
   * @param protocol puts the handlers on a new connection to an endpoint
   */
  public Backend(
      String name,
      List<Endpoint> endpoints,
      Settings settings,
      EventLoops loops,
      Executor resolver,
      RandomGenerator random,
      BiConsumer<Endpoint, ChannelPipeline> protocol) {
    this.name = name;
    this.endpoints = List.copyOf(endpoints);
    this.settings = settings;
    this.balancer = new LoadBalancer(endpoints, random);
    this.resolver = resolver;
    this.bootstrap =
        new Bootstrap()
            .channel(loops.socketChannel())
            .option(ChannelOption.TCP_NODELAY, true)
            .option(ChannelOption.SO_KEEPALIVE, true)
            .option(
                ChannelOption.CONNECT_TIMEOUT_MILLIS,
                (int) Math.min(Integer.MAX_VALUE, settings.connectTimeout().toMillis()));
    this.protocol = protocol;
  }

  private static final class Initializer extends ChannelInitializer<Channel> {
    private final Endpoint endpoint;
    private final BiConsumer<Endpoint, ChannelPipeline> protocol;

    Initializer(Endpoint endpoint, BiConsumer<Endpoint, ChannelPipeline> protocol) {
      this.endpoint = endpoint;
      this.protocol = protocol;
    }

    @Override
    protected void initChannel(Channel channel) {
      protocol.accept(endpoint, channel.pipeline());
    }
  }

  /** Returns its name in routes and metrics. */
  public String name() {
    return name;
  }

  /** Returns what is set of it. */
  public Settings settings() {
    return settings;
  }

  /** Returns its addresses. */
  public List<Endpoint> endpoints() {
    return endpoints;
  }

  /** Returns how many connections there are. */
  public int openConnections() {
    return sum(Endpoint::openConnections);
  }

  /** Returns how many connections wait for a request. */
  public int idleConnections() {
    return sum(Endpoint::idleConnections);
  }

  /** Returns how many requests are on their way. */
  public int activeRequests() {
    return sum(Endpoint::activeRequests);
  }

  private int sum(ToIntFunction<Endpoint> figure) {
    return endpoints.stream().mapToInt(figure).sum();
  }

  /**
   * Leases a connection: one that waits there, on the spot, or a new one. It fails if none of the
   * endpoints can be reached.
   *
   * @param allow the permission to go there; a request without one has no way to a backend
   * @param loop the event loop of the caller, on which this is called
   */
  public Future<BackendConnection> lease(Decision.Allow allow, EventLoop loop) {
    Endpoint endpoint = balancer.choose();
    ConnectionPool pool = pool(allow, endpoint, loop);
    BackendConnection idle = pool.idle();
    return idle != null ? loop.newSucceededFuture(idle) : connect(allow, endpoint, loop);
  }

  /** Leases a new connection, after one that had lain unused turned out closed. */
  public Future<BackendConnection> leaseFresh(Decision.Allow allow, EventLoop loop) {
    return connect(allow, balancer.choose(), loop);
  }

  private Future<BackendConnection> connect(
      Decision.Allow allow, Endpoint endpoint, EventLoop loop) {
    if (balancer.size() == 1) {
      return pool(allow, endpoint, loop).connect();
    }
    Promise<BackendConnection> promise = loop.newPromise();
    connect(allow, endpoint, balancer.size(), loop, promise);
    return promise;
  }

  private void connect(
      Decision.Allow allow,
      Endpoint endpoint,
      int tries,
      EventLoop loop,
      Promise<BackendConnection> promise) {
    pool(allow, endpoint, loop)
        .connect()
        .addListener(
            (Future<BackendConnection> done) -> {
              if (done.isSuccess()) {
                promise.setSuccess(done.getNow());
              } else if (tries > 1) {
                connect(allow, balancer.after(endpoint), tries - 1, loop, promise);
              } else {
                promise.setFailure(done.cause());
              }
            });
  }

  private ConnectionPool pool(Decision.Allow allow, Endpoint endpoint, EventLoop loop) {
    if (!allow.row().forwarding().backend().equals(name)) {
      throw new IllegalArgumentException("the permission is for another backend than " + name);
    }
    Map<Endpoint, ConnectionPool> ofLoop = pools.get(loop);
    if (ofLoop == null) {
      ofLoop = pools.computeIfAbsent(loop, key -> new ConcurrentHashMap<>());
    }
    @Nullable ConnectionPool pool = ofLoop.get(endpoint);
    return pool != null ? pool : ofLoop.computeIfAbsent(endpoint, key -> newPool(key, loop));
  }

  private ConnectionPool newPool(Endpoint endpoint, EventLoop loop) {
    return new ConnectionPool(
        endpoint,
        loop,
        bootstrap.clone(loop).handler(new Initializer(endpoint, protocol)),
        resolver,
        settings.idleTimeout(),
        settings.maxIdlePerLoop());
  }
}
