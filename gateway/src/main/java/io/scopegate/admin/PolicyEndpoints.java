package io.scopegate.admin;

import io.scopegate.endpoint.Answers;
import io.scopegate.endpoint.JsonBody;
import io.scopegate.endpoint.ProblemList;
import io.scopegate.endpoint.TokenLifetime;
import io.scopegate.endpoint.TokenOrder;
import io.scopegate.guard.LivePolicy;
import io.scopegate.guard.LocalHandler.Answer;
import io.scopegate.policy.Authorizer;
import io.scopegate.policy.Caller;
import io.scopegate.policy.Decision;
import io.scopegate.policy.Delegation;
import io.scopegate.policy.Policy;
import io.scopegate.policy.Principal;
import io.scopegate.route.CredentialKind;
import io.scopegate.route.RequestLine;
import io.scopegate.store.IdentityStore;
import io.scopegate.tool.Explanation;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The route table: show it, explain a decision, read it again. Safe from any thread. */
public final class PolicyEndpoints extends Endpoints {
  private final LivePolicy livePolicy;
  private final IdentityStore store;
  private final Clock clock;

  /** Wires the endpoints. */
  public PolicyEndpoints(LivePolicy livePolicy, IdentityStore store, Clock clock) {
    this.livePolicy = livePolicy;
    this.store = store;
    this.clock = clock;
  }

  @Override
  List<EndpointTable.Row> rows() {
    return List.of(
        EndpointTable.Row.reading(
            "GET",
            "/api/v1/routes",
            call -> Answers.json(200, TableListing.of(livePolicy.current()))),
        EndpointTable.Row.reading("POST", "/api/v1/explain", this::explain),
        EndpointTable.Row.writing("POST", "/api/v1/reload", call -> reload()));
  }

  private Answer reload() {
    LivePolicy.Reload reload = livePolicy.reload();
    if (!reload.ok()) {
      return Answers.problems(reload.problems());
    }
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("generation", reload.generation());
    fields.putAll(ProblemList.fields(reload.problems()));
    return Answers.json(200, fields);
  }

  private Answer explain(Endpoint.Call call) {
    Policy policy = livePolicy.current();
    JsonBody body = JsonBody.parse(call.body());
    ExplainOrder order =
        ExplainOrder.read(
            body,
            new TokenOrder(
                policy, store::organization, TokenLifetime.unlimited(), clock.instant()));
    List<JsonBody.Complaint> complaints = body.complaints();
    if (!complaints.isEmpty()) {
      return Answers.badBody(complaints);
    }
    Decision decision =
        Authorizer.decide(
            policy,
            RequestLine.parse(order.method(), order.path(), order.host()),
            order.fields(),
            caller(order, policy));
    return Answers.json(200, Explanation.of(decision));
  }

  private Caller caller(ExplainOrder order, Policy policy) {
    if (order.subject().isEmpty()) {
      return new Caller.Anonymous();
    }
    Optional<Principal> principal = store.principal(order.subject().get());
    if (principal.isEmpty()) {
      return new Caller.Invalid();
    }
    return order
        .token()
        .<Caller>map(
            token ->
                new Caller.Authenticated(
                    principal.get(),
                    Delegation.of(token.scopes(), token.bounds(), policy),
                    CredentialKind.TOKEN,
                    "supposed"))
        .orElseGet(() -> Caller.Authenticated.session(principal.get()));
  }
}
