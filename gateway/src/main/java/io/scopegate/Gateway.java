package io.scopegate;

import io.scopegate.admin.AdminHandler;
import io.scopegate.admin.AdminTokenFile;
import io.scopegate.admin.AdminTokens;
import io.scopegate.admin.AdminTokens.Access;
import io.scopegate.admin.ProbesHandler;
import io.scopegate.admin.StatusEndpoints;
import io.scopegate.authn.CacheLimits;
import io.scopegate.authn.TokenAuthenticator;
import io.scopegate.authn.TokenFormat;
import io.scopegate.authn.assertion.AssertionKeys;
import io.scopegate.authn.assertion.Assertions;
import io.scopegate.authn.assertion.SignedAssertions;
import io.scopegate.authn.session.Sessions;
import io.scopegate.backend.Backend;
import io.scopegate.backend.EventLoops;
import io.scopegate.backend.NameResolver;
import io.scopegate.config.Address;
import io.scopegate.config.GatewayConfig;
import io.scopegate.endpoint.TokenLifetime;
import io.scopegate.event.GatewayEvents;
import io.scopegate.event.Metrics;
import io.scopegate.file.PolicyReader;
import io.scopegate.file.Problem;
import io.scopegate.guard.Gatekeeper;
import io.scopegate.guard.LivePolicy;
import io.scopegate.guard.LocalBackend;
import io.scopegate.guard.LocalHandler;
import io.scopegate.guard.PolicySource;
import io.scopegate.guard.PolicyWatch;
import io.scopegate.guard.SiteCheck;
import io.scopegate.proxy.ConnectionLimits;
import io.scopegate.proxy.FrontendSettings;
import io.scopegate.proxy.ProxyServer;
import io.scopegate.proxy.TrustedProxies;
import io.scopegate.proxy.message.HeadLimits;
import io.scopegate.self.SelfService;
import io.scopegate.store.IdentityStore;
import io.scopegate.store.LastUse;
import io.scopegate.tls.Threshold;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/**
 * A running gateway: puts the parts together and takes them apart. Starts whole or not at all. Used
 * by the wiring only.
 */
public final class Gateway implements AutoCloseable {
  private static final Duration WATCH_PERIOD = Duration.ofSeconds(1);
  private static final Duration LAST_USE_PERIOD = Duration.ofMinutes(1);
  private static final int MAX_ADMIN_BODY = 64 << 20;
  private static final int MAX_PROBE_BODY = 64 << 10;
  private static final int WAITING_CALLS = 256;

  private final GatewayConfig config;
  private final Surroundings surroundings;
  private final Parts parts;
  private final TlsWiring tls;
  private final LivePolicy livePolicy;
  private final IdentityStore store;
  private final Metrics metrics;
  private final Optional<Sessions> sessions;
  private final ProxyServer frontend;
  private final List<InetSocketAddress> listeners = new ArrayList<>();
  private final InetSocketAddress admin;
  private final Optional<InetSocketAddress> probes;
  private volatile boolean draining;

  /**
   * What a gateway finds around it. Immutable.
   *
   * @param random for secrets and ids
   * @param adminToken the token of the environment, if it has one
   * @param watch whether the route table is reloaded when its files change
   */
  public record Surroundings(
      Clock clock, RandomGenerator random, Optional<String> adminToken, boolean watch) {}

  /** Returns where the route table of a configuration is read from. */
  public static PolicySource policySource(GatewayConfig config) {
    return () -> {
      PolicyReader.Outcome outcome =
          PolicyReader.read(config.routes(), Optional.of(config.backendNames()));
      return new PolicySource.Loaded(
          outcome.policy(),
          outcome.problems(),
          outcome.files().stream().map(Path::of).collect(Collectors.toSet()));
    };
  }

  /**
   * Starts a gateway.
   *
   * @param first what was read from the policy source, with a policy in it
   * @throws IOException if an address cannot be had or the data folder cannot be used
   * @throws IllegalArgumentException if an admin token is no good
   */
  public static Gateway start(
      GatewayConfig config, PolicySource.Loaded first, Surroundings surroundings)
      throws IOException {
    Parts parts = new Parts();
    EagerClasses.load();
    try {
      return new Gateway(config, first, surroundings, parts);
    } catch (IOException | RuntimeException | Error e) {
      parts.close();
      throw e;
    }
  }

  private Gateway(
      GatewayConfig config, PolicySource.Loaded first, Surroundings surroundings, Parts parts)
      throws IOException {
    this.config = config;
    this.surroundings = surroundings;
    this.parts = parts;
    this.store = parts.keep(Stores.open(config, surroundings.clock(), surroundings.random()));
    AdminTokens adminTokens = adminTokens();
    this.metrics = parts.keep(new Metrics(1));
    this.tls = new TlsWiring(config, surroundings.clock());
    this.sessions =
        config.issuers().isEmpty()
            ? Optional.empty()
            : Optional.of(parts.keep(SessionWiring.sessions(config, tls, surroundings.clock())));
    tls.show(metrics);
    this.livePolicy =
        new LivePolicy(
            tls.withFiles(first),
            tls.reloading(policySource(config)),
            GatewayEvents.of(
                metrics, sessions.<GatewayEvents>map(all -> all).orElse(GatewayEvents.NONE)));
    Optional<AssertionKeys> assertionKeys = assertionKeys();
    EventLoops loops = parts.keep(new EventLoops(Runtime.getRuntime().availableProcessors()));
    this.frontend = frontend(loops, assertions(assertionKeys));
    StatusEndpoints status =
        assertionKeys
            .map(own -> parts.keep(SessionWiring.fleetKeys(own, store, surroundings.clock())))
            .map(keys -> new StatusEndpoints(this::readiness, metrics::scrape, keys::published))
            .orElseGet(() -> new StatusEndpoints(this::readiness, metrics::scrape));
    ThreadPoolExecutor workers = workers("admin");
    AdminHandler handler =
        new AdminHandler(
            AdminWiring.endpoints(
                store,
                livePolicy,
                status,
                new TokenLifetime(config.maxTokenLife()),
                surroundings.clock(),
                surroundings.random()),
            adminTokens,
            config.admin().host(),
            workers);
    // The edge is opened last: whoever gets in there finds everything in place.
    this.admin = answering(loops, handler, MAX_ADMIN_BODY, config.admin());
    this.probes =
        config.probes().isEmpty()
            ? Optional.empty()
            : Optional.of(
                answering(
                    loops,
                    new ProbesHandler(status, workers),
                    MAX_PROBE_BODY,
                    config.probes().get()));
    for (GatewayConfig.Listener listener : config.listeners()) {
      listeners.add(bind(frontend, listener.address(), tls.threshold(listener)));
    }
    if (surroundings.watch()) {
      parts.keep(new PolicyWatch(livePolicy)).start(WATCH_PERIOD);
    }
  }

  private AdminTokens adminTokens() throws IOException {
    List<AdminTokens.Secret> secrets = new ArrayList<>();
    String main =
        surroundings.adminToken().isPresent()
            ? surroundings.adminToken().get()
            : AdminTokenFile.readOrGenerate(config.data(), surroundings.random());
    secrets.add(new AdminTokens.Secret("main", main, Access.WRITE));
    for (GatewayConfig.AdminToken token : config.adminTokens()) {
      secrets.add(
          new AdminTokens.Secret(
              token.name(), token.value(), token.mayWrite() ? Access.WRITE : Access.READ));
    }
    return AdminTokens.of(secrets);
  }

  private ThreadPoolExecutor workers(String name) {
    ThreadPoolExecutor workers = Workers.named(name, WAITING_CALLS);
    parts.keep(workers::shutdownNow);
    return workers;
  }

  private Optional<AssertionKeys> assertionKeys() throws IOException {
    return config.assertion().isEmpty()
        ? Optional.empty()
        : Optional.of(
            new AssertionKeys(
                config.data(), config.assertion().get().rotation(), surroundings.clock()));
  }

  private Assertions assertions(Optional<AssertionKeys> keys) {
    return keys.<Assertions>map(
            signing ->
                new SignedAssertions(
                    SessionWiring.assertions(
                        config.assertion().orElseThrow(), config.backendNames()),
                    signing,
                    surroundings.clock(),
                    surroundings.random(),
                    workers("assertions")))
        .orElse(Assertions.NONE);
  }

  private ProxyServer frontend(EventLoops loops, Assertions assertions) {
    LastUse lastUse = parts.keep(new LastUse(store, LAST_USE_PERIOD));
    CacheLimits limits = Stores.limits(config.store());
    TokenAuthenticator tokens =
        parts.keep(new TokenAuthenticator(store, lastUse, limits, surroundings.clock(), metrics));
    Map<String, Backend> backends = backends(loops);
    ProxyServer server =
        parts.keep(
            ProxyServer.forwarding(
                loops,
                frontendSettings(),
                new Gatekeeper(
                    livePolicy,
                    SessionWiring.authenticator(
                        tokens, sessions, store, limits, () -> workers("organizations")),
                    new SiteCheck(config.origins()),
                    assertions,
                    metrics),
                backends,
                Map.of(SelfService.NAME, selfService()),
                metrics,
                surroundings.random()));
    Figures figures = new Figures(metrics);
    figures.caches(tokens::figures);
    sessions.ifPresent(all -> figures.caches(all::figures));
    sessions.ifPresent(all -> figures.issuers(all.issuerFigures()));
    figures.backends(backends.values());
    figures.network(loops, server);
    return server;
  }

  private LocalBackend selfService() {
    return new SelfService(
        store,
        livePolicy,
        new TokenFormat(surroundings.random()),
        new TokenLifetime(config.maxTokenLife()),
        surroundings.clock(),
        workers("self"));
  }

  private FrontendSettings frontendSettings() {
    GatewayConfig.Limits limits = config.limits();
    int connections = limits.connections().orElseGet(Descriptors::forClients);
    return new FrontendSettings(
        limits.headTimeout(),
        limits.bodyTimeout(),
        limits.idleTimeout(),
        limits.bodyLimitBytes(),
        TrustedProxies.parse(config.trustedProxies()),
        new HeadLimits(limits.targetLength(), limits.headerBytes(), limits.headerCount()),
        new ConnectionLimits(
            connections,
            limits.connectionsPerAddress().orElse(Math.max(1, connections / 2)),
            limits.requestsPerConnection(),
            limits.concurrentStreams(),
            limits.readAheadBytes()));
  }

  private Map<String, Backend> backends(EventLoops loops) {
    NameResolver resolver = new NameResolver(loops);
    Map<String, Backend> backends = new TreeMap<>();
    config
        .backends()
        .forEach(
            (name, backend) ->
                backends.put(
                    name,
                    parts.keep(
                        new Backend(
                            name,
                            backend.urls().stream().map(BackendWiring::url).toList(),
                            BackendWiring.settings(backend),
                            loops,
                            resolver,
                            surroundings.random(),
                            ProxyServer.backendProtocol(
                                tls.client(name), backend.connectTimeout())))));
    return backends;
  }

  private InetSocketAddress answering(
      EventLoops loops, LocalHandler handler, int maxBody, Address address) throws IOException {
    return bind(
        parts.keep(
            ProxyServer.answering(
                loops, FrontendSettings.standard(), handler, maxBody, surroundings.random())),
        address,
        Threshold.open());
  }

  private static InetSocketAddress bind(ProxyServer server, Address address, Threshold threshold)
      throws IOException {
    try {
      return server.bind(new InetSocketAddress(address.host(), address.port()), threshold);
    } catch (IOException e) {
      String why = e.getCause() == null ? "" : ": " + e.getCause().getMessage();
      throw new IOException("cannot listen on `" + address + "`" + why, e);
    }
  }

  private StatusEndpoints.Readiness readiness() {
    LivePolicy.Reload reload = livePolicy.lastReload();
    return new StatusEndpoints.Readiness(
        !draining,
        livePolicy.current().generation(),
        reload.ok(),
        reload.problems().stream().map(Problem::toString).toList());
  }

  /** Returns the addresses where requests come in, with the ports that were chosen. */
  public List<InetSocketAddress> listeners() {
    return List.copyOf(listeners);
  }

  /** Returns the admin address, with the port that was chosen. */
  public InetSocketAddress admin() {
    return admin;
  }

  /** Returns the probes address, if there is one, with the port that was chosen. */
  public Optional<InetSocketAddress> probes() {
    return probes;
  }

  /** Returns the transport and the generation that started, for the line that says it runs. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < listeners.size(); i++) {
      boolean secure = config.listeners().get(i).tls().isPresent();
      text.append(url(secure ? "https" : "http", listeners.get(i))).append(", ");
    }
    text.append("admin ").append(url("http", admin));
    probes.ifPresent(address -> text.append(", probes ").append(url("http", address)));
    return text.toString();
  }

  private static String url(String scheme, InetSocketAddress address) {
    return scheme + "://" + new Address(address.getAddress().getHostAddress(), address.getPort());
  }

  /**
   * Stops taking connections and waits until the requests in flight are answered, not longer than
   * the configuration says. Probes see it at once.
   */
  public void drain() {
    draining = true;
    try {
      frontend.drain(config.drain()).get(config.drain().toMillis() + 1_000, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      // What is still open now is cut by close().
    }
  }

  /** Stops at once; what was acknowledged is kept. */
  @Override
  public void close() {
    draining = true;
    parts.close();
  }
}
