package io.scopegate.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.scopegate.guard.LocalHandler;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What pages of other sites may read and send, as cases in {@code cors/cases.txt}. */
@Timeout(30)
class CorsTest {
  private static final String ROUTES =
      """
      apiVersion: scopegate/v1
      permissions: { work:read: r, work:write: w }
      roles: { organization: { MEMBER: { grants: ["*"] } } }
      places: { organization: [{ is: acme }] }
      backend: core
      routes:
        - cors: { origins: ["https://app.test", "http://localhost:3000"], credentials: true }
          routes:
            - { match: "GET /items", require: work:read }
            - { match: "POST /items", require: work:write }
            - { match: "GET /away", access: public, backend: away }
            - { match: "GET /me", access: authenticated, backend: self }
            - { match: "GET /both", access: public }
        - cors: { origins: ["*"], allowedHeaders: [], exposedHeaders: [ETag], maxAge: 1h }
          routes:
            - { match: "GET /shown", access: public }
            - { match: "POST /shown", require: work:write }
        - { match: "GET /hidden", access: public, cors: { origins: [] } }
        - { match: "GET /plain", access: public }
        - { match: "OPTIONS /plain", access: public }
        - { match: "OPTIONS /both", access: public }
      """;

  private static final String ANSWER =
      String.join(
          "\r\n",
          "HTTP/1.1 200 OK",
          "Access-Control-Allow-Origin: *",
          "access-control-allow-credentials: true",
          "Access-Control-Allow-Methods: PUT",
          "Access-Control-Max-Age: 5",
          "Content-Length: 2",
          "",
          "ok");

  private static final String PREFIX = "access-control-";

  /** What cases call the fields. */
  private static final Map<String, String> FIELDS =
      Map.of(
          "origin", PREFIX + "allow-origin",
          "credentials", PREFIX + "allow-credentials",
          "methods", PREFIX + "allow-methods",
          "headers", PREFIX + "allow-headers",
          "expose", PREFIX + "expose-headers",
          "age", PREFIX + "max-age",
          "vary", "vary");

  private static final Map<String, String> DEFAULTS =
      Map.of(
          "headers",
          "Authorization, Content-Type, If-Match, If-None-Match",
          "expose",
          "Retry-After, WWW-Authenticate, X-Accepted-OAuth-Scopes, X-OAuth-Scopes,"
              + " X-Request-Id");

  private static RecordingBackend backend;
  private static TestGateway gateway;

  /** A line of the file. */
  record Case(String request, List<String> fields, int status, Map<String, String> expected) {
    static Case parse(String line) {
      String[] parts = line.split("\\|", -1);
      Map<String, String> expected = new TreeMap<>();
      for (String word : parts[3].strip().split(" (?=[a-z]+=)", -1)) {
        if (!word.isEmpty()) {
          String name = word.substring(0, word.indexOf('='));
          String value = word.substring(word.indexOf('=') + 1);
          expected.put(
              FIELDS.getOrDefault(name, name),
              value.equals("default") ? DEFAULTS.getOrDefault(name, "") : value);
        }
      }
      return new Case(
          parts[0].strip().replaceAll(" +", " "),
          List.of(parts[1].strip().split("; ", -1)),
          Integer.parseInt(parts[2].strip()),
          expected);
    }
  }

  static Stream<Case> cases() throws IOException {
    try (var in = CorsTest.class.getResourceAsStream("/cors/cases.txt")) {
      return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.isEmpty() && !line.startsWith("#"))
          .map(Case::parse);
    }
  }

  @BeforeAll
  static void start() throws IOException {
    backend = RecordingBackend.answering(ANSWER);
    RecordingBackend away = RecordingBackend.start();
    away.close();
    gateway =
        TestGateway.with(ROUTES)
            .backend("core", backend.url())
            .backend("away", away.url())
            .local(
                "self",
                (allow, id, body) ->
                    CompletableFuture.completedFuture(
                        LocalHandler.Answer.of(200, "text/plain", "me")))
            .callers(
                new TestGateway.Callers()
                    .token("good", "ann", List.of("*"), "MEMBER")
                    .token("reads", "ann", List.of("work:read"), "MEMBER"))
            .start();
  }

  @AfterAll
  static void stop() throws IOException {
    gateway.close();
    backend.close();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void an_answer_over_http_1_tells_browsers_what_the_row_says_and_nothing_else(Case one)
      throws IOException {
    RawClient.Answer answer = answer(one);

    assertThat(answer.status()).isEqualTo(one.status());
    Map<String, String> told = new TreeMap<>();
    for (String line : answer.lines()) {
      String name = line.substring(0, line.indexOf(':')).toLowerCase(Locale.ROOT);
      if (name.startsWith(PREFIX) || name.equals("vary")) {
        told.merge(name, line.substring(line.indexOf(':') + 1).strip(), (a, b) -> a + " & " + b);
      }
    }
    assertThat(told).isEqualTo(one.expected());
  }

  private static RawClient.Answer answer(Case one) throws IOException {
    StringBuilder request =
        new StringBuilder(one.request()).append(" HTTP/1.1\r\nHost: gw.test\r\n");
    one.fields().forEach(field -> request.append(field).append("\r\n"));
    try (RawClient client = gateway.connect()) {
      client.send(request.append("\r\n").toString());
      return one.request().startsWith("HEAD ") ? client.answerToHead() : client.answer();
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void an_answer_over_http_2_tells_the_same(Case one) throws Exception {
    String[] words = one.request().split(" ", -1);
    List<String> fields = new ArrayList<>();
    for (String field : one.fields()) {
      fields.add(field.substring(0, field.indexOf(':')).toLowerCase(Locale.ROOT));
      fields.add(field.substring(field.indexOf(':') + 1).strip());
    }
    try (RawHttp2Client client = new RawHttp2Client(gateway.address())) {
      int stream = client.request(words[0], words[1], true, fields.toArray(new String[0]));
      RawHttp2Client.Exchange exchange = client.answer(stream);

      assertThat(exchange.status()).isEqualTo(one.status());
      Map<String, String> told = new LinkedHashMap<>();
      FIELDS.values().forEach(name -> exchange.value(name).ifPresent(is -> told.put(name, is)));
      assertThat(told).isEqualTo(one.expected());
    }
  }

  @Test
  void no_backend_hears_of_a_preflight_and_the_connection_goes_on() throws Exception {
    try (RecordingBackend own = RecordingBackend.answering(ANSWER);
        TestGateway before = TestGateway.with(ROUTES).backend("core", own.url()).start();
        RawClient client = before.connect()) {
      client.send(
          "OPTIONS /items HTTP/1.1\r\nHost: a\r\nOrigin: https://app.test\r\n"
              + "Access-Control-Request-Method: POST\r\nContent-Length: 4\r\n\r\nbody");
      RawClient.Answer preflight = client.answer();
      client.send("GET /plain HTTP/1.1\r\nHost: a\r\n\r\n");

      assertThat(preflight.status()).isEqualTo(204);
      assertThat(preflight.value("X-Request-Id")).isPresent();
      assertThat(preflight.values("Content-Length")).isEmpty();
      assertThat(client.answer().status()).isEqualTo(200);
      assertThat(own.next().startLine()).startsWith("GET /plain");
      assertThat(own.rest()).isEmpty();
    }
  }

  @Test
  void what_the_backend_varies_on_and_what_it_says_in_other_spellings_is_told_apart()
      throws Exception {
    String answer =
        String.join(
            "\r\n",
            "HTTP/1.1 200 OK",
            "Vary: Accept",
            "Access_Control_Allow_Origin: https://evil.test",
            "ACCESS-CONTROL-ALLOW-PRIVATE-NETWORK: true",
            "Transfer-Encoding: chunked",
            "",
            "0",
            "Access-Control-Allow-Origin: https://evil.test",
            "",
            "");
    try (RecordingBackend own = RecordingBackend.answering(answer);
        TestGateway before = TestGateway.with(ROUTES).backend("core", own.url()).start();
        RawClient client = before.connect()) {
      client.send("GET /hidden HTTP/1.1\r\nHost: a\r\nOrigin: https://app.test\r\n\r\n");
      RawClient.Answer got = client.answer();

      assertThat(got.values("Vary")).containsExactly("Accept", "Origin");
      assertThat(got.lines()).noneMatch(line -> isCors(line));
      assertThat(got.trailers()).noneMatch(line -> isCors(line));
    }
  }

  private static boolean isCors(String line) {
    return line.toLowerCase(Locale.ROOT).replace('_', '-').startsWith(PREFIX);
  }
}
