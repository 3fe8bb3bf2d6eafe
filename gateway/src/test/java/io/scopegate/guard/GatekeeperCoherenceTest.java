package io.scopegate.guard;

import static org.assertj.core.api.Assertions.assertThat;

import io.scopegate.authn.CacheLimits;
import io.scopegate.authn.TokenAuthenticator;
import io.scopegate.authn.TokenFormat;
import io.scopegate.event.GatewayEvents;
import io.scopegate.file.PolicyReader;
import io.scopegate.permission.Level;
import io.scopegate.policy.Bounds;
import io.scopegate.policy.Code;
import io.scopegate.policy.Decision;
import io.scopegate.policy.Policy;
import io.scopegate.route.HttpFields;
import io.scopegate.store.IdentityStore;
import io.scopegate.store.LastUse;
import io.scopegate.store.NewToken;
import io.scopegate.store.SqliteIdentityStore;
import io.scopegate.store.TokenDigest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What was acknowledged is in force, and what was judged was judged by one table. */
class GatekeeperCoherenceTest {
  private static final String TABLE =
      """
      apiVersion: scopegate/v1
      permissions: { work:read: Read, work:write: Write }
      roles:
        organization:
          READER: { grants: [work:read] }
          WRITER: { grants: [work:write] }
      places: { organization: { path: org } }
      backend: core
      routes:
        - { match: "GET /first/{org}", id: first-%1$s, require: %2$s }
        - { match: "GET /second/{org}", id: second-%1$s, require: %3$s }
      """;

  private final AtomicBoolean over = new AtomicBoolean();
  private final Semaphore answered = new Semaphore(0);
  private final ExecutorService traffic = Executors.newFixedThreadPool(3);
  @TempDir private Path folder;
  private IdentityStore store;
  private LastUse lastUse;
  private TokenAuthenticator authenticator;

  @BeforeEach
  void open() {
    store = new SqliteIdentityStore(folder.resolve("data"), Clock.systemUTC(), new Random(5));
    lastUse = new LastUse(store, Duration.ofHours(1));
    authenticator =
        new TokenAuthenticator(
            store,
            lastUse,
            CacheLimits.embedded(Duration.ofSeconds(30)),
            Clock.systemUTC(),
            GatewayEvents.NONE);
  }

  @AfterEach
  void close() {
    over.set(true);
    traffic.shutdownNow();
    authenticator.close();
    lastUse.close();
    store.close();
  }

  private Policy table(String name, String first, String second) throws IOException {
    Path file = folder.resolve(name + ".yaml");
    Files.writeString(file, TABLE.formatted(name, first, second));
    PolicyReader.Outcome outcome = PolicyReader.read(file, Optional.empty());
    return outcome.policy().orElseThrow(() -> new AssertionError(outcome.problems()));
  }

  private String token(String name) {
    String value = new TokenFormat(new Random(name.hashCode())).generate();
    store.create(
        new NewToken(
            "bob",
            name,
            List.of("*"),
            Bounds.none(),
            Optional.empty(),
            TokenDigest.of(value),
            TokenFormat.start(value),
            false));
    return value;
  }

  private void hold(String role) {
    store.putMember("acme", Level.ORGANIZATION, "acme", "bob", Set.of(role));
  }

  private static Decision judge(Gatekeeper gatekeeper, String path, String token) {
    HttpFields fields = HttpFields.of(Map.of("Authorization", List.of("Bearer " + token)));
    return gatekeeper.judge("GET", path, "localhost", fields).join();
  }

  /** Asks from three threads until it is over; returns what counts how often they did. */
  private List<Future<Integer>> start(Runnable request) {
    List<Future<Integer>> counts = new ArrayList<>();
    Callable<Integer> asking =
        () -> {
          int asked = 0;
          while (!over.get()) {
            request.run();
            asked++;
            answered.release();
          }
          return asked;
        };
    for (int thread = 0; thread < 3; thread++) {
      counts.add(traffic.submit(asking));
    }
    return counts;
  }

  /** Waits until the traffic has gone on for a while. */
  private void letPass(List<Future<Integer>> counts) throws Exception {
    answered.drainPermits();
    if (!answered.tryAcquire(50, 10, TimeUnit.SECONDS)) {
      end(counts);
      throw new AssertionError("the traffic has stopped");
    }
  }

  private void end(List<Future<Integer>> counts) throws Exception {
    over.set(true);
    for (Future<Integer> count : counts) {
      // With the failure of the thread, if it had one.
      assertThat(count.get()).isNotNegative();
    }
  }

  @Test
  void a_role_that_was_taken_is_refused_to_every_request_that_starts_then() throws Exception {
    Gatekeeper gatekeeper =
        new Gatekeeper(
            new LivePolicy(table("a", "work:write", "work:read")),
            authenticator,
            GatewayEvents.NONE);
    String token = token("ci");
    hold("WRITER");
    // Odd while a change is under way, else even: a multiple of 4 while bob is a writer.
    AtomicInteger epoch = new AtomicInteger();
    AtomicInteger granted = new AtomicInteger();

    List<Future<Integer>> counts =
        start(
            () -> {
              int before = epoch.get();
              Decision decision = judge(gatekeeper, "/first/acme", token);
              boolean stable = epoch.get() == before;
              if (stable && before % 4 == 0) {
                assertThat(decision).isInstanceOf(Decision.Allow.class);
                granted.incrementAndGet();
              } else if (stable && before % 4 == 2) {
                assertThat(((Decision.Deny) decision).code()).isEqualTo(Code.INSUFFICIENT_ROLE);
              }
            });
    letPass(counts);
    for (int change = 0; change < 100; change++) {
      epoch.incrementAndGet();
      hold(change % 2 == 0 ? "READER" : "WRITER");
      epoch.incrementAndGet();
      letPass(counts);
    }
    end(counts);
    assertThat(granted).hasPositiveValue();
  }

  @Test
  void a_revoked_token_is_refused_to_every_request_that_starts_then() throws Exception {
    Gatekeeper gatekeeper =
        new Gatekeeper(
            new LivePolicy(table("a", "work:write", "work:read")),
            authenticator,
            GatewayEvents.NONE);
    hold("WRITER");
    for (int round = 0; round < 20; round++) {
      over.set(false);
      String token = token("round " + round);
      AtomicBoolean revoked = new AtomicBoolean();

      List<Future<Integer>> counts =
          start(
              () -> {
                boolean before = revoked.get();
                Decision decision = judge(gatekeeper, "/first/acme", token);
                if (before) {
                  assertThat(((Decision.Deny) decision).code()).isEqualTo(Code.CREDENTIAL_INVALID);
                }
              });
      letPass(counts);
      assertThat(judge(gatekeeper, "/first/acme", token)).isInstanceOf(Decision.Allow.class);
      store.tokens(Optional.of("bob")).forEach(kept -> store.revoke(kept.id()));
      revoked.set(true);
      letPass(counts);
      assertThat(judge(gatekeeper, "/first/acme", token)).isInstanceOf(Decision.Deny.class);
      end(counts);
    }
  }

  @Test
  void two_hundred_reloads_leave_no_request_judged_by_two_tables() throws Exception {
    Policy old = table("old", "work:write", "work:read");
    Policy young = table("new", "work:read", "work:write");
    AtomicInteger reads = new AtomicInteger();
    PolicySource.Loaded first = new PolicySource.Loaded(Optional.of(old), List.of(), Set.of());
    LivePolicy live =
        new LivePolicy(
            first,
            () ->
                new PolicySource.Loaded(
                    Optional.of(reads.incrementAndGet() % 2 == 0 ? old : young),
                    List.of(),
                    Set.of()),
            GatewayEvents.NONE);
    Gatekeeper gatekeeper = new Gatekeeper(live, authenticator, GatewayEvents.NONE);
    String token = token("ci");
    hold("READER");

    List<Future<Integer>> counts =
        start(
            () -> {
              for (String path : List.of("first", "second")) {
                Decision decision = judge(gatekeeper, "/" + path + "/acme", token);
                String row = Objects.requireNonNull(decision.row()).id();
                boolean allowed = row.equals("second-old") || row.equals("first-new");
                assertThat(decision instanceof Decision.Allow).as(row).isEqualTo(allowed);
              }
            });
    for (int reload = 1; reload <= 200; reload++) {
      assertThat(live.reload().ok()).isTrue();
      if (reload % 10 == 0) {
        letPass(counts);
      }
    }
    assertThat(live.current().generation()).isEqualTo(201);
    end(counts);
  }
}
