package io.scopegate.admin;

import io.scopegate.endpoint.Answers;
import io.scopegate.endpoint.JsonBody;
import io.scopegate.guard.LocalHandler.Answer;
import io.scopegate.store.IdentityStore;
import io.scopegate.store.StoredToken;
import io.scopegate.store.TokenDigest;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Ends the tokens whose values have become known. The values are in no answer, not even where the
 * body is wrong. Safe from any thread.
 */
public final class LeakEndpoint extends Endpoints {
  private static final int MAX_VALUES = 1_000;
  private static final int MAX_BODY = 1 << 20;

  private final IdentityStore store;
  private final Clock clock;

  /** Wires the endpoint. */
  public LeakEndpoint(IdentityStore store, Clock clock) {
    this.store = store;
    this.clock = clock;
  }

  @Override
  List<EndpointTable.Row> rows() {
    return List.of(EndpointTable.Row.writing("POST", "/api/v1/tokens/leaked", this::end));
  }

  private Answer end(Endpoint.Call call) {
    if (call.body().length() > MAX_BODY) {
      return Answers.problem(
          413, "body_too_large", "the body is too large", "at most 1 MiB can be sent at once");
    }
    JsonBody body = JsonBody.parse(call.body());
    List<String> values = body.strings("values").orElse(List.of());
    // Not what is wrong in particular: a message would quote from the body.
    if (!body.complaints().isEmpty() || values.isEmpty() || values.size() > MAX_VALUES) {
      return Answers.badRequest(
          "the body must be `{\"values\": [\"…\"]}` with 1 to " + MAX_VALUES + " token values");
    }
    Map<TokenDigest, List<Integer>> places = new LinkedHashMap<>();
    for (int i = 0; i < values.size(); i++) {
      places.computeIfAbsent(TokenDigest.of(values.get(i)), digest -> new ArrayList<>()).add(i);
    }
    Map<TokenDigest, StoredToken> revoked = store.revoke(places.keySet());
    Map<TokenDigest, StoredToken> remaining = new HashMap<>(store.tokens(places.keySet()));
    Instant now = clock.instant();
    remaining.values().removeIf(token -> token.isExpired(now));
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("revoked", listed(places, revoked));
    // Of a database that others keep: nothing here can end them.
    fields.put("remaining", listed(places, remaining));
    return Answers.json(200, fields);
  }

  /** Returns the tokens in the order of their values, a token with two values once. */
  private static List<Map<String, Object>> listed(
      Map<TokenDigest, List<Integer>> places, Map<TokenDigest, StoredToken> tokens) {
    Map<String, Found> found = new LinkedHashMap<>();
    places.forEach(
        (digest, at) -> {
          StoredToken token = tokens.get(digest);
          if (token != null) {
            found
                .computeIfAbsent(token.id(), id -> new Found(token, new ArrayList<>()))
                .at()
                .addAll(at);
          }
        });
    return found.values().stream().map(Found::fields).toList();
  }

  /**
   * A token, and where its values are among those that were sent.
   *
   * @param at counted from 0
   */
  private record Found(StoredToken token, List<Integer> at) {
    Map<String, Object> fields() {
      Map<String, Object> fields = new LinkedHashMap<>();
      fields.put("id", token.id());
      fields.put("subject", token.subject());
      fields.put("name", token.name());
      fields.put("values", at);
      return fields;
    }
  }
}
