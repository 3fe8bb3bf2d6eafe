package io.scopegate.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.scopegate.proxy.RecordingBackend.Received;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The attack cases, byte for byte against a gateway and a backend that keeps what it gets. */
@Timeout(30)
// Text blocks have no CR.
@SuppressWarnings("StringConcatToTextBlock")
class SecurityCasesTest {
  private static final Set<String> FAMILIES =
      Set.of("path-confusion", "method-confusion", "identity-header-spoofing", "request-smuggling");

  private static final Map<String, String> CREDENTIALS =
      Map.of(
          "PAT_READ", "pat-read",
          "PAT_WRITE", "pat-write",
          "PAT_ADMIN", "pat-admin",
          "PAT_FEED", "pat-feed",
          "COOKIE_OK", "cookie-ok");

  /** What the backend must have seen where a case lets a request through to it. */
  private static final Map<String, Check> MUST = checks();

  private static RecordingBackend backend;
  private static TestGateway gateway;

  /** What a case demands of the requests at the backend and of the answers. */
  private interface Check {
    void check(List<Received> requests, List<Integer> statuses);
  }

  @BeforeAll
  static void start() throws IOException {
    backend = RecordingBackend.start();
    try (InputStream in = SecurityCasesTest.class.getResourceAsStream("/security/routes.yaml")) {
      gateway =
          TestGateway.with(
                  new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8))
              .backend("core", backend.url())
              .callers(
                  new TestGateway.Callers()
                      .token("pat-read", "reader", List.of("items:read"), "editor")
                      .token("pat-write", "writer", List.of("items:read", "items:write"), "editor")
                      .token("pat-admin", "root", List.of("admin"), "admin")
                      .token("pat-feed", "feeder", List.of("feed:subscribe"), "editor")
                      .token("cookie-ok", "reader", List.of("items:read"), "editor"))
              .start();
    }
  }

  @AfterAll
  static void stop() throws IOException {
    gateway.close();
    backend.close();
  }

  static Stream<SecurityCase> cases() {
    return SecurityCase.of(FAMILIES).stream();
  }

  @Test
  void every_case_that_may_reach_the_backend_says_what_it_must_see() {
    assertThat(cases().filter(one -> one.maxBackendRequests() > 0).map(SecurityCase::id))
        .containsExactlyInAnyOrderElementsOf(MUST.keySet());
    assertThat(cases()).hasSize(93);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void a_case_ends_as_it_must(SecurityCase one) throws Exception {
    if (one.http2()) {
      playOverHttp2(one);
      return;
    }
    try (RawClient client = gateway.connect()) {
      client.send(one.requestWith(CREDENTIALS));
      boolean head = one.request().startsWith("HEAD ");
      RawClient.Answer answer = head ? client.answerToHead() : client.answer();
      assertThat(one.statuses()).as(one.must()).contains(answer.status());
      if (answer.status() >= 400) {
        assertThat(answer.value("Content-Type")).hasValue("application/problem+json");
      }
      List<Integer> statuses = new ArrayList<>(List.of(answer.status()));
      boolean closed = answer.value("Connection").filter("close"::equals).isPresent();
      if (one.closes()) {
        assertThat(closed).as(one.must()).isTrue();
      }
      if (closed) {
        assertThat(client.isClosed()).isTrue();
      } else {
        statuses.addAll(statusesUntilProbe(client));
      }
      List<Received> requests = requestsUntilProbe();
      assertThat(requests).as(one.must()).hasSizeLessThanOrEqualTo(one.maxBackendRequests());
      assertNothingSmuggled(requests);
      MUST.getOrDefault(one.id(), SecurityCasesTest::nothing).check(requests, statuses);
    }
  }

  /** A last request on the same connection; what is answered before it belongs to the case. */
  private static List<Integer> statusesUntilProbe(RawClient client) throws IOException {
    client.send(
        "GET /public/last HTTP/1.1\r\nHost: gw.test\r\nX-Request-Id: the-last-one\r\n"
            + "Connection: close\r\n\r\n");
    List<Integer> statuses = new ArrayList<>();
    RawClient.Answer answer = client.answer();
    while (answer.value("X-Request-Id").filter("the-last-one"::equals).isEmpty()) {
      statuses.add(answer.status());
      answer = client.answer();
    }
    assertThat(client.isClosed()).isTrue();
    return statuses;
  }

  /** Returns what came to the backend before a request of our own, and without that. */
  private static List<Received> requestsUntilProbe() throws IOException, InterruptedException {
    try (RawClient probe = gateway.connect()) {
      probe.send("GET /public/probe HTTP/1.1\r\nHost: gw.test\r\n\r\n");
      assertThat(probe.answer().status()).isEqualTo(200);
    }
    List<Received> requests = new ArrayList<>();
    Received request = backend.next();
    while (!request.startLine().equals("GET /public/probe HTTP/1.1")) {
      if (!request.startLine().equals("GET /public/last HTTP/1.1")) {
        requests.add(request);
      }
      request = backend.next();
    }
    return requests;
  }

  private static void playOverHttp2(SecurityCase one) throws Exception {
    try (RawHttp2Client client = new RawHttp2Client(gateway.address())) {
      assertThat(new Http2Script(client, CREDENTIALS).play(one.script())).isTrue();
      RawHttp2Client.Exchange exchange = client.answer(1);
      assertThat(exchange.status() == 400 || exchange.reset() == 1).as(one.must()).isTrue();
    }
    assertThat(requestsUntilProbe()).as(one.must()).isEmpty();
  }

  /** Whatever was let through: one gateway identity, no credential, nothing of another request. */
  private static void assertNothingSmuggled(List<Received> requests) {
    for (Received request : requests) {
      assertThat(request.startLine()).doesNotContain("smuggled").doesNotContain("/api/admin");
      for (String line : request.lines()) {
        String name = line.substring(0, line.indexOf(':')).toLowerCase(Locale.ROOT);
        assertThat(name.replace('_', '-'))
            .isNotIn("x-smuggled", "upgrade", "http2-settings", "proxy-authorization")
            .doesNotContain("method-override", "original-url", "rewrite-url");
        assertThat(line).doesNotContain("pat-read", "pat-write", "cookie-ok");
      }
    }
  }

  private static void nothing(List<Received> requests, List<Integer> statuses) {
    assertThat(requests).isEmpty();
    assertThat(statuses).hasSize(1);
  }

  private static Map<String, Check> checks() {
    Map<String, Check> checks = new HashMap<>();
    checks.put("PATH-010", (requests, statuses) -> assertThat(requests).isEmpty());
    checks.put("PATH-043", target("/api/items/%ef%bc%8e%ef%bc%8e%ef%bc%8fadmin"));
    checks.put("PATH-046", target("/api/items/a%2Bb%26c%3Dd"));
    checks.put("METH-001", served("GET /api/items/1 HTTP/1.1"));
    checks.put(
        "METH-002",
        (requests, statuses) -> {
          assertThat(statuses).containsExactly(403);
          assertThat(requests).isEmpty();
        });
    checks.put(
        "METH-015",
        (requests, statuses) -> {
          assertThat(statuses).containsExactly(200, 200);
          assertThat(requests)
              .extracting(Received::startLine)
              .containsExactly("GET /api/items/1 HTTP/1.1", "GET /api/items/2 HTTP/1.1");
          assertThat(requests.get(0).body()).hasSize(39).startsWith("GET /api/admin/users");
        });
    for (String id : List.of("IDH-001", "IDH-002", "IDH-004", "IDH-005", "IDH-007")) {
      checks.put(id, SecurityCasesTest::oneIdentity);
    }
    checks.put("IDH-010", SecurityCasesTest::onePeer);
    checks.put("IDH-013", (requests, statuses) -> assertThat(statuses).containsExactly(400));
    checks.put(
        "IDH-015",
        (requests, statuses) -> {
          oneIdentity(requests, statuses);
          assertThat(requests.get(0).values("Authorization")).isEmpty();
          assertThat(requests.get(0).values("Cookie")).containsExactly("theme=dark");
        });
    checks.put("SMUG-005", (requests, statuses) -> assertThat(statuses).containsExactly(400));
    checks.put(
        "SMUG-024",
        (requests, statuses) -> {
          assertThat(requests).hasSize(1);
          assertThat(requests.get(0).values("Transfer-Encoding")).containsExactly("chunked");
          assertThat(requests.get(0).values("Content-Length")).isEmpty();
          assertThat(requests.get(0).body()).isEqualTo("{}");
        });
    checks.put("SMUG-047", served("GET /api/items/1 HTTP/1.1"));
    checks.put("SMUG-052", SecurityCasesTest::nothing);
    checks.put(
        "SMUG-056",
        (requests, statuses) -> {
          assertThat(statuses).containsExactly(401, 200);
          assertThat(requests)
              .extracting(Received::startLine)
              .containsExactly("GET /api/items/2 HTTP/1.1");
        });
    checks.put("SMUG-061", served("GET /api/items/1 HTTP/1.1"));
    return checks;
  }

  private static Check target(String target) {
    return served("GET " + target + " HTTP/1.1");
  }

  private static Check served(String startLine) {
    return (requests, statuses) -> {
      assertThat(statuses).containsExactly(200);
      assertThat(requests).extracting(Received::startLine).containsExactly(startLine);
    };
  }

  private static void oneIdentity(List<Received> requests, List<Integer> statuses) {
    assertThat(statuses).containsExactly(200);
    assertThat(requests).hasSize(1);
    List<String> identity =
        requests.get(0).lines().stream()
            .filter(
                line -> {
                  String name = line.toLowerCase(Locale.ROOT).replace('_', '-');
                  return name.startsWith("x-scopegate-") || name.startsWith("x-forwarded-user");
                })
            .toList();
    assertThat(identity)
        .containsExactlyInAnyOrder(
            "X-Scopegate-Subject: reader",
            "X-Scopegate-Token: token-of-reader",
            "X-Scopegate-Organization: acme",
            "X-Scopegate-Permissions: items:read");
  }

  private static void onePeer(List<Received> requests, List<Integer> statuses) {
    assertThat(statuses).containsExactly(200);
    assertThat(requests).hasSize(1);
    assertThat(requests.get(0).values("X-Forwarded-For")).containsExactly("127.0.0.1");
    assertThat(requests.get(0).lines()).noneMatch(line -> line.contains("10.0.0.1"));
  }
}
