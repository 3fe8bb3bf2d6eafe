package io.scopegate.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.scopegate.SettableClock;
import io.scopegate.authn.CacheLimits;
import io.scopegate.authn.PausableStore;
import io.scopegate.authn.TokenAuthenticator;
import io.scopegate.authn.TokenFormat;
import io.scopegate.event.GatewayEvents;
import io.scopegate.permission.Level;
import io.scopegate.policy.Bounds;
import io.scopegate.store.LastUse;
import io.scopegate.store.NewToken;
import io.scopegate.store.SqliteIdentityStore;
import io.scopegate.store.StoredToken;
import io.scopegate.store.TokenDigest;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The attack cases on caches that one gateway meets, with a real store that is slow on demand. The
 * others are in {@code FleetCacheCasesTest}.
 */
@Timeout(60)
class CacheCasesTest {
  /** The cases that are told here; every other one of the family is told there. */
  static final Set<String> HERE =
      Set.of("CACHE-004", "CACHE-009", "CACHE-010", "CACHE-012", "CACHE-013");

  private static final String ROUTES =
      """
      apiVersion: scopegate/v1
      permissions: { items:read: Read }
      roles: { organization: { viewer: { grants: [items:read] } } }
      places: { organization: [{ is: acme }] }
      backend: core
      routes: [{ match: "GET /api/items", require: items:read }]
      """;
  private static final Duration LIFE = Duration.ofHours(1);

  @TempDir private Path folder;
  private final SettableClock clock = new SettableClock(Instant.parse("2026-11-21T12:00:00Z"));
  private final TokenFormat format = new TokenFormat(new Random(1));
  private PausableStore store;
  private LastUse lastUse;
  private TokenAuthenticator authenticator;
  private RecordingBackend backend;
  private TestGateway gateway;

  @BeforeEach
  void start() throws IOException {
    store = new PausableStore(new SqliteIdentityStore(folder, clock, new Random(2)));
    lastUse = new LastUse(store, Duration.ofHours(1));
    authenticator =
        new TokenAuthenticator(
            store,
            lastUse,
            CacheLimits.embedded(Duration.ofSeconds(30)),
            clock,
            GatewayEvents.NONE);
    backend = RecordingBackend.start();
    gateway =
        TestGateway.with(ROUTES).backend("core", backend.url()).callers(authenticator).start();
    store.putMember("acme", Level.ORGANIZATION, "acme", "bob", Set.of("viewer"));
  }

  @AfterEach
  void stop() throws IOException {
    gateway.close();
    backend.close();
    authenticator.close();
    lastUse.close();
    store.close();
  }

  private StoredToken create(String value) {
    return store.create(
        new NewToken(
            "bob",
            "token " + value,
            List.of("items:read"),
            Bounds.none(),
            Optional.of(clock.instant().plus(LIFE)),
            TokenDigest.of(value),
            "",
            !TokenFormat.isClaimedBy(value)));
  }

  private static RawClient ask(RawClient client, String value) throws IOException {
    return client.send(
        "GET /api/items HTTP/1.1\r\nHost: gw.test\r\nAuthorization: Bearer " + value + "\r\n\r\n");
  }

  private int status(String value) throws IOException {
    try (RawClient client = gateway.connect()) {
      return ask(client, value).answer().status();
    }
  }

  @Test
  void cache_004_a_revocation_overtakes_the_load_of_its_token() throws Exception {
    String value = format.generate();
    StoredToken token = create(value);
    PausableStore.Pause pause = store.holdNext();
    try (RawClient early = gateway.connect()) {
      ask(early, value);
      pause.awaitHeld();
      assertThat(store.revoke(token.id())).isTrue();
      assertThat(status(value)).as("it started after the revocation").isEqualTo(401);
      pause.release();
      assertThat(early.answer().status()).as("it started before").isIn(200, 401);
    }
    int reached = backend.requests();
    assertThat(status(value)).as("what was loaded before it does not stay").isEqualTo(401);
    assertThat(backend.requests()).isEqualTo(reached);
  }

  @Test
  void cache_009_random_tokens_push_out_no_good_one() throws Exception {
    flood(4_000);
  }

  @Test
  @Tag("long")
  void cache_009_a_million_random_tokens_push_out_no_good_one() throws Exception {
    flood(1_000_000);
  }

  private void flood(int random) throws IOException {
    List<String> live = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      String value = format.generate();
      create(value);
      live.add(value);
    }
    try (RawClient client = gateway.connect()) {
      for (String value : live) {
        assertThat(ask(client, value).answer().status()).isEqualTo(200);
      }
      int atATime = 50;
      for (int asked = 0; asked < random; asked += atATime) {
        for (int i = 0; i < atATime; i++) {
          ask(client, format.generate());
        }
        for (int i = 0; i < atATime; i++) {
          assertThat(client.answer().status()).isEqualTo(401);
        }
      }
      int reads = store.tokenReads.get();
      for (String value : live) {
        assertThat(ask(client, value).answer().status()).isEqualTo(200);
      }
      assertThat(store.tokenReads).as("every good one was still known").hasValue(reads);
      assertThat(backend.requests()).isEqualTo(2 * live.size());
    }
  }

  @Test
  void cache_010_concurrent_first_uses_share_a_load_and_the_end_of_a_hot_token_costs_none()
      throws Exception {
    String value = format.generate();
    create(value);
    PausableStore.Pause pause = store.holdNext();
    List<RawClient> clients = new ArrayList<>();
    try {
      for (int i = 0; i < 500; i++) {
        clients.add(ask(gateway.connect(), value));
      }
      pause.awaitHeld();
      TestGateway.settle();
      pause.release();
      for (RawClient client : clients) {
        assertThat(client.answer().status()).isEqualTo(200);
      }
      assertThat(store.tokenReads).hasValue(1);
      assertThat(backend.requests()).isEqualTo(500);

      clock.advance(LIFE);
      for (RawClient client : clients) {
        ask(client, value);
      }
      for (RawClient client : clients) {
        assertThat(client.answer().status()).isEqualTo(401);
      }
      assertThat(store.tokenReads).hasValue(1);
      assertThat(backend.requests()).isEqualTo(500);
    } finally {
      for (RawClient client : clients) {
        client.close();
      }
    }
  }

  @Test
  void cache_012_a_load_that_takes_too_long_is_503_in_time_and_tried_again() throws Exception {
    Duration fastest = Duration.ofMinutes(1);
    // The bound is the gateway's; a machine that is busy with other things may miss it once.
    for (int i = 0; i < 5 && fastest.compareTo(Duration.ofMillis(1_200)) > 0; i++) {
      String value = format.generate();
      create(value);
      PausableStore.Pause pause = store.holdNext();
      long start = System.nanoTime();
      assertThat(status(value)).isEqualTo(503);
      Duration took = Duration.ofNanos(System.nanoTime() - start);
      fastest = took.compareTo(fastest) < 0 ? took : fastest;
      assertThat(took).isGreaterThan(Duration.ofMillis(900));

      int reads = store.tokenReads.get();
      assertThat(status(value)).as("the same load is still under way").isEqualTo(503);
      assertThat(store.tokenReads).hasValue(reads);
      assertThat(backend.requests()).isEqualTo(i);
      pause.release();
      while (status(value) == 503) {
        assertThat(backend.requests()).isEqualTo(i);
      }
      assertThat(backend.requests()).isEqualTo(i + 1);
    }
    assertThat(fastest).isLessThanOrEqualTo(Duration.ofMillis(1_200));
  }

  @Test
  void cache_013_tokens_are_told_apart_by_all_of_their_digest() throws Exception {
    String value = "Aa".repeat(20);
    String other = "BB".repeat(20);
    assertThat(value.hashCode()).isEqualTo(other.hashCode());
    create(value);
    assertThat(status(value)).isEqualTo(200);
    assertThat(status(other)).isEqualTo(401);
    assertThat(status(value)).isEqualTo(200);
    assertThat(backend.requests()).isEqualTo(2);
  }
}
