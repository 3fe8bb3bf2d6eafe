package io.scopegate.authn.assertion;

import static org.assertj.core.api.Assertions.assertThat;

import io.scopegate.SettableClock;
import io.scopegate.file.FileSource;
import io.scopegate.file.PolicyReader;
import io.scopegate.policy.Authorizer;
import io.scopegate.policy.Caller;
import io.scopegate.policy.Decision;
import io.scopegate.policy.Membership;
import io.scopegate.policy.Organization;
import io.scopegate.policy.Policy;
import io.scopegate.policy.Principal;
import io.scopegate.route.HttpFields;
import io.scopegate.route.RequestLine;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SignedAssertionsTest {
  private static final Policy POLICY =
      PolicyReader.read(
              "routes.yaml",
              FileSource.of(
                  Map.of(
                      "routes.yaml",
                      """
                      apiVersion: scopegate/v1
                      permissions: { work:read: Read }
                      roles: { organization: { MEMBER: { grants: [work:read] } } }
                      places: { organization: [{ path: org }] }
                      backend: core
                      routes:
                        - { match: "GET /orgs/{org}/items", require: work:read }
                        - { match: "GET /orgs/{org}/old", require: work:read, backend: old }
                      """)),
              Optional.empty())
          .policy()
          .orElseThrow();

  @TempDir Path folder;
  private final SettableClock clock = new SettableClock(Instant.parse("2026-11-21T12:00:00Z"));
  private final Deque<Runnable> tasks = new ArrayDeque<>();
  private SignedAssertions assertions;

  @BeforeEach
  void start() throws IOException {
    assertions =
        new SignedAssertions(
            new SignedAssertions.Settings(
                "https://gate.test", Duration.ofSeconds(60), Map.of("core", "core")),
            new AssertionKeys(folder, Duration.ofDays(30), clock),
            clock,
            new SplittableRandom(7),
            tasks::add);
  }

  private static Decision.Allow allow(String subject, String path) {
    Organization acme = new Organization("acme", Set.of(), Map.of(), Map.of(), Map.of(), Map.of());
    Principal principal =
        new Principal(subject, List.of(new Membership(acme, Set.of("MEMBER"), Map.of(), Map.of())));
    return (Decision.Allow)
        Authorizer.decide(
            POLICY,
            RequestLine.parse("GET", path, "gw.test"),
            HttpFields.none(),
            Caller.Authenticated.session(principal));
  }

  private CompletableFuture<String> prepared(String subject) {
    return assertions.prepared(allow(subject, "/orgs/acme/items")).orElseThrow();
  }

  private void work() {
    while (!tasks.isEmpty()) {
      tasks.remove().run();
    }
  }

  @Test
  void the_same_facts_share_one_signature_and_others_have_their_own() {
    CompletableFuture<String> first = prepared("ann");
    assertThat(prepared("ann")).isSameAs(first).isNotDone();
    CompletableFuture<String> other = prepared("ben");
    assertThat(tasks).hasSize(2);
    work();
    assertThat(first.getNow("")).isNotEqualTo(other.getNow("")).contains(".");
    assertThat(assertions.text(allow("ann", "/orgs/acme/items"))).hasValue(first.getNow(""));
    assertThat(tasks).isEmpty();
  }

  @Test
  void the_next_one_is_signed_while_the_one_at_hand_is_used() {
    CompletableFuture<String> first = prepared("ann");
    work();
    clock.advance(Duration.ofSeconds(29));
    assertThat(prepared("ann")).isSameAs(first);
    assertThat(tasks).isEmpty();
    clock.advance(Duration.ofSeconds(1));
    assertThat(prepared("ann")).isSameAs(first);
    assertThat(prepared("ann")).isSameAs(first);
    assertThat(tasks).hasSize(1);
    work();
    assertThat(prepared("ann")).isNotSameAs(first).isDone();
  }

  @Test
  void none_is_passed_on_whose_end_is_near() {
    CompletableFuture<String> first = prepared("ann");
    work();
    clock.advance(Duration.ofSeconds(45));
    CompletableFuture<String> next = prepared("ann");
    assertThat(next).isNotSameAs(first).isNotDone();
    work();
    assertThat(next.getNow("")).isNotEqualTo(first.getNow(""));
  }

  @Test
  void a_backend_that_is_not_configured_is_told_nothing() {
    assertThat(assertions.prepared(allow("ann", "/orgs/acme/old"))).isEmpty();
    assertThat(assertions.text(allow("ann", "/orgs/acme/old"))).isEmpty();
  }
}
