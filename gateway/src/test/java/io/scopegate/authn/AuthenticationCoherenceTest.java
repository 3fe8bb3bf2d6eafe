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
import io.scopegate.policy.Principal;
import io.scopegate.route.CredentialKind;
import io.scopegate.store.IdentityStore;
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
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A revocation or role change is in force for every request that starts after it returned. */
class AuthenticationCoherenceTest {
  private static final int VALUES = 20;
  private static final List<String> SUBJECTS = List.of("alice", "bob", "carol");
  private static final List<String> ROLES = List.of("OWNER", "ADMIN", "MEMBER");

  @TempDir private Path folder;
  private final SettableClock clock = new SettableClock(Instant.parse("2026-11-21T12:00:00Z"));
  private final Policy policy = Policies.bare(false);
  private final List<String> values = new ArrayList<>();
  private IdentityStore store;
  private LastUse lastUse;
  private TokenAuthenticator authenticator;

  @BeforeEach
  void open() {
    TokenFormat format = new TokenFormat(new Random(3));
    for (int i = 0; i < VALUES; i++) {
      values.add(format.generate());
    }
    store = new SqliteIdentityStore(folder, clock, new Random(4));
    lastUse = new LastUse(store, Duration.ofHours(1));
    authenticator =
        new TokenAuthenticator(
            store,
            lastUse,
            CacheLimits.embedded(Duration.ofSeconds(30)),
            clock,
            GatewayEvents.NONE);
  }

  @AfterEach
  void close() {
    authenticator.close();
    lastUse.close();
    store.close();
  }

  private CompletableFuture<Caller> ask(String value) {
    return authenticator.authenticate(new Credential.Bearer(value), policy);
  }

  private StoredToken create(String value, String subject, Optional<Instant> expires) {
    return store.create(
        new NewToken(
            subject,
            value,
            List.of("work:read"),
            Bounds.none(),
            expires,
            TokenDigest.of(value),
            TokenFormat.start(value),
            false));
  }

  /** The same without any cache. */
  private Caller oracle(String value) {
    Optional<StoredToken> token = store.token(TokenDigest.of(value));
    if (token.isEmpty() || token.get().isExpired(clock.instant())) {
      return new Caller.Invalid();
    }
    Optional<Principal> principal = store.principal(token.get().subject());
    return principal.isEmpty()
        ? new Caller.Invalid()
        : new Caller.Authenticated(
            principal.get(),
            Delegation.of(token.get().scopes(), token.get().bounds(), policy),
            CredentialKind.TOKEN,
            token.get().id());
  }

  @Test
  void under_any_interleaving_it_says_what_an_uncached_oracle_says() {
    Random random = new Random(20261121);
    int authenticated = 0;
    for (int step = 0; step < 20_000; step++) {
      String value = values.get(random.nextInt(VALUES));
      if (random.nextInt(16) == 0) {
        // Requests under way, whose look-ups the change overtakes or not.
        CompletableFuture<Caller> early = ask(value);
        CompletableFuture<Caller> other = ask(values.get(random.nextInt(VALUES)));
        change(random, value);
        assertThat(ask(value).join()).as("step %d", step).isEqualTo(oracle(value));
        CompletableFuture.allOf(early, other).join();
      }
      Caller caller = ask(value).join();
      assertThat(caller).as("step %d", step).isEqualTo(oracle(value));
      authenticated += caller instanceof Caller.Authenticated ? 1 : 0;
    }
    assertThat(authenticated).as("both answers are common").isBetween(4_000, 18_000);
  }

  private void change(Random random, String value) {
    String subject = SUBJECTS.get(random.nextInt(SUBJECTS.size()));
    Optional<StoredToken> token = store.token(TokenDigest.of(value));
    switch (random.nextInt(8)) {
      case 0, 1, 2 -> {
        if (token.isPresent()) {
          store.revoke(token.get().id());
        } else {
          Instant soon = clock.instant().plusSeconds(random.nextInt(100));
          create(value, subject, random.nextInt(4) == 0 ? Optional.of(soon) : Optional.empty());
        }
      }
      case 3 ->
          store.putMember(
              "acme",
              Level.ORGANIZATION,
              "acme",
              subject,
              Set.of(ROLES.get(random.nextInt(ROLES.size()))));
      case 4 -> store.removeMember("acme", Level.ORGANIZATION, "acme", subject);
      case 5 -> store.putSubject(subject, random.nextInt(3) == 0);
      case 6 -> store.putTeamProject("acme", "core", "project-" + random.nextInt(3));
      default -> clock.advance(Duration.ofSeconds(random.nextInt(10)));
    }
  }

  @Test
  void what_was_acknowledged_is_in_force_for_every_request_that_starts_then() throws Exception {
    int changes = 150;
    // What is acknowledged: per token whether it is revoked, and the number of bob's role.
    AtomicIntegerArray revoked = new AtomicIntegerArray(VALUES);
    AtomicIntegerArray role = new AtomicIntegerArray(1);
    List<StoredToken> tokens = new ArrayList<>();
    values.forEach(value -> tokens.add(create(value, "bob", Optional.empty())));
    store.putMember("acme", Level.ORGANIZATION, "acme", "bob", Set.of("0"));
    AtomicBoolean over = new AtomicBoolean();
    ExecutorService traffic = Executors.newFixedThreadPool(3);
    try {
      List<Future<Integer>> counts = new ArrayList<>();
      for (int thread = 0; thread < 3; thread++) {
        Random random = new Random(thread);
        counts.add(
            traffic.submit(
                () -> {
                  int asked = 0;
                  while (!over.get()) {
                    check(random.nextInt(VALUES), revoked, role);
                    asked++;
                  }
                  return asked;
                }));
      }
      for (int change = 1; change <= changes; change++) {
        store.putMember(
            "acme", Level.ORGANIZATION, "acme", "bob", Set.of(Integer.toString(change)));
        role.set(0, change);
        if (change % 10 == 0) {
          int index = change / 10 - 1;
          store.revoke(tokens.get(index).id());
          revoked.set(index, 1);
        }
      }
      over.set(true);
      for (Future<Integer> count : counts) {
        assertThat(count.get()).isGreaterThan(changes);
      }
    } finally {
      over.set(true);
      traffic.shutdown();
    }
  }

  private void check(int index, AtomicIntegerArray revoked, AtomicIntegerArray role) {
    boolean wasRevoked = revoked.get(index) == 1;
    int acknowledged = role.get(0);

    Caller caller = ask(values.get(index)).join();

    if (caller instanceof Caller.Authenticated authenticated) {
      assertThat(wasRevoked).as("a revoked token is accepted").isFalse();
      String held = authenticated.principal().memberships().get(0).roles().iterator().next();
      assertThat(Integer.parseInt(held)).isGreaterThanOrEqualTo(acknowledged);
    } else {
      assertThat(caller).isEqualTo(new Caller.Invalid());
      assertThat(index).as("only these are ever revoked").isLessThan(15);
    }
  }
}
