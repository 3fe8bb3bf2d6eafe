package io.scopegate.proxy;

import io.netty.util.concurrent.EventExecutor;
import io.scopegate.authn.Authenticator;
import io.scopegate.authn.Credential;
import io.scopegate.backend.Backend;
import io.scopegate.backend.BackendUrl;
import io.scopegate.backend.EventLoops;
import io.scopegate.backend.NameResolver;
import io.scopegate.event.GatewayEvents;
import io.scopegate.file.FileSource;
import io.scopegate.file.PolicyReader;
import io.scopegate.guard.Gatekeeper;
import io.scopegate.guard.LivePolicy;
import io.scopegate.guard.LocalBackend;
import io.scopegate.policy.Bounds;
import io.scopegate.policy.Caller;
import io.scopegate.policy.Delegation;
import io.scopegate.policy.Membership;
import io.scopegate.policy.Organization;
import io.scopegate.policy.Policy;
import io.scopegate.policy.Principal;
import io.scopegate.route.CredentialKind;
import io.scopegate.tls.ClientTls;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.function.UnaryOperator;

/**
 * A gateway on loopback with a policy from text, callers that the test makes up, and backends that
 * the test runs. Safe from any thread.
 */
final class TestGateway implements AutoCloseable {
  private static final EventLoops LOOPS = new EventLoops(2);

  private final ProxyServer server;
  private final InetSocketAddress address;
  private final Map<String, Backend> backends;

  private TestGateway(
      ProxyServer server, InetSocketAddress address, Map<String, Backend> backends) {
    this.server = server;
    this.address = address;
    this.backends = backends;
  }

  /** Callers by the value they present, in an organization {@code acme}. */
  static final class Callers implements Authenticator {
    private final Map<String, Caller> callers = new HashMap<>();
    private Executor executor = Runnable::run;

    /** Adds a token; a list of scopes that is {@code *} hands over everything. */
    Callers token(String value, String subject, List<String> scopes, String... roles) {
      callers.put(
          value,
          new Caller.Authenticated(
              principal(subject, roles),
              scopes.equals(List.of("*"))
                  ? new Delegation.Full(Bounds.none())
                  : new Delegation.Restricted(scopes, Bounds.none()),
              CredentialKind.TOKEN,
              "token-of-" + subject));
      return this;
    }

    /** Adds a token of which nothing can be told now. */
    Callers unavailable(String value) {
      callers.put(value, new Caller.Unavailable());
      return this;
    }

    /** Looks callers up elsewhere, so that no decision is there on the spot. */
    Callers on(Executor elsewhere) {
      executor = elsewhere;
      return this;
    }

    private static Principal principal(String subject, String... roles) {
      Organization acme =
          new Organization("acme", Set.of(), Map.of(), Map.of(), Map.of(), Map.of());
      return new Principal(
          subject, List.of(new Membership(acme, Set.of(roles), Map.of(), Map.of())));
    }

    @Override
    public CompletableFuture<Caller> authenticate(
        Credential credential, Policy policy, String address) {
      CompletableFuture<Caller> found = new CompletableFuture<>();
      executor.execute(() -> found.complete(caller(credential)));
      return found;
    }

    private Caller caller(Credential credential) {
      if (credential instanceof Credential.None) {
        return new Caller.Anonymous();
      }
      if (credential instanceof Credential.Ambiguous ambiguous) {
        return new Caller.Ambiguous(ambiguous.detail());
      }
      String value =
          credential instanceof Credential.Bearer bearer
              ? bearer.value()
              : credential instanceof Credential.SessionCookie cookie ? cookie.value() : "";
      return callers.getOrDefault(value, new Caller.Invalid());
    }
  }

  /** Makes a gateway step by step. */
  static final class Builder {
    private final String routes;
    private final Map<String, List<String>> urls = new HashMap<>();
    private final Map<String, LocalBackend> localBackends = new HashMap<>();
    private Authenticator callers = new Callers();
    private FrontendSettings frontend = FrontendSettings.standard();
    private Backend.Settings settings = Backend.Settings.standard();
    private GatewayEvents events = GatewayEvents.NONE;
    private NameResolver resolver = new NameResolver(LOOPS);
    private Optional<ClientTls> tls = Optional.empty();

    Builder(String routes) {
      this.routes = routes;
    }

    Builder backend(String name, String... ofUrls) {
      urls.put(name, List.of(ofUrls));
      return this;
    }

    Builder local(String name, LocalBackend backend) {
      localBackends.put(name, backend);
      return this;
    }

    Builder callers(Authenticator who) {
      callers = who;
      return this;
    }

    Builder frontend(FrontendSettings what) {
      frontend = what;
      return this;
    }

    Builder settings(UnaryOperator<Backend.Settings> change) {
      settings = change.apply(settings);
      return this;
    }

    Builder resolver(NameResolver what) {
      resolver = what;
      return this;
    }

    /** Says how TLS is spoken with all backends. */
    Builder tls(ClientTls how) {
      tls = Optional.of(how);
      return this;
    }

    Builder events(GatewayEvents listener) {
      events = listener;
      return this;
    }

    TestGateway start() throws IOException {
      Map<String, Backend> backends = new HashMap<>();
      urls.forEach((name, ofUrls) -> backends.put(name, backend(name, ofUrls)));
      ProxyServer server =
          ProxyServer.forwarding(
              LOOPS,
              frontend,
              new Gatekeeper(new LivePolicy(policy(routes)), callers, events),
              backends,
              localBackends,
              events,
              new SplittableRandom(7));
      InetSocketAddress address =
          server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      return new TestGateway(server, address, backends);
    }

    private Backend backend(String name, List<String> ofUrls) {
      return new Backend(
          name,
          ofUrls.stream().map(BackendUrl::parse).toList(),
          settings,
          LOOPS,
          resolver,
          new SplittableRandom(11),
          ProxyServer.backendProtocol(tls, settings.connectTimeout()));
    }
  }

  static EventLoops loops() {
    return LOOPS;
  }

  static Policy policy(String routes) {
    PolicyReader.Outcome outcome =
        PolicyReader.read(
            "routes.yaml", FileSource.of(Map.of("routes.yaml", routes)), Optional.empty());
    return outcome.policy().orElseThrow(() -> new AssertionError(outcome.problems().toString()));
  }

  /** Starts to make one with these routes. */
  static Builder with(String routes) {
    return new Builder(routes);
  }

  /** Starts one whose only backend is public as a whole. */
  static TestGateway open(RecordingBackend backend) throws IOException {
    return with(OPEN).backend("core", backend.url()).start();
  }

  /** Routes that let everything through. */
  static final String OPEN =
      """
      apiVersion: scopegate/v1
      backend: core
      routes:
        - { match: "ANY /{rest*}", access: public }
        - { match: "ANY /", access: public }
      """;

  RawClient connect() throws IOException {
    return new RawClient(address);
  }

  InetSocketAddress address() {
    return address;
  }

  ProxyServer server() {
    return server;
  }

  Backend backend(String name) {
    Backend backend = backends.get(name);
    if (backend == null) {
      throw new AssertionError("no backend " + name);
    }
    return backend;
  }

  /** Returns settings with another time that a connection may lie idle. */
  static Backend.Settings idling(Backend.Settings settings, Duration idleTimeout) {
    return new Backend.Settings(
        settings.connectTimeout(),
        settings.firstByteTimeout(),
        idleTimeout,
        settings.preservesHost(),
        settings.forwardsCredentials(),
        settings.requestFields(),
        settings.responseFields(),
        settings.resilience());
  }

  /** Waits until the event loops have done what they were doing. */
  static void settle() throws InterruptedException, ExecutionException {
    for (EventExecutor loop : LOOPS.group()) {
      loop.submit(() -> {}).get();
    }
  }

  @Override
  public void close() {
    server.close();
    backends.values().forEach(Backend::close);
  }
}
