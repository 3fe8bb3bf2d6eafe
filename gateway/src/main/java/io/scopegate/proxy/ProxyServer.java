package io.scopegate.proxy;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.scopegate.backend.Backend;
import io.scopegate.backend.BackendUrl;
import io.scopegate.backend.EventLoops;
import io.scopegate.backend.Protocol;
import io.scopegate.event.GatewayEvents;
import io.scopegate.guard.Gatekeeper;
import io.scopegate.guard.LocalBackend;
import io.scopegate.guard.LocalHandler;
import io.scopegate.proxy.http1.RequestDecoder;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/** Listening addresses and the connections that were accepted there. Safe from any thread. */
// What becomes of a close is told by the futures of the channels.
@SuppressWarnings("FutureReturnValueIgnored")
public final class ProxyServer implements AutoCloseable {
  private static final int BACKLOG = 4096;

  private final EventLoops loops;
  private final FrontendSettings settings;
  private final Front front;
  private final Queue<Channel> listeners = new ConcurrentLinkedQueue<>();
  private final Set<Channel> connections = ConcurrentHashMap.newKeySet();
  private final CompletableFuture<Void> drained = new CompletableFuture<>();
  private volatile boolean draining;

  /** Puts the handlers on a connection. */
  private interface Front {
    void install(ChannelPipeline pipeline, ProxyServer server);
  }

  private ProxyServer(EventLoops loops, FrontendSettings settings, Front front) {
    this.loops = loops;
    this.settings = settings;
    this.front = front;
  }

  /**
   * Returns a server that takes requests past the gatekeeper to backends.
   *
   * @param backends by the name that routes use
   * @param localBackends those inside the gateway, by the name that routes use
   * @param random asked once a connection
   */
  public static ProxyServer forwarding(
      EventLoops loops,
      FrontendSettings settings,
      Gatekeeper gatekeeper,
      Map<String, Backend> backends,
      Map<String, LocalBackend> localBackends,
      GatewayEvents events,
      RandomGenerator random) {
    ScopeFields scopeFields = new ScopeFields();
    Services services =
        new Services(
            gatekeeper,
            Map.copyOf(backends),
            Map.copyOf(localBackends),
            new HeaderRules(scopeFields),
            new Refusals(scopeFields),
            events);
    return new ProxyServer(
        loops,
        settings,
        (pipeline, server) -> {
          RequestDecoder decoder = new RequestDecoder();
          pipeline.addLast(
              new PrefaceDetector(
                  detected ->
                      Http2FrontendConnection.install(
                          detected, settings, services, server::isDraining, random)),
              decoder,
              new ExchangeHandler(
                  services,
                  expired ->
                      new Http1Frontend(
                          pipeline.channel(),
                          decoder,
                          settings,
                          server::isDraining,
                          random,
                          expired)));
        });
  }

  /**
   * Returns a server that answers requests itself.
   *
   * @param maxBodyBytes of a request
   * @param random asked once a connection
   */
  public static ProxyServer answering(
      EventLoops loops,
      FrontendSettings settings,
      LocalHandler handler,
      int maxBodyBytes,
      RandomGenerator random) {
    Refusals refusals = new Refusals(new ScopeFields());
    return new ProxyServer(
        loops,
        settings,
        (pipeline, server) -> {
          RequestDecoder decoder = new RequestDecoder();
          pipeline.addLast(
              decoder,
              new LocalExchangeHandler(
                  pipeline.channel(),
                  decoder,
                  settings,
                  handler,
                  maxBodyBytes,
                  refusals,
                  server::isDraining,
                  random));
        });
  }

  /** Returns what is spoken with a URL; what a {@link Backend} needs. */
  public static Protocol backendProtocol(BackendUrl url) {
    return url.http2()
        ? new Protocol(
            pipeline -> {},
            pipeline -> Http2BackendConnection.install(pipeline, "http"),
            Optional.of(Http2BackendConnection::of))
        : Protocol.plain(BackendHandler::install);
  }

  /**
   * Starts to listen; returns the address, with the port that was chosen if 0 was asked for.
   *
   * @throws IOException if the address cannot be had
   */
  public InetSocketAddress bind(InetSocketAddress address) throws IOException {
    ServerBootstrap bootstrap =
        new ServerBootstrap()
            .group(loops.group())
            .channel(loops.serverChannel())
            .option(ChannelOption.SO_BACKLOG, BACKLOG)
            .option(ChannelOption.SO_REUSEADDR, true)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childHandler(new FrontendInitializer());
    ChannelFuture bound = bootstrap.bind(address).awaitUninterruptibly();
    if (!bound.isSuccess()) {
      throw new IOException("cannot listen on " + address, bound.cause());
    }
    listeners.add(bound.channel());
    return (InetSocketAddress) bound.channel().localAddress();
  }

  private final class FrontendInitializer extends ChannelInitializer<Channel> {
    @Override
    protected void initChannel(Channel channel) {
      connections.add(channel);
      channel.closeFuture().addListener(closed -> gone(channel));
      front.install(channel.pipeline(), ProxyServer.this);
    }
  }

  private void gone(Channel channel) {
    connections.remove(channel);
    if (draining && connections.isEmpty()) {
      drained.complete(null);
    }
  }

  /** Returns how many connections there are. */
  public int openConnections() {
    return connections.size();
  }

  boolean isDraining() {
    return draining;
  }

  /**
   * Takes no new connections and lets every request that has begun, or that a client sends before
   * it can know, come to its end.
   *
   * @return completed when the last connection is closed, by us if it takes longer than this
   */
  public CompletableFuture<Void> drain(Duration atMost) {
    draining = true;
    listeners.forEach(Channel::close);
    DrainNotice notice = new DrainNotice();
    for (Channel channel : connections) {
      channel.eventLoop().execute(() -> channel.pipeline().fireUserEventTriggered(notice));
    }
    if (connections.isEmpty()) {
      drained.complete(null);
    }
    loops
        .group()
        .schedule(
            () -> connections.forEach(Channel::close), atMost.toMillis(), TimeUnit.MILLISECONDS);
    return drained;
  }

  /** Closes everything at once. */
  @Override
  public void close() {
    draining = true;
    listeners.forEach(Channel::close);
    connections.forEach(Channel::close);
  }

  FrontendSettings settings() {
    return settings;
  }
}
