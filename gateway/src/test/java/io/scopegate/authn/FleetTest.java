package io.scopegate.authn;

import static org.assertj.core.api.Assertions.assertThat;

import io.scopegate.Policies;
import io.scopegate.event.GatewayEvents;
import io.scopegate.permission.Level;
import io.scopegate.policy.Bounds;
import io.scopegate.policy.Caller;
import io.scopegate.policy.Policy;
import io.scopegate.store.LastUse;
import io.scopegate.store.NewToken;
import io.scopegate.store.PostgresAccess;
import io.scopegate.store.PostgresIdentityStore;
import io.scopegate.store.PostgresServer;
import io.scopegate.store.StoredToken;
import io.scopegate.store.TokenDigest;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Three gateways on one database: what one of them takes out of force is so at the others, too. */
class FleetTest {
  private static final Duration STALE = Duration.ofSeconds(30);
  private static final int GATEWAYS = 3;

  /** Of each gateway, in a second. */
  private static final int REQUESTS = 170;

  private final Policy policy = Policies.bare(false);
  private final TokenFormat format = new TokenFormat(new Random(1));
  private final List<String> values = new CopyOnWriteArrayList<>();
  private final List<StoredToken> tokens = new ArrayList<>();
  private final AtomicBoolean over = new AtomicBoolean();

  /** What makes up a gateway here. */
  private record Gateway(
      PostgresIdentityStore store, LastUse lastUse, TokenAuthenticator authenticator)
      implements AutoCloseable {
    static Gateway on(PostgresAccess access) {
      PostgresIdentityStore store =
          new PostgresIdentityStore(
              access, CacheLimits.trust(STALE).dividedBy(3), Clock.systemUTC(), new Random());
      LastUse lastUse = new LastUse(store, Duration.ofHours(1));
      return new Gateway(
          store,
          lastUse,
          new TokenAuthenticator(
              store, lastUse, CacheLimits.shared(STALE), Clock.systemUTC(), GatewayEvents.NONE));
    }

    @Override
    public void close() {
      authenticator.close();
      lastUse.close();
      store.close();
    }
  }

  @Test
  void a_revocation_is_in_force_everywhere_soon() throws Exception {
    run(60, false, Duration.ofSeconds(5));
  }

  @Test
  @Tag("long")
  void a_thousand_revocations_are_in_force_everywhere_soon() throws Exception {
    run(1_000, false, Duration.ofSeconds(5));
  }

  @Test
  @Tag("long")
  void a_thousand_revocations_are_in_force_although_the_listeners_are_cut_off() throws Exception {
    run(1_000, true, Duration.ofSeconds(10));
  }

  private void run(int revocations, boolean cutsOff, Duration longest) throws Exception {
    PostgresAccess access = PostgresServer.database();
    List<Gateway> fleet = new ArrayList<>();
    ExecutorService load = Executors.newFixedThreadPool(GATEWAYS);
    try {
      for (int i = 0; i < GATEWAYS; i++) {
        fleet.add(Gateway.on(access));
      }
      fill(fleet.get(0).store(), revocations);
      fleet.forEach(gateway -> load.execute(() -> ask(gateway)));
      long[] nanos = new long[revocations];
      for (int i = 0; i < revocations; i++) {
        if (cutsOff && i % 20 == 10) {
          cutOff(access);
        }
        nanos[i] = revoke(fleet, i);
      }
      Arrays.sort(nanos);
      System.out.printf(
          "%d gateways, %d revocations%s: in force at all p50 %d ms, p99 %d ms, max %d ms%n",
          GATEWAYS,
          revocations,
          cutsOff ? ", listeners cut off" : "",
          nanos[revocations / 2] / 1_000_000,
          nanos[revocations * 99 / 100] / 1_000_000,
          nanos[revocations - 1] / 1_000_000);
      assertThat(Duration.ofNanos(nanos[revocations - 1])).isLessThan(longest);
      if (!cutsOff) {
        assertThat(Duration.ofNanos(nanos[revocations * 99 / 100]))
            .isLessThan(Duration.ofSeconds(1));
      }
      roles(fleet);
    } finally {
      over.set(true);
      load.shutdown();
      fleet.forEach(Gateway::close);
    }
  }

  private void fill(PostgresIdentityStore store, int count) {
    for (int i = 0; i < count; i++) {
      String value = format.generate();
      values.add(value);
      tokens.add(
          store.create(
              new NewToken(
                  "subject" + i % 10,
                  "token" + i,
                  List.of("work:read"),
                  Bounds.none(),
                  Optional.empty(),
                  TokenDigest.of(value),
                  "",
                  false)));
    }
  }

  private Caller caller(Gateway gateway, int token) {
    return gateway
        .authenticator()
        .authenticate(new Credential.Bearer(values.get(token)), policy)
        .join();
  }

  private void ask(Gateway gateway) {
    Random random = new Random();
    while (!over.get()) {
      caller(gateway, random.nextInt(values.size()));
      LockSupport.parkNanos(Duration.ofSeconds(1).toNanos() / REQUESTS);
    }
  }

  /** Revokes a token that all know, and returns how long it took until none takes it. */
  private long revoke(List<Gateway> fleet, int token) {
    for (Gateway gateway : fleet) {
      assertThat(caller(gateway, token)).isInstanceOf(Caller.Authenticated.class);
    }
    Gateway revoking = fleet.get(token % GATEWAYS);
    assertThat(revoking.store().revoke(tokens.get(token).id())).isTrue();
    long start = System.nanoTime();
    assertThat(caller(revoking, token)).as("at once").isEqualTo(new Caller.Invalid());
    for (Gateway gateway : fleet) {
      until(gateway, token, Caller.Invalid.class);
    }
    return System.nanoTime() - start;
  }

  private void until(Gateway gateway, int token, Class<? extends Caller> type) {
    long start = System.nanoTime();
    while (!type.isInstance(caller(gateway, token))) {
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
      LockSupport.parkNanos(200_000);
    }
  }

  /** Role changes and disabled subjects take the same way. */
  private void roles(List<Gateway> fleet) {
    String value = format.generate();
    values.add(value);
    fleet
        .get(0)
        .store()
        .create(
            new NewToken(
                "zoe",
                "last",
                List.of(),
                Bounds.none(),
                Optional.empty(),
                TokenDigest.of(value),
                "",
                false));
    int token = values.size() - 1;
    fleet.get(0).store().putMember("acme", Level.ORGANIZATION, "acme", "zoe", Set.of("OWNER"));
    fleet.forEach(gateway -> until(gateway, token, Caller.Authenticated.class));
    fleet.get(0).store().putMember("acme", Level.ORGANIZATION, "acme", "zoe", Set.of("MEMBER"));
    for (Gateway gateway : fleet) {
      long start = System.nanoTime();
      while (!roles(gateway, token).equals(Set.of("MEMBER"))) {
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
        LockSupport.parkNanos(200_000);
      }
    }
    fleet.get(1).store().putSubject("zoe", true);
    fleet.forEach(gateway -> until(gateway, token, Caller.Invalid.class));
  }

  private Set<String> roles(Gateway gateway, int token) {
    Caller caller = caller(gateway, token);
    return caller instanceof Caller.Authenticated known
            && !known.principal().memberships().isEmpty()
        ? known.principal().memberships().get(0).roles()
        : Set.of();
  }

  private static void cutOff(PostgresAccess access) {
    PostgresServer.execute(
        access,
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            + " WHERE datname = current_database() AND query LIKE '%pg_postmaster_start_time%'"
            + " AND pid <> pg_backend_pid()");
  }
}
