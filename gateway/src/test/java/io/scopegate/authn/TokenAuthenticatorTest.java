package io.scopegate.authn;

import static org.assertj.core.api.Assertions.assertThat;

import io.scopegate.Policies;
import io.scopegate.SettableClock;
import io.scopegate.event.GatewayEvents;
import io.scopegate.permission.Level;
import io.scopegate.policy.Bounds;
import io.scopegate.policy.Caller;
import io.scopegate.policy.Delegation;
import io.scopegate.policy.Policy;
import io.scopegate.route.CredentialKind;
import io.scopegate.store.LastUse;
import io.scopegate.store.NewToken;
import io.scopegate.store.SqliteIdentityStore;
import io.scopegate.store.StoredToken;
import io.scopegate.store.TokenDigest;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenAuthenticatorTest {
  private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");

  @TempDir private Path folder;
  private final SettableClock clock = new SettableClock(NOW);
  private final TokenFormat format = new TokenFormat(new Random(1));
  private final Policy policy = Policies.bare(false);
  private PausableStore store;
  private LastUse lastUse;
  private TokenAuthenticator authenticator;

  @BeforeEach
  void open() {
    store = new PausableStore(new SqliteIdentityStore(folder, clock, new Random(2)));
    lastUse = new LastUse(store, Duration.ofHours(1));
    authenticator =
        new TokenAuthenticator(
            store,
            lastUse,
            limits(Duration.ZERO),
            clock,
            GatewayEvents.NONE,
            () -> Duration.between(NOW, clock.instant()).toNanos());
  }

  private static CacheLimits limits(Duration staleIfError) {
    return new CacheLimits(
        100,
        100,
        3,
        Duration.ofMinutes(10),
        Duration.ofSeconds(3),
        staleIfError,
        Duration.ofSeconds(10),
        Duration.ofSeconds(20),
        Duration.ZERO);
  }

  @AfterEach
  void close() {
    lastUse.close();
    authenticator.close();
    store.close();
  }

  private StoredToken create(String value, Optional<Instant> expires, String... scopes) {
    return store.create(
        new NewToken(
            "bob",
            "token " + value,
            List.of(scopes),
            Bounds.none(),
            expires,
            TokenDigest.of(value),
            "",
            !TokenFormat.isClaimedBy(value)));
  }

  private StoredToken create(String value, String... scopes) {
    return create(value, Optional.empty(), scopes);
  }

  private CompletableFuture<Caller> ask(String value) {
    return authenticator.authenticate(Credential.bearer(value), policy);
  }

  private Caller caller(String value) {
    return ask(value).join();
  }

  @Test
  void a_token_makes_its_subject_the_caller() {
    String value = format.generate();
    StoredToken token = create(value, "work:write", "work:read");
    store.putMember("acme", Level.ORGANIZATION, "acme", "bob", Set.of("MEMBER"));

    assertThat(caller(value))
        .isEqualTo(
            new Caller.Authenticated(
                store.principal("bob").orElseThrow(),
                new Delegation.Restricted(List.of("work:read", "work:write"), Bounds.none()),
                CredentialKind.TOKEN,
                token.id()));
  }

  @Test
  void what_is_cached_completes_on_the_spot_with_the_same_caller() {
    String value = format.generate();
    create(value);
    Caller first = caller(value);
    store.broken = true;

    CompletableFuture<Caller> second = ask(value);

    assertThat(second).isDone();
    assertThat(second.join()).isSameAs(first);
  }

  @Test
  void what_an_empty_list_of_scopes_hands_over_follows_the_policy_of_the_request() {
    String value = format.generate();
    create(value);
    Credential credential = Credential.bearer(value);

    for (boolean full : List.of(false, true, false)) {
      Caller caller = authenticator.authenticate(credential, Policies.bare(full)).join();
      assertThat(((Caller.Authenticated) caller).delegation() instanceof Delegation.Full)
          .isEqualTo(full);
    }
  }

  @Test
  void other_credentials_are_told_without_a_lookup() {
    assertThat(authenticator.authenticate(new Credential.None(), policy).join())
        .isEqualTo(new Caller.Anonymous());
    assertThat(authenticator.authenticate(new Credential.Unusable(), policy).join())
        .isEqualTo(new Caller.Invalid());
    assertThat(authenticator.authenticate(new Credential.SessionCookie("s"), policy).join())
        .isEqualTo(new Caller.Invalid());
    assertThat(authenticator.authenticate(new Credential.Ambiguous("two"), policy).join())
        .isEqualTo(new Caller.Ambiguous("two"));
    assertThat(caller("sgat_malformed")).isEqualTo(new Caller.Invalid());
    assertThat(caller("some.other.bearer")).isEqualTo(new Caller.Invalid());
    assertThat(store.tokenReads).hasValue(0);
  }

  @Test
  void a_bearer_in_another_form_is_looked_up_only_while_imported_digests_exist() {
    StoredToken old = create("an-old-secret");
    assertThat(caller("an-old-secret")).isInstanceOf(Caller.Authenticated.class);
    assertThat(caller("sgat_malformed")).isEqualTo(new Caller.Invalid());
    assertThat(store.tokenReads).hasValue(1);

    store.revoke(old.id());

    assertThat(caller("an-old-secret")).isEqualTo(new Caller.Invalid());
    assertThat(store.tokenReads).hasValue(1);
  }

  @Test
  void expiry_is_compared_on_every_request() {
    String value = format.generate();
    create(value, Optional.of(NOW.plusSeconds(10)));
    assertThat(caller(value)).isInstanceOf(Caller.Authenticated.class);

    clock.advance(Duration.ofSeconds(10).minusNanos(1));
    assertThat(caller(value)).isInstanceOf(Caller.Authenticated.class);
    clock.advance(Duration.ofNanos(1));

    assertThat(caller(value)).isEqualTo(new Caller.Invalid());
    assertThat(store.tokenReads).as("from the cache").hasValue(1);
  }

  @Test
  void a_disabled_subject_is_invalid_and_a_enabled_one_valid_again() {
    String value = format.generate();
    create(value);
    assertThat(caller(value)).isInstanceOf(Caller.Authenticated.class);

    store.putSubject("bob", true);
    assertThat(caller(value)).isEqualTo(new Caller.Invalid());
    assertThat(caller(value)).isEqualTo(new Caller.Invalid());
    assertThat(store.subjectReads).as("remembered as disabled").hasValue(2);
    store.putSubject("bob", false);

    assertThat(caller(value)).isInstanceOf(Caller.Authenticated.class);
  }

  @Test
  void an_unknown_token_is_looked_up_once_for_a_while_and_valid_as_soon_as_it_is_made() {
    String value = format.generate();
    assertThat(caller(value)).isEqualTo(new Caller.Invalid());
    assertThat(ask(value)).isDone();
    assertThat(store.tokenReads).hasValue(1);

    clock.advance(Duration.ofSeconds(11));
    assertThat(caller(value)).isEqualTo(new Caller.Invalid());
    assertThat(store.tokenReads).hasValue(2);

    create(value);
    assertThat(caller(value)).isInstanceOf(Caller.Authenticated.class);
  }

  @Test
  void rubbish_does_not_push_out_the_good() {
    String value = format.generate();
    create(value);
    caller(value);
    for (int i = 0; i < 1_000; i++) {
      assertThat(caller(format.generate())).isEqualTo(new Caller.Invalid());
    }
    int reads = store.tokenReads.get();

    assertThat(caller(value)).isInstanceOf(Caller.Authenticated.class);
    assertThat(store.tokenReads).hasValue(reads);
    assertThat(authenticator.figures().get(0).size()).isLessThanOrEqualTo(1);
  }

  @Test
  void a_store_that_cannot_be_read_is_told_apart_and_never_remembered() {
    String value = format.generate();
    create(value);
    store.broken = true;
    assertThat(caller(value)).isEqualTo(new Caller.Unavailable());
    assertThat(caller(value)).isEqualTo(new Caller.Unavailable());
    assertThat(caller(format.generate())).isEqualTo(new Caller.Unavailable());

    store.broken = false;

    assertThat(caller(value)).isInstanceOf(Caller.Authenticated.class);
  }

  @Test
  void after_its_time_a_cached_token_is_read_again() {
    String value = format.generate();
    create(value);
    caller(value);
    clock.advance(Duration.ofMinutes(11));
    store.broken = true;

    assertThat(caller(value)).isEqualTo(new Caller.Unavailable());
  }

  /** Asks through another authenticator, of a store whose changes are told by others. */
  private void withStale(Duration staleIfError, Consumer<TokenAuthenticator> test) {
    try (TokenAuthenticator other =
        new TokenAuthenticator(
            store,
            lastUse,
            limits(staleIfError),
            clock,
            GatewayEvents.NONE,
            () -> Duration.between(NOW, clock.instant()).toNanos())) {
      test.accept(other);
    }
  }

  private Caller caller(TokenAuthenticator asked, String value) {
    return asked.authenticate(Credential.bearer(value), policy).join();
  }

  /** Time goes on and nothing is told. */
  private void silentFor(Duration duration) {
    clock.advance(duration);
    store.silenceNanos.addAndGet(duration.toNanos());
  }

  @Test
  void a_known_token_goes_on_for_a_while_when_the_store_is_away_and_not_longer() {
    String value = format.generate();
    create(value, Optional.of(NOW.plusSeconds(1_000)));
    withStale(
        Duration.ofSeconds(30),
        other -> {
          caller(other, value);
          store.broken = true;

          silentFor(Duration.ofMillis(29_999));
          assertThat(caller(other, value)).isInstanceOf(Caller.Authenticated.class);
          assertThat(caller(other, format.generate())).isEqualTo(new Caller.Unavailable());
          silentFor(Duration.ofMillis(1));
          assertThat(caller(other, value)).isEqualTo(new Caller.Unavailable());

          store.broken = false;
          assertThat(caller(other, value)).isInstanceOf(Caller.Authenticated.class);
        });
  }

  @Test
  void a_known_token_never_goes_on_past_its_end() {
    String value = format.generate();
    create(value, Optional.of(NOW.plusSeconds(10)));
    withStale(
        Duration.ofSeconds(30),
        other -> {
          caller(other, value);
          store.broken = true;
          silentFor(Duration.ofSeconds(10));
          assertThat(caller(other, value)).isEqualTo(new Caller.Invalid());
        });
  }

  @Test
  void without_staleness_nothing_goes_on_when_nothing_is_told_and_the_store_is_away() {
    String value = format.generate();
    create(value);
    withStale(
        Duration.ZERO,
        other -> {
          caller(other, value);
          store.broken = true;
          silentFor(Duration.ofSeconds(3).plusNanos(1));
          assertThat(caller(other, value)).isEqualTo(new Caller.Unavailable());
        });
  }

  @Test
  void what_is_not_known_to_be_true_any_more_is_read_again() {
    String value = format.generate();
    StoredToken token = create(value);
    withStale(
        Duration.ofSeconds(30),
        other -> {
          caller(other, value);
          clock.advance(Duration.ofSeconds(100));
          caller(other, value);
          assertThat(store.tokenReads).as("all was told: the cache is true").hasValue(1);

          silentFor(Duration.ofSeconds(4));
          assertThat(caller(other, value)).isInstanceOf(Caller.Authenticated.class);
          assertThat(store.tokenReads).hasValue(2);

          // Another gateway revokes it, which nobody tells.
          silentFor(Duration.ofSeconds(4));
          store.onlyItself(inner -> inner.revoke(token.id()));
          assertThat(caller(other, value)).isEqualTo(new Caller.Invalid());
        });
  }

  @Test
  void a_revocation_that_is_told_ends_what_goes_on() {
    String value = format.generate();
    StoredToken token = create(value);
    withStale(
        Duration.ofSeconds(30),
        other -> {
          caller(other, value);
          store.broken = true;
          silentFor(Duration.ofSeconds(5));
          assertThat(caller(other, value)).isInstanceOf(Caller.Authenticated.class);

          store.revoke(token.id());
          assertThat(caller(other, value)).isEqualTo(new Caller.Unavailable());
        });
  }

  @Test
  void misses_that_come_together_go_into_one_query() throws InterruptedException {
    List<String> values = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      String value = format.generate();
      create(value);
      values.add(value);
    }
    PausableStore.Pause first = store.holdNext();
    List<CompletableFuture<Caller>> asked = new ArrayList<>();
    asked.add(ask(format.generate()));
    first.awaitHeld();
    PausableStore.Pause second = store.holdNext();
    asked.add(ask(format.generate()));
    second.awaitHeld();

    values.forEach(value -> asked.add(ask(value)));
    first.release();
    second.release();

    asked.forEach(CompletableFuture::join);
    assertThat(asked.get(300).join()).isInstanceOf(Caller.Authenticated.class);
    assertThat(store.tokenReads).as("two that were held, and the rest").hasValueLessThan(6);
    assertThat(store.tokensRead).hasValue(302);
  }

  @Test
  void concurrent_misses_share_one_load() throws InterruptedException {
    String value = format.generate();
    create(value);
    PausableStore.Pause pause = store.holdNext();
    CompletableFuture<Caller> first = ask(value);
    pause.awaitHeld();

    CompletableFuture<Caller> second = ask(value);
    assertThat(second).isNotDone();
    pause.release();

    assertThat(first.join()).isInstanceOf(Caller.Authenticated.class);
    assertThat(second.join()).isEqualTo(first.join());
    assertThat(store.tokenReads).hasValue(1);
  }

  @Test
  void a_revocation_that_overtakes_the_load_of_its_token_is_in_force() throws InterruptedException {
    String value = format.generate();
    StoredToken token = create(value);
    PausableStore.Pause pause = store.holdNext();
    CompletableFuture<Caller> before = ask(value);
    pause.awaitHeld();

    // Returns although the load is under way.
    store.revoke(token.id());
    CompletableFuture<Caller> after = ask(value);
    pause.release();
    before.join();

    assertThat(after.join()).isEqualTo(new Caller.Invalid());
    assertThat(caller(value)).isEqualTo(new Caller.Invalid());
  }

  @Test
  void a_change_that_overtakes_the_load_of_its_subject_is_in_force() throws InterruptedException {
    String value = format.generate();
    create(value);
    store.putMember("acme", Level.ORGANIZATION, "acme", "bob", Set.of("OWNER"));
    caller(value);
    for (Runnable change :
        List.<Runnable>of(
            () -> store.putMember("acme", Level.ORGANIZATION, "acme", "bob", Set.of("MEMBER")),
            () -> store.putTeamProject("acme", "core", "api"))) {
      store.putSubject("bob", false);
      PausableStore.Pause pause = store.holdNext();
      CompletableFuture<Caller> before = ask(value);
      pause.awaitHeld();

      change.run();
      CompletableFuture<Caller> after = ask(value);
      pause.release();
      before.join();

      assertThat(((Caller.Authenticated) after.join()).principal())
          .isEqualTo(store.principal("bob").orElseThrow());
      assertThat(((Caller.Authenticated) caller(value)).principal())
          .isEqualTo(store.principal("bob").orElseThrow());
    }
  }

  @Test
  void a_token_made_while_it_is_looked_up_is_valid_at_once() throws InterruptedException {
    String value = format.generate();
    PausableStore.Pause pause = store.holdNext();
    CompletableFuture<Caller> before = ask(value);
    pause.awaitHeld();

    create(value);
    pause.release();

    assertThat(before.join()).isEqualTo(new Caller.Invalid());
    assertThat(caller(value)).isInstanceOf(Caller.Authenticated.class);
  }

  @Test
  void more_lookups_than_may_wait_are_unavailable_and_not_lost() throws InterruptedException {
    String value = format.generate();
    create(value);
    List<CompletableFuture<Caller>> accepted = new ArrayList<>();
    PausableStore.Pause first = store.holdNext();
    accepted.add(ask(format.generate()));
    first.awaitHeld();
    PausableStore.Pause second = store.holdNext();
    accepted.add(ask(format.generate()));
    second.awaitHeld();
    for (int i = 0; i < 5_000; i++) {
      CompletableFuture<Caller> asked = ask(format.generate());
      if (asked.isDone()) {
        assertThat(asked.join()).isEqualTo(new Caller.Unavailable());
      } else {
        accepted.add(asked);
      }
    }
    assertThat(accepted).hasSize(2 + 4_096);
    assertThat(authenticator.waitingLoads()).isEqualTo(4_096);

    first.release();
    second.release();

    assertThat(accepted)
        .allSatisfy(asked -> assertThat(asked.join()).isEqualTo(new Caller.Invalid()));
    assertThat(caller(value)).isInstanceOf(Caller.Authenticated.class);
  }

  @Test
  void the_address_of_the_last_use_is_noted() {
    String value = format.generate();
    create(value);

    authenticator.authenticate(Credential.bearer(value), policy, "192.0.2.7").join();
    lastUse.flush();

    assertThat(store.tokens(Optional.empty()).get(0).lastAddress()).contains("192.0.2.7");
  }

  @Test
  void the_last_use_is_noted_at_most_once_a_minute() {
    String value = format.generate();
    create(value);
    caller(value);
    clock.advance(Duration.ofSeconds(59));
    caller(value);
    lastUse.flush();
    assertThat(store.tokens(Optional.empty()).get(0).lastUsed()).contains(NOW);

    clock.advance(Duration.ofSeconds(1));
    caller(value);
    store.broken = true;
    lastUse.flush();
    store.broken = false;
    lastUse.flush();

    assertThat(store.tokens(Optional.empty()).get(0).lastUsed()).contains(NOW.plusSeconds(60));
  }
}
