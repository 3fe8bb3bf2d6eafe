package io.scopegate;

import io.scopegate.config.GatewayConfig;
import io.scopegate.config.IssuerConfig;
import io.scopegate.event.Metrics;
import io.scopegate.file.Problem;
import io.scopegate.guard.PolicySource;
import io.scopegate.proxy.ProxyServer;
import io.scopegate.proxy.TrustedProxies;
import io.scopegate.tls.Arrival;
import io.scopegate.tls.ClientTls;
import io.scopegate.tls.ServerTls;
import io.scopegate.tls.Threshold;
import io.scopegate.tls.TlsFiles;
import io.scopegate.tls.TlsLibrary;
import io.scopegate.tls.TrustedAuthorities;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Puts TLS together, on listeners and to backends; its files are read again with the routes. */
final class TlsWiring {
  private final GatewayConfig config;
  private final Map<GatewayConfig.Listener, ServerTls> servers = new LinkedHashMap<>();
  private final Map<String, ClientTls> clients = new TreeMap<>();
  private final Map<String, TrustedAuthorities> issuers = new TreeMap<>();
  private final List<TlsFiles> files = new ArrayList<>();

  TlsWiring(GatewayConfig config, Clock clock) throws IOException {
    this.config = config;
    // Asked for only where TLS is spoken: loading BoringSSL takes a tenth of a start.
    for (GatewayConfig.Listener listener : config.listeners()) {
      if (listener.tls().isPresent()) {
        servers.put(
            listener,
            new ServerTls(listener.tls().get(), ProxyServer.PROTOCOLS, TlsLibrary.best(), clock));
      }
    }
    for (Map.Entry<String, GatewayConfig.Backend> backend : config.backends().entrySet()) {
      if (backend.getValue().tls().isPresent()) {
        clients.put(
            backend.getKey(),
            new ClientTls(
                backend.getValue().tls().get(),
                protocols(backend.getValue()),
                TlsLibrary.best(),
                clock));
      }
    }
    for (IssuerConfig issuer : config.issuers()) {
      if (issuer.authorities().isPresent()) {
        issuers.put(issuer.name(), new TrustedAuthorities(issuer.authorities().get()));
      }
    }
    files.addAll(servers.values());
    files.addAll(issuers.values());
    files.addAll(clients.values());
  }

  /** The URLs of a backend are all of one version where they are secured. */
  private static List<String> protocols(GatewayConfig.Backend backend) {
    boolean http2 = backend.urls().stream().anyMatch(url -> BackendWiring.url(url).http2());
    return List.of(http2 ? "h2" : Arrival.HTTP_1_1);
  }

  /** Returns what the connections of a listener go through first. */
  Threshold threshold(GatewayConfig.Listener listener) {
    TrustedProxies proxies = TrustedProxies.parse(config.trustedProxies());
    return new Threshold(
        Optional.ofNullable(servers.get(listener)),
        listener.proxyProtocol() ? Optional.of(proxies::include) : Optional.empty());
  }

  /** Returns how TLS is spoken with a backend, if it is. */
  Optional<ClientTls> client(String backend) {
    return Optional.ofNullable(clients.get(backend));
  }

  /** Returns whom an issuer's certificate must come from, if not from whom the platform trusts. */
  Optional<TrustedAuthorities> issuer(String name) {
    return Optional.ofNullable(issuers.get(name));
  }

  /** Returns what was read, with our files among those to watch. */
  PolicySource.Loaded withFiles(PolicySource.Loaded loaded) {
    return with(loaded, List.of());
  }

  /**
   * Returns a source that reads our files, too; what is wrong with them is no error of the policy.
   */
  PolicySource reloading(PolicySource source) {
    return () -> {
      List<Problem> problems = new ArrayList<>();
      files.forEach(one -> problems.addAll(one.reload()));
      return with(source.read(), problems);
    };
  }

  private PolicySource.Loaded with(PolicySource.Loaded loaded, List<Problem> problems) {
    Set<Path> all = new HashSet<>(loaded.files());
    files.forEach(one -> all.addAll(one.files()));
    List<Problem> both = new ArrayList<>(loaded.problems());
    both.addAll(problems);
    return new PolicySource.Loaded(loaded.policy(), both, all);
  }

  /** Shows how handshakes and certificates do. */
  void show(Metrics metrics) {
    servers.forEach(
        (listener, tls) -> {
          Map<String, String> labels = Map.of("listener", listener.address().toString());
          metrics.counter(
              "scopegate.tls.handshakes", "Handshakes that succeeded", labels, tls::handshakes);
          metrics.counter(
              "scopegate.tls.handshake.failures",
              "Handshakes that failed",
              labels,
              tls::failedHandshakes);
          metrics.counter(
              "scopegate.tls.reload.failures",
              "Times a changed certificate or key could not be used",
              labels,
              tls::failedReloads);
          metrics.gauge(
              "scopegate.tls.certificate.expiry.seconds",
              "When the first certificate ends, in seconds since 1970",
              labels,
              () -> tls.expires().getEpochSecond());
        });
  }
}
