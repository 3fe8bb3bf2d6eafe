package io.scopegate.admin;

import io.scopegate.authn.TokenFormat;
import io.scopegate.endpoint.Answers;
import io.scopegate.endpoint.JsonBody;
import io.scopegate.endpoint.TokenLifetime;
import io.scopegate.endpoint.TokenListing;
import io.scopegate.endpoint.TokenMint;
import io.scopegate.endpoint.TokenOrder;
import io.scopegate.endpoint.TokenRotation;
import io.scopegate.guard.LivePolicy;
import io.scopegate.guard.LocalHandler.Answer;
import io.scopegate.policy.Identities;
import io.scopegate.route.QueryValue;
import io.scopegate.store.IdentityStore;
import io.scopegate.store.IdentityStore.StoreConflict;
import io.scopegate.store.StoredToken;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Personal access tokens: list, show, create, rotate, revoke. Safe from any thread. */
public final class TokenEndpoints extends Endpoints {
  private final IdentityStore store;
  private final LivePolicy livePolicy;
  private final TokenFormat format;
  private final TokenRotation rotation;
  private final TokenLifetime lifetime;
  private final Clock clock;

  /**
   * Wires the endpoints.
   *
   * @param lifetime how long tokens may live
   */
  public TokenEndpoints(
      IdentityStore store,
      LivePolicy livePolicy,
      TokenFormat format,
      TokenLifetime lifetime,
      Clock clock) {
    this.store = store;
    this.livePolicy = livePolicy;
    this.format = format;
    this.rotation = new TokenRotation(store, format, clock);
    this.lifetime = lifetime;
    this.clock = clock;
  }

  @Override
  List<EndpointTable.Row> rows() {
    return List.of(
        EndpointTable.Row.reading("GET", "/api/v1/tokens", this::list),
        EndpointTable.Row.reading("GET", "/api/v1/tokens/{id}", this::show),
        EndpointTable.Row.writing("POST", "/api/v1/tokens", this::create),
        EndpointTable.Row.writing("POST", "/api/v1/tokens/{id}/rotate", this::rotate),
        EndpointTable.Row.writing("DELETE", "/api/v1/tokens/{id}", this::revoke),
        EndpointTable.Row.writing("DELETE", "/api/v1/subjects/{subject}/tokens", this::revokeAll),
        EndpointTable.Row.writing(
            "DELETE", "/api/v1/tokens", SubjectRows.namedInQuery(this::revokeAll)));
  }

  private Answer list(Endpoint.Call call) {
    QueryValue subject = call.query("subject");
    if (subject instanceof QueryValue.Ambiguous ambiguous) {
      return Answers.badRequest(ambiguous.detail());
    }
    Optional<String> only =
        subject instanceof QueryValue.Single single
            ? Optional.of(single.value())
            : Optional.empty();
    List<Map<String, Object>> tokens = TokenListing.of(store.tokens(only), clock.instant());
    return Answers.json(200, Map.of("tokens", tokens));
  }

  private Answer create(Endpoint.Call call) {
    JsonBody body = JsonBody.parse(call.body());
    Identities.Token order =
        new TokenOrder(livePolicy.current(), store::organization, lifetime, clock.instant())
            .read(body);
    List<JsonBody.Complaint> complaints = body.complaints();
    if (!complaints.isEmpty()) {
      return Answers.badBody(complaints);
    }
    TokenMint mint = new TokenMint(format);
    try {
      StoredToken token = store.create(mint.token(order));
      return Answers.json(201, mint.told(token).orElseThrow());
    } catch (StoreConflict e) {
      return Answers.conflict(e);
    }
  }

  private Answer show(Endpoint.Call call) {
    String id = call.parameter("id");
    return store
        .token(id)
        .map(token -> Answers.json(200, TokenListing.of(token, clock.instant())))
        .orElseGet(() -> noSuchToken(id));
  }

  private Answer rotate(Endpoint.Call call) {
    JsonBody body = TokenRotation.body(call.body());
    Duration overlap = TokenRotation.overlap(body);
    List<JsonBody.Complaint> complaints = body.complaints();
    if (!complaints.isEmpty()) {
      return Answers.badBody(complaints);
    }
    String id = call.parameter("id");
    try {
      return rotation
          .rotated(id, overlap, Optional.empty())
          .map(told -> Answers.json(200, told))
          .orElseGet(() -> noSuchToken(id));
    } catch (StoreConflict e) {
      return Answers.conflict(e);
    }
  }

  private Answer revoke(Endpoint.Call call) {
    String id = call.parameter("id");
    return store.revoke(id) ? Answer.empty(204) : noSuchToken(id);
  }

  private Answer revokeAll(Endpoint.Call call) {
    String subject = call.parameter("subject");
    int revoked = store.revokeAll(subject);
    return Answers.json(200, new TreeMap<>(Map.of("subject", subject, "revoked", revoked)));
  }

  private static Answer noSuchToken(String id) {
    return Answers.notFound("there is no token `" + id + "`");
  }
}
