package io.scopegate.admin;

import io.scopegate.endpoint.Answers;
import io.scopegate.guard.LocalHandler.Answer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Whether the gateway lives, whether it is ready, its figures and its public keys. Safe from any
 * thread.
 */
public final class StatusEndpoints extends Endpoints {
  private final Supplier<Readiness> readiness;
  private final Supplier<String> metrics;
  private final Supplier<String> keys;

  /**
   * Whether requests should come here.
   *
   * @param generation of the route table in force
   * @param reloaded whether the last reading of the routes file was put in force
   * @param problems what was wrong with it, if not
   */
  public record Readiness(boolean ready, long generation, boolean reloaded, List<String> problems) {
    /** Copies what it is given. */
    public Readiness {
      problems = List.copyOf(problems);
    }
  }

  /** Wires the endpoints of a gateway that signs nothing. */
  public StatusEndpoints(Supplier<Readiness> readiness, Supplier<String> metrics) {
    this(readiness, metrics, () -> "{\"keys\":[]}");
  }

  /**
   * Wires the endpoints.
   *
   * @param metrics the figures in Prometheus' text format
   * @param keys the public keys that backends verify assertions with (RFC 7517 §5)
   */
  public StatusEndpoints(
      Supplier<Readiness> readiness, Supplier<String> metrics, Supplier<String> keys) {
    this.readiness = readiness;
    this.metrics = metrics;
    this.keys = keys;
  }

  @Override
  List<EndpointTable.Row> rows() {
    return List.of(
        EndpointTable.Row.open("/healthz", call -> Answers.json(200, Map.of("healthy", true))),
        EndpointTable.Row.open("/readyz", call -> ready()),
        new EndpointTable.Row(
            "GET",
            "/metrics",
            Optional.empty(),
            true,
            call -> Answer.of(200, "text/plain; version=0.0.4; charset=utf-8", metrics.get())),
        new EndpointTable.Row(
            "GET",
            "/.well-known/jwks.json",
            Optional.empty(),
            true,
            call -> Answer.of(200, "application/jwk-set+json", keys.get())));
  }

  private Answer ready() {
    Readiness now = readiness.get();
    return Answers.json(now.ready() ? 200 : 503, fields(now));
  }

  static Map<String, Object> fields(Readiness now) {
    Map<String, Object> reload = new LinkedHashMap<>();
    reload.put("ok", now.reloaded());
    reload.put("problems", now.problems());
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("ready", now.ready());
    fields.put("generation", now.generation());
    fields.put("lastReload", reload);
    return fields;
  }
}
