package io.scopegate;

import io.scopegate.authn.CacheFigures;
import io.scopegate.authn.session.IssuerFigures;
import io.scopegate.backend.Backend;
import io.scopegate.backend.Endpoint;
import io.scopegate.backend.EventLoops;
import io.scopegate.event.Metrics;
import io.scopegate.proxy.ProxyServer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;

/** Shows the figures of the parts among the metrics. */
final class Figures {
  private final Metrics metrics;

  Figures(Metrics metrics) {
    this.metrics = metrics;
  }

  void caches(Supplier<List<CacheFigures>> caches) {
    for (CacheFigures known : caches.get()) {
      String name = known.cache();
      Map<String, String> labels = Map.of("cache", name);
      metrics.gauge(
          "scopegate.cache.size",
          "Entries of a cache",
          labels,
          () -> figure(caches, name, CacheFigures::size));
      metrics.counter(
          "scopegate.cache.hits",
          "Look-ups that a cache answered",
          labels,
          () -> figure(caches, name, CacheFigures::hits));
      metrics.counter(
          "scopegate.cache.misses",
          "Look-ups that a cache could not answer",
          labels,
          () -> figure(caches, name, CacheFigures::misses));
      metrics.counter(
          "scopegate.cache.evictions",
          "Entries that went because a cache was full or they were old",
          labels,
          () -> figure(caches, name, CacheFigures::evictions));
    }
  }

  private static long figure(
      Supplier<List<CacheFigures>> caches, String cache, ToLongFunction<CacheFigures> figure) {
    return caches.get().stream()
        .filter(figures -> figures.cache().equals(cache))
        .mapToLong(figure)
        .sum();
  }

  void issuers(List<IssuerFigures> issuers) {
    for (IssuerFigures issuer : issuers) {
      verifications(issuer, "valid", issuer::valid);
      verifications(issuer, "refused", issuer::refused);
      verifications(issuer, "unavailable", issuer::unavailable);
      requests(issuer, "success", issuer::answered);
      requests(issuer, "failure", issuer::failed);
    }
  }

  private void verifications(IssuerFigures issuer, String outcome, LongSupplier figure) {
    metrics.counter(
        "scopegate.issuer.verifications",
        "Tokens of an issuer that were verified, by what they are",
        Map.of("issuer", issuer.issuer(), "outcome", outcome),
        figure);
  }

  private void requests(IssuerFigures issuer, String outcome, LongSupplier figure) {
    metrics.counter(
        "scopegate.issuer.requests",
        "Requests to an issuer for its keys or about a token",
        Map.of("issuer", issuer.issuer(), "outcome", outcome),
        figure);
  }

  void backends(Collection<Backend> backends) {
    for (Backend backend : backends) {
      Map<String, String> labels = Map.of("backend", backend.name());
      metrics.gauge(
          "scopegate.backend.connections",
          "Open connections to a backend",
          labels,
          backend::openConnections);
      metrics.gauge(
          "scopegate.backend.connections.idle",
          "Connections to a backend that wait for a request",
          labels,
          backend::idleConnections);
      metrics.gauge(
          "scopegate.backend.requests.active",
          "Requests on their way to a backend",
          labels,
          backend::activeRequests);
      metrics.gauge(
          "scopegate.backend.requests.waiting",
          "Requests that wait for a connection to a backend",
          labels,
          backend::waitingRequests);
      metrics.counter(
          "scopegate.backend.overloads",
          "Requests that got no connection because all were in use",
          labels,
          backend::overloads);
      metrics.counter(
          "scopegate.backend.ejections",
          "How often an endpoint was left out for failing",
          labels,
          backend::ejections);
      retries(backend);
      endpoints(backend);
    }
  }

  private void retries(Backend backend) {
    String name = "scopegate.backend.retries";
    String description = "Requests that failed and could go out once more";
    metrics.counter(
        name,
        description,
        Map.of("backend", backend.name(), "outcome", "granted"),
        backend::retries);
    metrics.counter(
        name,
        description,
        Map.of("backend", backend.name(), "outcome", "denied"),
        backend::deniedRetries);
  }

  /** The addresses of a name come and go, so these rows do. */
  private void endpoints(Backend backend) {
    metrics.rows(
        "scopegate.backend.endpoint.state",
        "Where an endpoint stands: 1 in one of its states, 0 in the others",
        Map.of("backend", backend.name()),
        () -> {
          List<Metrics.Row> rows = new ArrayList<>();
          for (Endpoint endpoint : backend.endpoints()) {
            Endpoint.State now = endpoint.state();
            for (Endpoint.State state : Endpoint.State.values()) {
              rows.add(
                  new Metrics.Row(
                      Map.of(
                          "url",
                          endpoint.authority(),
                          "endpoint",
                          endpoint.label(),
                          "state",
                          state.word()),
                      state == now ? 1 : 0));
            }
          }
          return rows;
        });
    metrics.rows(
        "scopegate.backend.endpoint.requests.active",
        "Requests on their way to an endpoint",
        Map.of("backend", backend.name()),
        () ->
            backend.endpoints().stream()
                .map(
                    endpoint ->
                        new Metrics.Row(
                            Map.of("url", endpoint.authority(), "endpoint", endpoint.label()),
                            endpoint.activeRequests()))
                .toList());
  }

  void network(EventLoops loops, ProxyServer frontend) {
    metrics.gauge(
        "scopegate.frontend.connections",
        "Open connections of clients",
        Map.of(),
        frontend::openConnections);
    metrics.counter(
        "scopegate.frontend.connections.refused",
        "Connections of clients that were one too many",
        Map.of(),
        frontend::refusedConnections);
    metrics.gauge(
        "scopegate.frontend.websockets", "Open WebSockets", Map.of(), frontend.tunnels()::count);
    metrics.gauge(
        "scopegate.event.loop.pending.tasks",
        "Tasks that wait on all event loops",
        Map.of("transport", loops.transport()),
        loops::pendingTasks);
  }
}
