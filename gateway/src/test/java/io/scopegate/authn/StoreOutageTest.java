package io.scopegate.authn;

import static org.assertj.core.api.Assertions.assertThat;

import io.scopegate.Policies;
import io.scopegate.event.GatewayEvents;
import io.scopegate.policy.Bounds;
import io.scopegate.policy.Caller;
import io.scopegate.policy.Identities;
import io.scopegate.policy.Organization;
import io.scopegate.policy.Policy;
import io.scopegate.store.KillablePostgres;
import io.scopegate.store.LastUse;
import io.scopegate.store.NewToken;
import io.scopegate.store.PostgresAccess;
import io.scopegate.store.PostgresIdentityStore;
import io.scopegate.store.PostgresServer;
import io.scopegate.store.TokenDigest;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The shared store is killed under load, and brought back. */
class StoreOutageTest {
  private static final Organization ORGANIZATION =
      new Organization("acme", Set.of(), Map.of(), Map.of(), Map.of(), Map.of());
  private static final int TOKENS = 1_000;
  private static final int SUBJECTS = 100;
  private static final int THREADS = 3;

  /** How long queries are counted at least, from when the server is back. */
  private static final Duration WINDOW = Duration.ofMillis(1_500);

  @TempDir private Path folder;
  private final Policy policy = Policies.bare(false);
  private final TokenFormat format = new TokenFormat(new Random(1));
  private final List<String> values = new ArrayList<>();

  /** When the last request was allowed, as {@link System#nanoTime}. */
  private final AtomicLong lastAllowed = new AtomicLong();

  private final AtomicLong slowestCallNanos = new AtomicLong();
  private final AtomicBoolean over = new AtomicBoolean();

  @Test
  void known_tokens_go_on_for_a_second_and_all_are_back_soon() throws Exception {
    run(Duration.ofSeconds(1));
  }

  @Test
  @Tag("long")
  void known_tokens_go_on_for_thirty_seconds_and_all_are_back_soon() throws Exception {
    run(Duration.ofSeconds(30));
  }

  private void run(Duration staleIfError) throws Exception {
    try (KillablePostgres server = new KillablePostgres(folder.resolve("postgres"));
        PostgresIdentityStore store =
            new PostgresIdentityStore(
                server.access(),
                CacheLimits.trust(staleIfError).dividedBy(3),
                Clock.systemUTC(),
                new Random(2));
        LastUse lastUse = new LastUse(store, Duration.ofHours(1));
        TokenAuthenticator authenticator =
            new TokenAuthenticator(
                store,
                lastUse,
                CacheLimits.shared(staleIfError),
                Clock.systemUTC(),
                GatewayEvents.NONE)) {
      fill(store);
      ExecutorService load = Executors.newFixedThreadPool(THREADS);
      try {
        for (int thread = 0; thread < THREADS; thread++) {
          int first = thread;
          load.execute(() -> ask(authenticator, first));
        }
        untilAllAreIn(authenticator);
        outage(server, authenticator, staleIfError);
      } finally {
        over.set(true);
        load.shutdown();
      }
    }
  }

  private void fill(PostgresIdentityStore store) {
    Map<String, Set<String>> members = new HashMap<>();
    for (int i = 0; i < SUBJECTS; i++) {
      members.put("subject" + i, Set.of("MEMBER"));
    }
    List<Identities.Token> tokens = new ArrayList<>();
    for (int i = 0; i < TOKENS; i++) {
      values.add(format.generate());
      tokens.add(
          new Identities.Token(
              "subject" + i % SUBJECTS,
              "token" + i,
              List.of("work:read"),
              Bounds.none(),
              Optional.empty(),
              Optional.empty()));
    }
    store.load(
        new Identities(
            List.of(new Identities.Entry(ORGANIZATION, members, Map.of(), Map.of())),
            Set.of(),
            Set.of(),
            tokens),
        token ->
            new NewToken(
                token.subject(),
                token.name(),
                token.scopes(),
                token.bounds(),
                token.expires(),
                TokenDigest.of(values.get(Integer.parseInt(token.name().substring(5)))),
                "",
                false));
  }

  private CompletableFuture<Caller> ask(TokenAuthenticator authenticator, String value) {
    return authenticator.authenticate(Credential.bearer(value), policy);
  }

  /** Asks for one token after the other, as many requests at a time as come. */
  private void ask(TokenAuthenticator authenticator, int first) {
    for (int i = first; !over.get(); i += THREADS) {
      long start = System.nanoTime();
      CompletableFuture<Caller> asked = ask(authenticator, values.get(i % TOKENS));
      slowestCallNanos.accumulateAndGet(System.nanoTime() - start, Math::max);
      var unused =
          asked.thenAccept(
              caller -> {
                if (caller instanceof Caller.Authenticated) {
                  lastAllowed.accumulateAndGet(System.nanoTime(), Math::max);
                }
              });
      LockSupport.parkNanos(500_000);
    }
  }

  private void untilAllAreIn(TokenAuthenticator authenticator) {
    Set<String> missing = new HashSet<>(values);
    long start = System.nanoTime();
    while (!missing.isEmpty()) {
      missing.removeIf(value -> isIn(authenticator, value));
      assertThat(Duration.ofNanos(System.nanoTime() - start))
          .as(
              () ->
                  missing.size()
                      + " are not in; one of them is "
                      + missing.stream()
                          .limit(1)
                          .map(one -> ask(authenticator, one).join())
                          .toList())
          .isLessThan(Duration.ofSeconds(30));
      // Whoever asks again and again without a pause keeps those from answering whom it asks.
      LockSupport.parkNanos(1_000_000);
    }
  }

  private boolean isIn(TokenAuthenticator authenticator, String value) {
    CompletableFuture<Caller> asked = ask(authenticator, value);
    return asked.isDone() && asked.join() instanceof Caller.Authenticated;
  }

  private void outage(
      KillablePostgres server, TokenAuthenticator authenticator, Duration staleIfError)
      throws Exception {
    long killed = System.nanoTime();
    server.kill();
    assertThat(ask(authenticator, values.get(0)).join()).isInstanceOf(Caller.Authenticated.class);
    assertThat(ask(authenticator, format.generate()).join())
        .as("an unknown token")
        .isEqualTo(new Caller.Unavailable());
    while (System.nanoTime() - killed < staleIfError.plusSeconds(1).toNanos()) {
      LockSupport.parkNanos(1_000_000);
    }
    Duration wentOn = Duration.ofNanos(lastAllowed.get() - killed);
    assertThat(wentOn)
        .as("the last that was allowed")
        .isGreaterThan(staleIfError.dividedBy(3))
        .isLessThan(staleIfError.plusMillis(500));
    assertThat(ask(authenticator, values.get(0)).join()).isEqualTo(new Caller.Unavailable());

    server.restart();
    long back = System.nanoTime();
    long before = transactions(server.access());
    untilAllAreIn(authenticator);
    Duration recovered = Duration.ofNanos(System.nanoTime() - back);
    while (System.nanoTime() - back < WINDOW.toNanos()) {
      LockSupport.parkNanos(1_000_000);
    }
    double seconds = (System.nanoTime() - back) / 1e9;
    double queries = (transactions(server.access()) - before) / seconds;
    System.out.printf(
        "staleIfError %s: last allowed %d ms after the kill, all %d tokens back %d ms after the"
            + " server, %.1f queries/s, slowest call %d us%n",
        staleIfError,
        wentOn.toMillis(),
        TOKENS,
        recovered.toMillis(),
        queries,
        slowestCallNanos.get() / 1_000);
    assertThat(recovered).isLessThan(Duration.ofSeconds(5));
    assertThat(queries).isLessThan(50);
  }

  /** Every query outside of a longer transaction is one. */
  private static long transactions(PostgresAccess access) throws SQLException {
    try (Connection connection = PostgresServer.connect(access);
        Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT xact_commit + xact_rollback FROM pg_stat_database"
                    + " WHERE datname = current_database()")) {
      row.next();
      return row.getLong(1);
    }
  }
}
