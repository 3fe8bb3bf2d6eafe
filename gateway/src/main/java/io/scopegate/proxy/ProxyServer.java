package io.scopegate.proxy;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoop;
import io.scopegate.backend.Backend;
import io.scopegate.backend.BackendUrl;
import io.scopegate.backend.EventLoops;
import io.scopegate.backend.Protocol;
import io.scopegate.event.GatewayEvents;
import io.scopegate.guard.Gatekeeper;
import io.scopegate.guard.LocalBackend;
import io.scopegate.guard.LocalHandler;
import io.scopegate.proxy.http1.RequestDecoder;
import io.scopegate.tls.Arrival;
import io.scopegate.tls.ClientTls;
import io.scopegate.tls.Threshold;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/** Listening addresses and the connections that were accepted there. Safe from any thread. */
// What becomes of a close is told by the futures of the channels.
@SuppressWarnings("FutureReturnValueIgnored")
public final class ProxyServer implements AutoCloseable {
  /** What may be spoken after a handshake (RFC 7301 §6), what is liked best first. */
  public static final List<String> PROTOCOLS = List.of("h2", Arrival.HTTP_1_1);

  private static final String HTTP_2 = "h2";
  private static final int BACKLOG = 4096;

  private final EventLoops loops;
  private final FrontendSettings settings;
  private final Tunnels tunnels;
  private final Front front;
  private final ConnectionCount count;
  private final ClearTextAnswer clearTextAnswer;
  private final Queue<Channel> listeners = new ConcurrentLinkedQueue<>();
  private final Set<Channel> connections = ConcurrentHashMap.newKeySet();
  private final CompletableFuture<Void> drained = new CompletableFuture<>();
  private volatile boolean draining;

  /** Puts the handlers on a connection. */
  private interface Front {
    void install(ChannelPipeline pipeline, Arrival arrival, ProxyServer server);
  }

  private ProxyServer(
      EventLoops loops,
      FrontendSettings settings,
      Tunnels tunnels,
      RandomGenerator random,
      Front front) {
    this.loops = loops;
    this.settings = settings;
    this.tunnels = tunnels;
    this.count = new ConnectionCount(settings.connections(), settings.trustedProxies());
    this.front = front;
    this.clearTextAnswer = new ClearTextAnswer(random);
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
    Tunnels tunnels = new Tunnels();
    Services services =
        new Services(
            gatekeeper,
            Map.copyOf(backends),
            Map.copyOf(localBackends),
            new HeaderRules(gatekeeper.assertions()),
            new Refusals(),
            tunnels,
            watches(loops, gatekeeper),
            events);
    return new ProxyServer(
        loops,
        settings,
        tunnels,
        random,
        (pipeline, arrival, server) -> {
          Consumer<ChannelPipeline> http2 =
              begun ->
                  Http2FrontendConnection.install(
                      begun, settings, services, server::isDraining, random);
          if (arrival.protocol().equals(HTTP_2)) {
            http2.accept(pipeline);
            return;
          }
          if (!arrival.secure()) {
            pipeline.addLast(new PrefaceDetector(http2, settings.headTimeout()));
          }
          RequestDecoder decoder = decoder(settings);
          pipeline.addLast(
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

  private static Map<EventLoop, ExchangeWatch> watches(EventLoops loops, Gatekeeper gatekeeper) {
    Map<EventLoop, ExchangeWatch> watches = new HashMap<>();
    List<EventLoop> all = new ArrayList<>();
    loops.group().forEach(executor -> all.add((EventLoop) executor));
    for (EventLoop loop : all) {
      watches.put(loop, new ExchangeWatch(loop, gatekeeper, all.size()));
    }
    return Map.copyOf(watches);
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
    Refusals refusals = new Refusals();
    return new ProxyServer(
        loops,
        settings,
        new Tunnels(),
        random,
        (pipeline, arrival, server) -> {
          RequestDecoder decoder = decoder(settings);
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

  private static RequestDecoder decoder(FrontendSettings settings) {
    return new RequestDecoder(settings.heads(), settings.connections().readAheadBytes());
  }

  /**
   * Returns what is spoken with the URLs of a backend; what a {@link Backend} needs.
   *
   * @param tls how TLS is spoken with it, if it is
   * @param handshakeTimeout how long a handshake may take
   */
  public static Function<BackendUrl, Protocol> backendProtocol(
      Optional<ClientTls> tls, Duration handshakeTimeout) {
    String scheme = tls.isPresent() ? "https" : "http";
    return url -> {
      Consumer<ChannelPipeline> beneath =
          tls.isPresent()
              ? pipeline -> tls.get().secure(pipeline, url.host(), url.port(), handshakeTimeout)
              : pipeline -> {};
      return url.http2()
          ? new Protocol(
              beneath,
              pipeline -> Http2BackendConnection.install(pipeline, scheme),
              Optional.of(Http2BackendConnection::of),
              (pipeline, authority, path, heard) ->
                  Http2Question.install(pipeline, scheme, authority, path, heard))
          : new Protocol(beneath, BackendHandler::install);
    };
  }

  /**
   * Starts to listen; returns the address, with the port that was chosen if 0 was asked for.
   *
   * @throws IOException if the address cannot be had
   */
  public InetSocketAddress bind(InetSocketAddress address) throws IOException {
    return bind(address, Threshold.open());
  }

  /**
   * Starts to listen; returns the address, with the port that was chosen if 0 was asked for.
   *
   * @param threshold what connections go through first
   * @throws IOException if the address cannot be had
   */
  public InetSocketAddress bind(InetSocketAddress address, Threshold threshold) throws IOException {
    ServerBootstrap bootstrap =
        new ServerBootstrap()
            .group(loops.group())
            .channel(loops.serverChannel())
            .option(ChannelOption.SO_BACKLOG, BACKLOG)
            .option(ChannelOption.SO_REUSEADDR, true)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childHandler(new FrontendInitializer(threshold));
    ChannelFuture bound = bootstrap.bind(address).awaitUninterruptibly();
    if (!bound.isSuccess()) {
      throw new IOException("cannot listen on " + address, bound.cause());
    }
    listeners.add(bound.channel());
    return (InetSocketAddress) bound.channel().localAddress();
  }

  private final class FrontendInitializer extends ChannelInitializer<Channel>
      implements Threshold.Beyond {
    private final Threshold threshold;

    FrontendInitializer(Threshold threshold) {
      this.threshold = threshold;
    }

    @Override
    protected void initChannel(Channel channel) {
      SocketAddress peer = channel.remoteAddress();
      if (!count.enter(peer)) {
        // With a reset: nothing is left to be waited for on either side.
        channel.config().setOption(ChannelOption.SO_LINGER, 0);
        channel.close();
        return;
      }
      channel.closeFuture().addListener(closed -> count.leave(peer));
      connections.add(channel);
      channel.closeFuture().addListener(closed -> gone(channel));
      threshold.cross(channel, this);
    }

    @Override
    public void enter(Channel channel, Arrival arrival) {
      Client.note(channel, arrival);
      front.install(channel.pipeline(), arrival, ProxyServer.this);
      if (draining) {
        // The notice to all may have come before there was anybody to hear it.
        channel
            .eventLoop()
            .execute(() -> channel.pipeline().fireUserEventTriggered(new DrainNotice()));
      }
    }

    @Override
    public void refuseClearText(Channel channel) {
      clearTextAnswer.send(channel);
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

  /** Returns how many connections were one too many. */
  public long refusedConnections() {
    return count.refused();
  }

  /** Returns the WebSockets that are open. */
  public Tunnels tunnels() {
    return tunnels;
  }

  boolean isDraining() {
    return draining;
  }

  /**
   * Takes no new connections and lets every request that has begun, or that a client sends before
   * it can know, come to its end; WebSockets are told that they end.
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
    tunnels.close(Tunnel.GOING_AWAY, Tunnel.STOPPING);
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
