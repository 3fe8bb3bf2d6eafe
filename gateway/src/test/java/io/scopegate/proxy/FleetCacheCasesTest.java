package io.scopegate.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.scopegate.RunningGateway;
import io.scopegate.authn.session.TestIssuer;
import io.scopegate.endpoint.Json;
import io.scopegate.store.PostgresAccess;
import io.scopegate.store.PostgresServer;
import io.scopegate.store.TokenDigest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The attack cases on caches, against three whole gateways with a shared store and an issuer. */
@Timeout(60)
class FleetCacheCasesTest {
  private static final Set<String> HERE =
      Set.of("CACHE-001", "CACHE-002", "CACHE-006", "CACHE-008", "CACHE-012", "CACHE-014");

  private static final String ROUTES =
      """
      apiVersion: scopegate/v1
      permissions: { items:read: Read, admin: Administer }
      roles:
        organization:
          viewer: { grants: [items:read] }
          admin: { includes: [viewer], grants: [admin] }
      places: { organization: [{ is: acme }] }
      backend: core
      routes:
        - { match: "GET /api/items", require: items:read }
        - { match: "GET /api/admin", require: admin }
      """;
  private static final String SETTINGS =
      """
      store: { url: "%s", user: postgres, password: "${DATABASE_PASSWORD}" }
      issuers:
        - { name: idp, issuer: "%2$s", audience: gw, prefix: "j:" }
        - name: asked
          issuer: opaque
          introspection:
            url: "%2$s/introspect"
            clientId: gate
            clientSecret: "${WATCHER}"
            freshFor: 1s
      """;
  private static final Duration SOON = Duration.ofSeconds(1);
  private static final Duration LONGEST = Duration.ofSeconds(20);
  private static final Duration POLLED = Duration.ofSeconds(5);

  @TempDir static Path folder;
  private static final List<RunningGateway> FLEET = new ArrayList<>();
  private static PostgresAccess database;
  private static TestIssuer idp;
  private static int made;

  @BeforeAll
  static void start() throws IOException {
    idp = TestIssuer.start();
    database = PostgresServer.database();
    for (String name : List.of("a", "b", "c")) {
      FLEET.add(
          new RunningGateway(
              Files.createDirectory(folder.resolve(name)),
              ROUTES,
              false,
              SETTINGS.formatted(database.url(), idp.url()),
              Map.of("DATABASE_PASSWORD", "postgres")));
    }
  }

  @AfterAll
  static void stop() throws IOException {
    for (RunningGateway gateway : FLEET) {
      gateway.close();
    }
    idp.close();
  }

  /** A token of a subject of its own. */
  private record Made(String id, String subject, String value) {}

  private static Made made(String role) throws IOException, InterruptedException {
    String subject = "subject" + made++;
    role(FLEET.get(0), subject, role);
    JsonNode token =
        Json.read(
            FLEET
                .get(0)
                .admin(
                    "POST",
                    "/api/v1/tokens",
                    "{\"subject\": \"%s\", \"name\": \"t\", \"scopes\": [\"*\"]}"
                        .formatted(subject))
                .body());
    return new Made(token.path("id").asString(), subject, token.path("value").asString());
  }

  private static void role(RunningGateway gateway, String subject, String role)
      throws IOException, InterruptedException {
    String member = "/api/v1/organizations/acme/members/" + subject;
    assertThat(gateway.admin("PUT", member, "{\"roles\": [\"%s\"]}".formatted(role)).statusCode())
        .isEqualTo(204);
  }

  private static int ask(RunningGateway gateway, String path, String value)
      throws IOException, InterruptedException {
    return gateway.edge("GET", path, value).statusCode();
  }

  /** Asks all until they say so, and returns how long that took since the change. */
  private static Duration until(int status, String path, String value) throws Exception {
    long start = System.nanoTime();
    Set<RunningGateway> others = new HashSet<>(FLEET);
    while (!others.isEmpty()) {
      for (RunningGateway gateway : List.copyOf(others)) {
        if (ask(gateway, path, value) == status) {
          others.remove(gateway);
        }
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(LONGEST);
      }
    }
    return Duration.ofNanos(System.nanoTime() - start);
  }

  private static int cookie(RunningGateway gateway, String value) throws IOException {
    try (RawClient client = new RawClient(gateway.edge())) {
      return client
          .send(
              "GET /api/items HTTP/1.1\r\nHost: gw.test\r\nCookie: __Host-scopegate="
                  + value
                  + "\r\n\r\n")
          .answer()
          .status();
    }
  }

  @Test
  void every_case_of_the_family_is_told() {
    Set<String> told = new HashSet<>(HERE);
    told.addAll(CacheCasesTest.HERE);
    assertThat(told).containsExactlyInAnyOrderElementsOf(SecurityCase.idsOf("cache"));
  }

  @Test
  void cache_001_a_revocation_is_in_force_at_once_where_it_was_made() throws Exception {
    RunningGateway here = FLEET.get(0);
    for (int i = 0; i < 20; i++) {
      Made token = made("viewer");
      assertThat(ask(here, "/api/items", token.value())).isEqualTo(200);
      int reached = here.core().requests();
      assertThat(here.admin("DELETE", "/api/v1/tokens/" + token.id(), "").statusCode())
          .isEqualTo(204);
      assertThat(ask(here, "/api/items", token.value())).isEqualTo(401);
      assertThat(here.core().requests()).isEqualTo(reached);
    }
  }

  @Test
  void cache_002_a_revocation_is_in_force_elsewhere_in_a_second() throws Exception {
    for (boolean cut : new boolean[] {false, true}) {
      Made token = made("viewer");
      until(200, "/api/items", token.value());
      if (cut) {
        PostgresServer.execute(
            database,
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                + " WHERE datname = current_database() AND query LIKE '%pg_postmaster_start_time%'"
                + " AND pid <> pg_backend_pid()");
      }
      assertThat(FLEET.get(1).admin("DELETE", "/api/v1/tokens/" + token.id(), "").statusCode())
          .isEqualTo(204);
      assertThat(until(401, "/api/items", token.value())).isLessThan(cut ? POLLED : SOON);
    }
  }

  @Test
  void cache_006_a_lowered_role_is_in_force_at_once_here_and_in_a_second_elsewhere()
      throws Exception {
    Made token = made("admin");
    until(200, "/api/admin", token.value());
    role(FLEET.get(2), token.subject(), "viewer");
    assertThat(ask(FLEET.get(2), "/api/admin", token.value())).isEqualTo(403);
    assertThat(until(403, "/api/admin", token.value())).isLessThan(SOON);
    assertThat(ask(FLEET.get(0), "/api/items", token.value())).isEqualTo(200);
  }

  @Test
  void cache_008_a_token_that_was_unknown_is_valid_as_soon_as_it_is_made() throws Exception {
    String value = "an-imported-secret-of-a-hundred-and-twenty-eight-bits-" + made++;
    String imported =
        """
        apiVersion: scopegate/v1
        subjects: { ivy: { disabled: false } }
        tokens: [{ subject: ivy, name: "%d", scopes: ["*"], digest: "sha256:%s" }]
        """;
    // From now on such values are looked up at all.
    FLEET.get(0).load(imported.formatted(1, "0".repeat(64)));
    role(FLEET.get(0), "ivy", "viewer");
    for (RunningGateway gateway : FLEET) {
      assertThat(ask(gateway, "/api/items", value)).isEqualTo(401);
    }
    FLEET.get(0).load(imported.formatted(2, TokenDigest.of(value).hex()));
    assertThat(ask(FLEET.get(0), "/api/items", value)).as("here at once").isEqualTo(200);
    assertThat(until(200, "/api/items", value)).isLessThan(SOON);
  }

  @Test
  void cache_012_a_session_that_cannot_be_told_in_time_is_503_and_tried_again() throws Exception {
    CountDownLatch latch = new CountDownLatch(1);
    idp.knows("slow-opaque-session", "{\"active\":true,\"sub\":\"ann\",\"scope\":\"items:read\"}");
    idp.holdUntil(latch);
    RunningGateway gateway = FLEET.get(0);
    // Whatever it knew of the keys, it looks again now.
    assertThat(gateway.admin("POST", "/api/v1/reload", "").statusCode()).isEqualTo(200);
    int questions = idp.questions();
    int fetches = idp.keyFetches();
    try {
      for (String value : List.of(jwt("slow"), "slow-opaque-session")) {
        int reached = gateway.core().requests();
        List<RawClient> clients = new ArrayList<>();
        long start = System.nanoTime();
        for (int i = 0; i < 20; i++) {
          clients.add(
              new RawClient(gateway.edge())
                  .send(
                      "GET /api/items HTTP/1.1\r\nHost: gw.test\r\nAuthorization: Bearer "
                          + value
                          + "\r\n\r\n"));
        }
        for (RawClient client : clients) {
          RawClient.Answer answer = client.answer();
          assertThat(answer.status()).isEqualTo(503);
          assertThat(answer.value("Retry-After")).isPresent();
          client.close();
        }
        Duration took = Duration.ofNanos(System.nanoTime() - start);
        System.out.printf("20 sessions nobody can tell: all 503 in %d ms%n", took.toMillis());
        assertThat(took).isLessThan(Duration.ofSeconds(3));
        start = System.nanoTime();
        assertThat(ask(gateway, "/api/items", value)).isEqualTo(503);
        assertThat(Duration.ofNanos(System.nanoTime() - start))
            .as("the load is known to be late")
            .isLessThan(Duration.ofMillis(900));
        assertThat(gateway.core().requests()).isEqualTo(reached);
      }
      assertThat(idp.questions()).as("one load for all").isEqualTo(questions + 1);
      assertThat(idp.keyFetches()).isLessThanOrEqualTo(fetches + 1);
    } finally {
      latch.countDown();
      idp.holdUntil(new CountDownLatch(0));
    }
    role(gateway, "ann", "viewer");
    role(gateway, "j:slow", "viewer");
    until(200, "/api/items", "slow-opaque-session");
    until(200, "/api/items", jwt("slow"));
  }

  private static String jwt(String subject) {
    return idp.ecToken(
        Map.of(
            "iss",
            idp.url(),
            "aud",
            "gw",
            "sub",
            subject,
            "scope",
            "items:read",
            "exp",
            Clock.systemUTC().instant().plusSeconds(600).getEpochSecond()));
  }

  @Test
  void cache_014_a_session_that_has_ended_ends_on_every_replica() throws Exception {
    idp.knows("a-cookie-session", "{\"active\":true,\"sub\":\"cora\",\"scope\":\"items:read\"}");
    role(FLEET.get(0), "cora", "viewer");
    until(200, "/api/items", "a-cookie-session");
    for (RunningGateway gateway : FLEET) {
      assertThat(cookie(gateway, "a-cookie-session")).isEqualTo(200);
    }
    // The issuer ends it; an answer of theirs counts as long as the file says.
    idp.forgets("a-cookie-session");
    Duration ended = until(401, "/api/items", "a-cookie-session");
    assertThat(ended).isLessThan(POLLED);
    for (RunningGateway gateway : FLEET) {
      assertThat(cookie(gateway, "a-cookie-session")).isEqualTo(401);
    }
    // Here somebody ends all sessions of a subject.
    String session = jwt("cora");
    role(FLEET.get(0), "j:cora", "viewer");
    until(200, "/api/items", session);
    FLEET.get(0).admin("PUT", "/api/v1/subjects/j:cora", "{\"disabled\": true}");
    assertThat(ask(FLEET.get(0), "/api/items", session)).isEqualTo(401);
    assertThat(until(401, "/api/items", session)).isLessThan(SOON);
  }
}
