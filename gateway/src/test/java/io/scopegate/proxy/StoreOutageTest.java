package io.scopegate.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.concurrent.EventExecutor;
import io.scopegate.authn.CacheLimits;
import io.scopegate.authn.TokenAuthenticator;
import io.scopegate.authn.TokenFormat;
import io.scopegate.event.GatewayEvents;
import io.scopegate.permission.Level;
import io.scopegate.policy.Bounds;
import io.scopegate.store.KillablePostgres;
import io.scopegate.store.LastUse;
import io.scopegate.store.NewToken;
import io.scopegate.store.PostgresIdentityStore;
import io.scopegate.store.TokenDigest;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The shared store is killed under load over HTTP: the event loops go on as if nothing was. */
class StoreOutageTest {
  private static final String ROUTES =
      """
      apiVersion: scopegate/v1
      permissions: { work:read: Read }
      roles: { organization: { MEMBER: { grants: [work:read] } } }
      places: { organization: [{ path: org }] }
      backend: core
      routes: [{ match: "GET /orgs/{org}", require: work:read }]
      """;
  private static final Duration STALE = Duration.ofSeconds(10);
  private static final int TOKENS = 500;
  private static final int THREADS = 2;

  @TempDir private Path folder;
  private final TokenFormat format = new TokenFormat(new Random(1));
  private final List<String> values = new ArrayList<>();
  private final AtomicBoolean over = new AtomicBoolean();
  private final AtomicLong lastAllowed = new AtomicLong();
  private final AtomicLong answers = new AtomicLong();

  @Test
  @Tag("long")
  void the_event_loops_are_never_blocked_while_the_store_is_away() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(THREADS + 1);
    try (KillablePostgres server = new KillablePostgres(folder.resolve("postgres"));
        PostgresIdentityStore store =
            new PostgresIdentityStore(
                server.access(),
                CacheLimits.trust(STALE).dividedBy(3),
                Clock.systemUTC(),
                new Random(2));
        LastUse lastUse = new LastUse(store, Duration.ofSeconds(1));
        TokenAuthenticator authenticator =
            new TokenAuthenticator(
                store, lastUse, CacheLimits.shared(STALE), Clock.systemUTC(), GatewayEvents.NONE);
        RecordingBackend backend = RecordingBackend.start();
        TestGateway gateway =
            TestGateway.with(ROUTES)
                .backend("core", backend.url())
                .callers(authenticator)
                .start()) {
      fill(store);
      List<Future<?>> load = new ArrayList<>();
      for (int thread = 0; thread < THREADS; thread++) {
        int seed = thread;
        load.add(threads.submit(() -> ask(gateway, seed)));
      }
      long[] before = lag(Duration.ofSeconds(5));
      long answersBefore = answers.get();
      server.kill();
      long killed = System.nanoTime();
      Future<long[]> during = threads.submit(() -> lag(STALE.plusSeconds(5)));
      assertThat(status(gateway, format.generate())).as("an unknown token").isEqualTo(503);
      long[] away = during.get();
      long answersAway = answers.get() - answersBefore;
      assertThat(status(gateway, values.get(0))).as("nothing goes on").isEqualTo(503);
      assertThat(Duration.ofNanos(lastAllowed.get() - killed))
          .isGreaterThan(STALE.dividedBy(2))
          .isLessThan(STALE.plusSeconds(1));
      server.restart();
      long[] after = lag(Duration.ofSeconds(5));
      assertThat(status(gateway, values.get(0))).isEqualTo(200);
      over.set(true);
      for (Future<?> one : load) {
        one.get();
      }
      System.out.printf(
          "lag of the event loops: before p99 %d us (%d answers), while PostgreSQL is dead p99 %d"
              + " us, max %d us (%d answers), after p99 %d us%n",
          p99(before),
          answersBefore,
          p99(away),
          away[away.length - 1] / 1_000,
          answersAway,
          p99(after));
      assertThat(p99(away)).isLessThan(10_000);
      assertThat(p99(after)).isLessThan(10_000);
    } finally {
      over.set(true);
      threads.shutdown();
    }
  }

  private static long p99(long[] sortedNanos) {
    return sortedNanos[sortedNanos.length * 99 / 100] / 1_000;
  }

  private void fill(PostgresIdentityStore store) {
    for (int i = 0; i < TOKENS; i++) {
      String value = format.generate();
      values.add(value);
      store.create(
          new NewToken(
              "bob",
              "token" + i,
              List.of("work:read"),
              Bounds.none(),
              Optional.empty(),
              TokenDigest.of(value),
              "",
              false));
    }
    store.putMember("acme", Level.ORGANIZATION, "acme", "bob", Set.of("MEMBER"));
  }

  private static RawClient.Answer answer(RawClient client, String value) throws IOException {
    return client
        .send(
            "GET /orgs/acme HTTP/1.1\r\nHost: gw.test\r\nAuthorization: Bearer "
                + value
                + "\r\n\r\n")
        .answer();
  }

  private static int status(TestGateway gateway, String value) throws IOException {
    try (RawClient client = gateway.connect()) {
      return answer(client, value).status();
    }
  }

  private int ask(TestGateway gateway, int seed) throws IOException {
    Random random = new Random(seed);
    try (RawClient client = gateway.connect()) {
      while (!over.get()) {
        int status = answer(client, values.get(random.nextInt(TOKENS))).status();
        assertThat(status).isIn(200, 503);
        answers.incrementAndGet();
        if (status == 200) {
          lastAllowed.accumulateAndGet(System.nanoTime(), Math::max);
        }
        LockSupport.parkNanos(2_000_000);
      }
    }
    return 0;
  }

  /** Returns, sorted, how long tasks waited for their turn on the event loops. */
  private static long[] lag(Duration length) throws Exception {
    List<Long> nanos = new ArrayList<>();
    long end = System.nanoTime() + length.toNanos();
    while (System.nanoTime() < end) {
      for (EventExecutor loop : TestGateway.loops().group()) {
        long start = System.nanoTime();
        nanos.add(loop.submit(System::nanoTime).get() - start);
      }
      LockSupport.parkNanos(1_000_000);
    }
    return nanos.stream().mapToLong(Long::longValue).sorted().toArray();
  }
}
