package io.scopegate.policy;

import io.scopegate.route.Cors;
import io.scopegate.route.HttpFields;
import io.scopegate.route.RequestLine;
import io.scopegate.route.RouteMatch;
import java.util.List;
import java.util.Optional;

/**
 * Tells preflights: requests by which a browser asks whether a page of another site may send the
 * one that it announces (WHATWG Fetch §3.2.2). They carry no credential. Safe from any thread.
 */
final class Preflights {
  static final String METHOD = "OPTIONS";

  private Preflights() {}

  /**
   * Returns what becomes of a request as a preflight; empty if it is judged as any other, because
   * it announces nothing, or a request whose rows leave such pages to their backend.
   */
  static Optional<Authorizer.Admission> admission(
      Policy policy, RequestLine line, HttpFields fields) {
    if (!policy.routes().hasCors()) {
      return Optional.empty();
    }
    List<String> origins = fields.values("origin");
    List<String> methods = fields.values("access-control-request-method");
    if (origins.isEmpty() || methods.isEmpty()) {
      return Optional.empty();
    }
    if (origins.size() > 1 || methods.size() > 1) {
      return Optional.of(
          Authorizer.malformed(
              "`Origin` or `Access-Control-Request-Method` is there more than once"));
    }
    Optional<RouteMatch> announced = policy.routes().match(line.announced(methods.get(0)));
    Optional<Cors> cors = announced.flatMap(RouteMatch::cors);
    return announced.isEmpty() || cors.isEmpty()
        ? Optional.empty()
        : Optional.of(admission(policy, line, fields, announced.get(), cors.get()));
  }

  private static Authorizer.Admission admission(
      Policy policy, RequestLine line, HttpFields fields, RouteMatch announced, Cors cors) {
    if (announced.refusal().isPresent()) {
      return Authorizer.malformed(announced.refusal().get());
    }
    Optional<String> origin = cors.origin(fields);
    // One that is not granted leads nowhere, not even to a row for OPTIONS: a backend would answer
    // for a row that the gateway answers for. And it looks like one of a path nobody declared.
    return origin.isPresent()
        ? new Authorizer.Settled(
            new Decision.Preflight(
                announced.rows().get(0), cors, origin.get(), announced.line().method()))
        : new Authorizer.Pending(policy, line, fields, null);
  }
}
