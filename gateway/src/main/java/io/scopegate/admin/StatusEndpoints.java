package io.scopegate.admin;

import io.scopegate.endpoint.Answers;
import io.scopegate.guard.LocalHandler.Answer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** Whether the gateway lives, whether it is ready, and its figures. Safe from any thread. */
public final class StatusEndpoints extends Endpoints {
  private final Supplier<Readiness> readiness;
  private final Supplier<String> metrics;

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

  /**
   * Wires the endpoints.
   *
   * @param metrics the figures in Prometheus' text format
   */
  public StatusEndpoints(Supplier<Readiness> readiness, Supplier<String> metrics) {
    this.readiness = readiness;
    this.metrics = metrics;
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
            call -> Answer.of(200, "text/plain; version=0.0.4; charset=utf-8", metrics.get())));
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
