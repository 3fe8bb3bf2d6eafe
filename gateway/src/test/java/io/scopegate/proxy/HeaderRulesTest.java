package io.scopegate.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.scopegate.backend.Backend;
import io.scopegate.backend.FieldChanges;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a backend and a client get of each other's header fields. */
@Timeout(30)
// Text blocks have no CR.
@SuppressWarnings("StringConcatToTextBlock")
class HeaderRulesTest {
  private static final String ROUTES =
      """
      apiVersion: scopegate/v1
      permissions: { work:read: r, work:write: w }
      roles: { organization: { MEMBER: { grants: ["*"] } } }
      places: { organization: [{ is: acme }] }
      backend: core
      routes:
        - { match: "ANY /open", access: public }
        - { match: "GET /me", access: authenticated }
        - { match: "GET /guarded", require: work:read }
        - { match: "GET /anywhere", require: work:read, at: any }
        - { match: "GET /shadow", require: work:read, mode: shadow }
        - prefix: /old/api
          stripPrefix: true
          routes: [{ match: "GET /{rest*}", access: public }, { match: "GET /", access: public }]
      """;

  private static RecordingBackend backend;
  private static TestGateway untrusting;
  private static TestGateway trusting;

  @BeforeAll
  static void start() throws IOException {
    backend = RecordingBackend.start();
    untrusting = with(TrustedProxies.none()).start();
    trusting = with(TrustedProxies.parse(List.of("10.0.0.0/8", "127.0.0.0/8"))).start();
  }

  private static TestGateway.Builder with(TrustedProxies trusted) {
    FrontendSettings settings =
        new FrontendSettings(
            Duration.ofSeconds(30),
            Duration.ofSeconds(30),
            Duration.ofSeconds(30),
            1 << 20,
            trusted);
    return TestGateway.with(ROUTES)
        .backend("core", backend.url())
        .frontend(settings)
        .callers(new TestGateway.Callers().token("full", "alice", List.of("*"), "MEMBER"));
  }

  @AfterAll
  static void stop() throws IOException {
    untrusting.close();
    trusting.close();
    backend.close();
  }

  static Stream<String> cases() throws IOException {
    try (InputStream in = HeaderRulesTest.class.getResourceAsStream("/proxy/request-fields.txt")) {
      String text =
          new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8)
              .lines()
              .filter(line -> !line.startsWith("#"))
              .collect(Collectors.joining("\n", "", "\n"));
      return Arrays.stream(text.split("----\n", -1));
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void a_backend_gets_the_fields_it_should(String text) throws Exception {
    List<String> lines = text.lines().toList();
    String[] first = lines.get(0).split(" ", -1);
    int middle = lines.indexOf("=");
    List<String> expected = lines.subList(middle + 1, lines.size());
    TestGateway gateway = first[2].equals("trusted") ? trusting : untrusting;
    try (RawClient client = gateway.connect()) {
      client.send(
          first[0]
              + " "
              + first[1]
              + " HTTP/1.1\r\nHost: gw.test\r\n"
              + lines.subList(1, middle).stream().map(l -> l + "\r\n").collect(Collectors.joining())
              + "\r\n");
      assertThat(client.answer().status()).isEqualTo(200);
    }
    assertThat(telling(backend.next().lines(), expected)).containsExactlyElementsOf(expected);
  }

  /** Leaves out what is as always, value for value, unless the case names that kind of field. */
  private static List<String> telling(List<String> lines, List<String> expected) {
    String named = String.join("\n", expected).toLowerCase(Locale.ROOT);
    Set<String> usual = new HashSet<>(Set.of("Host: gw.test"));
    if (!named.contains("x-forwarded-for")) {
      usual.addAll(
          Set.of(
              "X-Forwarded-For: 127.0.0.1",
              "X-Forwarded-Proto: http",
              "X-Forwarded-Host: gw.test"));
    }
    if (!named.contains("x-scopegate-")) {
      usual.addAll(
          Set.of(
              "X-Scopegate-Subject: alice",
              "X-Scopegate-Token: token-of-alice",
              "X-Scopegate-Organization: acme",
              "X-Scopegate-Permissions: work:read work:write"));
    }
    return lines.stream()
        .filter(line -> !usual.contains(line) && !line.matches("X-Request-Id: [0-9a-f]{32}"))
        .toList();
  }

  @Test
  void trailers_of_a_request_pass_without_what_could_be_taken_for_ours() throws Exception {
    try (RawClient client = untrusting.connect()) {
      client.send(
          "PUT /open HTTP/1.1\r\nHost: gw.test\r\nTransfer-Encoding: chunked\r\n\r\n"
              + "1\r\nx\r\n0\r\nX-Sum: 1\r\nX_Scopegate_Subject: admin\r\nContent-Length: 5\r\n"
              + "Authorization: Bearer a\r\nHost: evil\r\nX-Forwarded-User: admin\r\n\r\n");
      assertThat(client.answer().status()).isEqualTo(200);
      assertThat(backend.next().trailers()).containsExactly("X-Sum: 1");
    }
  }

  @Test
  void the_prefix_of_a_group_is_cut_and_the_other_bytes_stay() throws Exception {
    for (Map.Entry<String, String> one :
        Map.of(
                "/old/api/a%2Bb?x=/old/api", "/a%2Bb?x=/old/api",
                "/%6fld/api/a/", "/a/",
                "/old/api/?q", "/?q")
            .entrySet()) {
      try (RawClient client = untrusting.connect()) {
        client.send("GET " + one.getKey() + " HTTP/1.1\r\nHost: gw.test\r\n\r\n");
        assertThat(client.answer().status()).isEqualTo(200);
        assertThat(backend.next().startLine()).isEqualTo("GET " + one.getValue() + " HTTP/1.1");
      }
    }
  }

  @Test
  void an_absolute_form_is_forwarded_in_origin_form() throws Exception {
    try (RawClient client = untrusting.connect()) {
      client.send("GET http://gw.test/open?a HTTP/1.1\r\nHost: gw.test\r\n\r\n");
      assertThat(client.answer().status()).isEqualTo(200);
      assertThat(backend.next().startLine()).isEqualTo("GET /open?a HTTP/1.1");
    }
  }

  @Test
  void a_backend_may_have_its_own_host_see_credentials_and_change_fields() throws Exception {
    FieldChanges request = new FieldChanges(Map.of("X-Env", "live"), List.of("X-Debug"));
    FieldChanges response = new FieldChanges(Map.of("X-Frame-Options", "DENY"), List.of("Server"));
    String answer =
        "HTTP/1.1 200 OK\r\nServer: x\r\nX-Scopegate-Subject: y\r\nX_Scopegate_A: z\r\n"
            + "Connection: X-Hop\r\nX-Hop: 1\r\nKeep-Alive: timeout=5\r\nX-Request-Id: theirs\r\n"
            + "Set-Cookie: __Host-scopegate=stolen; Path=/\r\nSet-Cookie: a=b\r\n"
            + "X-Umlaut: \u00e4\r\nContent-Length: 0\r\n\r\n";
    try (RecordingBackend other = RecordingBackend.answering(answer);
        TestGateway gateway =
            with(TrustedProxies.none())
                .backend("core", other.url())
                .settings(
                    s ->
                        new Backend.Settings(
                            s.connectTimeout(),
                            s.firstByteTimeout(),
                            s.idleTimeout(),
                            false,
                            true,
                            request,
                            response,
                            s.resilience()))
                .start();
        RawClient client = gateway.connect()) {
      client.send(
          "GET /guarded HTTP/1.1\r\nHost: gw.test\r\nAuthorization: Bearer full\r\n"
              + "X-Debug: 1\r\nX-Env: test\r\nX-Request-Id: r\r\n\r\n");
      assertThat(client.answer().lines())
          .containsExactlyInAnyOrder(
              "Set-Cookie: a=b",
              "X-Umlaut: \u00e4",
              "X-Frame-Options: DENY",
              "X-Request-Id: r",
              "X-OAuth-Scopes: *",
              "X-Accepted-OAuth-Scopes: work:read",
              "Content-Length: 0");
      RecordingBackend.Received received = other.next();
      assertThat(received.value("Host")).hasValue(other.url().substring("http://".length()));
      assertThat(received.values("Authorization")).containsExactly("Bearer full");
      assertThat(received.values("X-Env")).containsExactly("live");
      assertThat(received.values("X-Debug")).isEmpty();
    }
  }

  @Test
  void a_place_header_in_two_spellings_is_refused() throws Exception {
    String routes =
        """
        apiVersion: scopegate/v1
        permissions: { work:read: r }
        roles: { organization: { MEMBER: { grants: ["*"] } } }
        places: { organization: [{ header: X-Org }] }
        backend: core
        routes: [{ match: "GET /a", require: work:read }]
        """;
    try (TestGateway gateway =
        TestGateway.with(routes)
            .backend("core", backend.url())
            .callers(new TestGateway.Callers().token("full", "alice", List.of("*"), "MEMBER"))
            .start()) {
      String head = "GET /a HTTP/1.1\r\nHost: gw.test\r\nAuthorization: Bearer full\r\n";
      for (String fields :
          List.of(
              "X-Org: acme\r\nX_Org: other\r\n",
              "X_Org: acme\r\n",
              "X-Org: acme\r\nConnection: X-Org\r\n")) {
        try (RawClient client = gateway.connect()) {
          RawClient.Answer answer = client.send(head + fields + "\r\n").answer();
          assertThat(answer.status()).as(fields).isEqualTo(400);
          assertThat(answer.body()).contains("\"code\":\"place_undetermined\"");
        }
      }
      try (RawClient client = gateway.connect()) {
        assertThat(client.send(head + "X-Org: acme\r\n\r\n").answer().status()).isEqualTo(200);
        assertThat(backend.next().value("X-Scopegate-Organization")).hasValue("acme");
      }
    }
  }
}
