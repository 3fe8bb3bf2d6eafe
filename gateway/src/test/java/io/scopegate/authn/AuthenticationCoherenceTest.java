package io.scopegate.authn;

import static org.assertj.core.api.Assertions.assertThat;

import io.scopegate.Policies;
import io.scopegate.SettableClock;
import io.scopegate.event.GatewayEvents;
import io.scopegate.permission.Level;
import io.scopegate.policy.Bounds;
import io.scopegate.policy.Caller;
import io.scopegate.policy.Policy;
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
    return authenticator.authenticate(Credential.bearer(value), policy);
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
