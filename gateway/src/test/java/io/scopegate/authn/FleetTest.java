package io.scopegate.authn;

import static org.assertj.core.api.Assertions.assertThat;

import io.scopegate.Policies;
import io.scopegate.event.GatewayEvents;
import io.scopegate.permission.Level;
import io.scopegate.policy.Bounds;
import io.scopegate.policy.Caller;
import io.scopegate.policy.Identities;
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
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

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

  /** What is changed at one gateway, and has to reach the others. */
  private enum Change {
    REVOCATION,
    ROLE,
    DISABLED
  }

  @Test
  void a_change_is_in_force_everywhere_soon() throws Exception {
    List<Change> changes = new ArrayList<>();
    for (int i = 0; i < 27; i++) {
      // Each kind at each gateway.
      changes.add(Change.values()[i / GATEWAYS % Change.values().length]);
    }
    run(changes, false);
  }

  @ParameterizedTest
  @EnumSource
  @Tag("long")
  void a_thousand_changes_are_in_force_everywhere_soon(Change change) throws Exception {
    run(Collections.nCopies(1_000, change), false);
  }

  @ParameterizedTest
  @EnumSource
  @Tag("long")
  void a_thousand_changes_are_in_force_although_the_listeners_are_cut_off(Change change)
      throws Exception {
    run(Collections.nCopies(1_000, change), true);
  }

  private void run(List<Change> changes, boolean cutsOff) throws Exception {
    int count = changes.size();
    PostgresAccess access = PostgresServer.database();
    List<Gateway> fleet = new ArrayList<>();
    ExecutorService load = Executors.newFixedThreadPool(GATEWAYS);
    try {
      for (int i = 0; i < GATEWAYS; i++) {
        fleet.add(Gateway.on(access));
      }
      fill(fleet.get(0).store(), count);
      fleet.forEach(gateway -> load.execute(() -> ask(gateway)));
      long[] nanos = new long[count];
      for (int i = 0; i < count; i++) {
        if (cutsOff && i % 20 == 10) {
          cutOff(access);
        }
        nanos[i] = change(fleet, changes.get(i), i);
      }
      Arrays.sort(nanos);
      System.out.printf(
          "%d gateways, %d changes %s%s: in force at all p50 %d ms, p99 %d ms, max %d ms%n",
          GATEWAYS,
          count,
          new TreeSet<>(changes),
          cutsOff ? ", listeners cut off" : "",
          nanos[count / 2] / 1_000_000,
          nanos[count * 99 / 100] / 1_000_000,
          nanos[count - 1] / 1_000_000);
      assertThat(Duration.ofNanos(nanos[count - 1]))
          .isLessThan(Duration.ofSeconds(cutsOff ? 10 : 5));
      if (!cutsOff) {
        assertThat(Duration.ofNanos(nanos[count * 99 / 100])).isLessThan(Duration.ofSeconds(1));
      }
    } finally {
      over.set(true);
      load.shutdown();
      fleet.forEach(Gateway::close);
    }
  }

  private void fill(PostgresIdentityStore store, int count) {
    List<Identities.Token> orders = new ArrayList<>();
    Map<String, Set<String>> members = new HashMap<>();
    for (int i = 0; i < count; i++) {
      values.add(format.generate());
      members.put("subject" + i, Set.of("OWNER"));
      orders.add(
          new Identities.Token(
              "subject" + i,
              Integer.toString(i),
              List.of("work:read"),
              Bounds.none(),
              Optional.empty(),
              Optional.empty()));
    }
    tokens.addAll(
        store.load(
            new Identities(List.of(), Set.of(), Set.of(), orders),
            order ->
                new NewToken(
                    order.subject(),
                    order.name(),
                    order.scopes(),
                    order.bounds(),
                    order.expires(),
                    TokenDigest.of(values.get(Integer.parseInt(order.name()))),
                    "",
                    false)));
    members.forEach(
        (subject, roles) -> store.putMember("acme", Level.ORGANIZATION, "acme", subject, roles));
  }

  private Caller caller(Gateway gateway, int token) {
    return gateway
        .authenticator()
        .authenticate(Credential.bearer(values.get(token)), policy)
        .join();
  }

  private void ask(Gateway gateway) {
    Random random = new Random();
    while (!over.get()) {
      caller(gateway, random.nextInt(values.size()));
      LockSupport.parkNanos(Duration.ofSeconds(1).toNanos() / REQUESTS);
    }
  }

  /** Changes what all know of a token, and returns how long it took until all know better. */
  private long change(List<Gateway> fleet, Change change, int token) {
    for (Gateway gateway : fleet) {
      assertThat(roles(gateway, token)).isEqualTo(Optional.of(Set.of("OWNER")));
    }
    Gateway changing = fleet.get(token % GATEWAYS);
    String subject = "subject" + token;
    switch (change) {
      case REVOCATION -> assertThat(changing.store().revoke(tokens.get(token).id())).isTrue();
      case ROLE ->
          changing.store().putMember("acme", Level.ORGANIZATION, "acme", subject, Set.of("MEMBER"));
      case DISABLED -> changing.store().putSubject(subject, true);
    }
    long start = System.nanoTime();
    Optional<Set<String>> after =
        change == Change.ROLE ? Optional.of(Set.of("MEMBER")) : Optional.empty();
    assertThat(roles(changing, token)).as("at once").isEqualTo(after);
    for (Gateway gateway : fleet) {
      while (!roles(gateway, token).equals(after)) {
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
        LockSupport.parkNanos(200_000);
      }
    }
    return System.nanoTime() - start;
  }

  /** Returns the roles of a token's subject; empty if it is invalid. */
  private Optional<Set<String>> roles(Gateway gateway, int token) {
    Caller caller = caller(gateway, token);
    if (caller instanceof Caller.Authenticated known) {
      return Optional.of(known.principal().memberships().get(0).roles());
    }
    assertThat(caller).isEqualTo(new Caller.Invalid());
    return Optional.empty();
  }

  private static void cutOff(PostgresAccess access) {
    PostgresServer.execute(
        access,
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            + " WHERE datname = current_database() AND query LIKE '%pg_postmaster_start_time%'"
            + " AND pid <> pg_backend_pid()");
  }
}
