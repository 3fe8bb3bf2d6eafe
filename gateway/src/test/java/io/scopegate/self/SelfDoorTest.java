package io.scopegate.self;

import static org.assertj.core.api.Assertions.assertThat;

import io.scopegate.SettableClock;
import io.scopegate.authn.TokenFormat;
import io.scopegate.endpoint.Json;
import io.scopegate.endpoint.TokenLifetime;
import io.scopegate.file.FileSource;
import io.scopegate.file.PolicyReader;
import io.scopegate.guard.LivePolicy;
import io.scopegate.guard.LocalHandler.Answer;
import io.scopegate.permission.Level;
import io.scopegate.policy.Authorizer;
import io.scopegate.policy.Bounds;
import io.scopegate.policy.Caller;
import io.scopegate.policy.Decision;
import io.scopegate.policy.Delegation;
import io.scopegate.policy.Policy;
import io.scopegate.route.CredentialKind;
import io.scopegate.route.HttpFields;
import io.scopegate.route.RequestLine;
import io.scopegate.store.IdentityStore;
import io.scopegate.store.SqliteIdentityStore;
import io.scopegate.store.StoredToken;
import io.scopegate.store.TokenDigest;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The backend {@code self} with callers that no credential of the tests could make. */
class SelfDoorTest {
  private static final String ROUTES =
      """
      apiVersion: scopegate/v1
      permissions: { work:read: Read, work:write: Write }
      roles: { organization: { MEMBER: { grants: [work:read] } } }
      places: { organization: [{ is: acme }] }
      backend: core
      routes:
        - { match: GET /open/me,   access: public }
        - { match: GET /shadow/me, access: authenticated, mode: shadow }
        - { match: "GET,POST /tokens", access: authenticated }
        - { match: "DELETE /tokens/{id}", access: authenticated }
        - { match: "POST /tokens/{id}/rotate", access: authenticated }
      """;

  @TempDir Path folder;

  private final Policy policy =
      PolicyReader.read(
              "routes.yaml", FileSource.of(Map.of("routes.yaml", ROUTES)), Optional.empty())
          .policy()
          .orElseThrow();
  private final SettableClock clock = new SettableClock(Instant.parse("2026-11-21T12:00:00Z"));
  private final Random random = new Random(2);
  private IdentityStore store;

  @BeforeEach
  void open() {
    store = new SqliteIdentityStore(folder, clock, new Random(1));
    store.putMember("acme", Level.ORGANIZATION, "acme", "bob", Set.of("MEMBER"));
  }

  @AfterEach
  void close() {
    store.close();
  }

  private Answer answer(Executor executor, Caller caller, String method, String path, String body) {
    Decision decision =
        Authorizer.decide(
            policy, RequestLine.parse(method, path, "gate"), HttpFields.none(), caller);
    return new SelfService(
            store,
            new LivePolicy(policy),
            new TokenFormat(random),
            TokenLifetime.unlimited(),
            clock,
            executor)
        .handle((Decision.Allow) decision, "request-1", body)
        .toCompletableFuture()
        .join();
  }

  private Answer answer(Caller caller, String method, String path, String body) {
    return answer(Runnable::run, caller, method, path, body);
  }

  private Caller session(Delegation delegation) {
    return new Caller.Authenticated(
        store.principal("bob").orElseThrow(), delegation, CredentialKind.SESSION, "session");
  }

  @Test
  void nobody_gets_in_by_a_public_row_or_in_shadow() {
    for (String path : List.of("/open/me", "/shadow/me")) {
      Answer answer = answer(new Caller.Anonymous(), "GET", path, "");
      assertThat(answer.status()).isEqualTo(401);
      assertThat(answer.fields())
          .containsEntry("WWW-Authenticate", List.of("Bearer realm=\"scopegate\""));
      assertThat(Json.read(answer.body()).path("code").asString()).isEqualTo("credential_missing");
      assertThat(Json.read(answer.body()).path("requestId").asString()).isEqualTo("request-1");
    }
  }

  @Test
  void a_session_makes_any_token_which_does_not_die_with_it() {
    Caller session = session(new Delegation.Restricted(List.of("work:read"), Bounds.none()));
    Answer made = answer(session, "POST", "/tokens", "{\"name\": \"a\", \"scopes\": [\"*\"]}");
    assertThat(made.status()).isEqualTo(201);
    StoredToken token = store.tokens(Optional.of("bob")).get(0);
    assertThat(token.scopes()).containsExactly("*");
    assertThat(token.parent()).isEmpty();
    assertThat(answer(session, "DELETE", "/tokens/" + token.id(), "").status()).isEqualTo(204);
    assertThat(store.tokens(Optional.of("bob"))).isEmpty();
  }

  @Test
  void a_session_rotates_any_token_which_does_not_die_with_another() {
    Caller session = session(new Delegation.Restricted(List.of(), Bounds.none()));
    answer(session, "POST", "/tokens", "{\"name\": \"a\", \"scopes\": [\"*\"]}");
    String id = store.tokens(Optional.of("bob")).get(0).id();
    String body = "{\"overlap\": \"5m\"}";
    Answer rotated = answer(session, "POST", "/tokens/" + id + "/rotate", body);
    assertThat(rotated.status()).isEqualTo(200);
    StoredToken token = store.token(id).orElseThrow();
    assertThat(token.overlap()).contains(clock.instant().plusSeconds(300));
    assertThat(token.parent()).isEmpty();
    String value = Json.read(rotated.body()).path("value").asString();
    assertThat(store.token(TokenDigest.of(value))).contains(token);
  }

  @Test
  void a_client_certificate_changes_no_token() {
    Caller session = session(new Delegation.Full(Bounds.none()));
    answer(session, "POST", "/tokens", "{\"name\": \"a\", \"scopes\": [\"*\"]}");
    List<StoredToken> before = store.tokens(Optional.of("bob"));
    String path = "/tokens/" + before.get(0).id();
    Caller certificate =
        new Caller.Authenticated(
            store.principal("bob").orElseThrow(),
            new Delegation.Full(Bounds.none()),
            CredentialKind.CERTIFICATE,
            "certificate");
    for (Answer refused :
        List.of(
            answer(
                certificate, "POST", "/tokens", "{\"name\": \"b\", \"scopes\": [\"work:read\"]}"),
            answer(certificate, "POST", path + "/rotate", ""),
            answer(certificate, "DELETE", path, ""))) {
      assertThat(refused.status()).isEqualTo(403);
      assertThat(refused.fields()).doesNotContainKey("WWW-Authenticate");
      assertThat(Json.read(refused.body()).path("code").asString()).isEqualTo("credential_kind");
    }
    assertThat(store.tokens(Optional.of("bob"))).isEqualTo(before);
    assertThat(answer(certificate, "GET", "/tokens", "").status()).isEqualTo(200);
  }

  @Test
  void a_token_that_was_revoked_since_the_decision_makes_and_revokes_nothing() {
    Answer made =
        answer(
            session(new Delegation.Full(Bounds.none())),
            "POST",
            "/tokens",
            "{\"name\": \"a\", \"scopes\": [\"work:read\"]}");
    String id = Json.read(made.body()).path("id").asString();
    Caller gone =
        new Caller.Authenticated(
            store.principal("bob").orElseThrow(),
            new Delegation.Full(Bounds.none()),
            CredentialKind.TOKEN,
            "revoked");
    assertThat(
            answer(gone, "POST", "/tokens", "{\"name\": \"b\", \"scopes\": [\"work:read\"]}")
                .status())
        .isEqualTo(401);
    assertThat(answer(gone, "DELETE", "/tokens/" + id, "").status()).isEqualTo(401);
    assertThat(answer(gone, "POST", "/tokens/" + id + "/rotate", "").status()).isEqualTo(401);
    assertThat(store.token(id).orElseThrow().overlap()).isEmpty();
    assertThat(store.tokens(Optional.of("bob"))).extracting(StoredToken::name).containsExactly("a");
  }

  @Test
  void what_cannot_be_done_now_is_503() {
    Caller session = session(new Delegation.Full(Bounds.none()));
    Answer refused =
        answer(
            task -> {
              throw new RejectedExecutionException();
            },
            session,
            "GET",
            "/tokens",
            "");
    assertThat(refused.status()).isEqualTo(503);
    assertThat(Json.read(refused.body()).path("code").asString()).isEqualTo("overloaded");
    // A store whose thread is told to end answers nothing more.
    Executor ending =
        task -> {
          Thread.currentThread().interrupt();
          task.run();
          assertThat(Thread.interrupted()).isTrue();
        };
    Answer failed = answer(ending, session, "GET", "/tokens", "");
    assertThat(failed.status()).isEqualTo(503);
    assertThat(Json.read(failed.body()).path("code").asString()).isEqualTo("identity_unavailable");
    assertThat(Json.read(failed.body()).path("requestId").asString()).isEqualTo("request-1");
    assertThat(failed.fields()).containsEntry("Retry-After", List.of("1"));
  }
}
