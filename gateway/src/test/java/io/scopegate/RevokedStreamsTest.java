package io.scopegate;

import static org.assertj.core.api.Assertions.assertThat;

import io.scopegate.authn.session.TestIssuer;
import io.scopegate.endpoint.Json;
import io.scopegate.proxy.RawClient;
import io.scopegate.proxy.RawHttp2Client;
import io.scopegate.proxy.RecordingBackend;
import io.scopegate.proxy.RecordingBackend.Received;
import io.scopegate.proxy.message.WebSocketFields;
import io.scopegate.store.PostgresAccess;
import io.scopegate.store.PostgresServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import tools.jackson.databind.JsonNode;

/** Open streams of credentials that come to an end, at whole gateways. */
@Timeout(90)
// Text blocks have no CR.
@SuppressWarnings("StringConcatToTextBlock")
class RevokedStreamsTest {
  private static final Duration SOON = Duration.ofSeconds(5);

  private static final String ROUTES =
      """
      apiVersion: scopegate/v1
      permissions: { work:read: r }
      roles: { organization: { MEMBER: { grants: [work:read] }, GUEST: {} } }
      places: { organization: [{ path: org }] }
      backend: core
      routes:
        - { match: "GET /orgs/{org}/events", require: work:read }
        - { match: "GET /orgs/{org}/ws", require: work:read, upgrade: websocket }
      """;

  @TempDir private Path folder;
  private final ExecutorService clients = Executors.newCachedThreadPool();
  private RecordingBackend backend;
  private final List<RunningGateway> gateways = new ArrayList<>();

  @BeforeEach
  void start() throws IOException {
    backend = RecordingBackend.scripted(RevokedStreamsTest::serve);
  }

  @AfterEach
  void stop() throws IOException {
    clients.shutdownNow();
    for (RunningGateway gateway : gateways) {
      gateway.close();
    }
    backend.close();
  }

  private RunningGateway gateway(String name, String furtherKeys) throws IOException {
    RunningGateway gateway =
        new RunningGateway(
            Files.createDirectory(folder.resolve(name)),
            ROUTES,
            false,
            furtherKeys,
            Map.of(
                "DATABASE_PASSWORD",
                "postgres",
                "SCOPEGATE__BACKENDS__CORE__URLS",
                "[\"" + backend.url() + "\"]"));
    gateways.add(gateway);
    return gateway;
  }

  private static boolean serve(RecordingBackend.Conversation conversation) throws IOException {
    Optional<Received> request = conversation.request();
    if (request.isEmpty()) {
      return false;
    }
    conversation.send(
        request.get().value("Upgrade").isPresent()
            ? "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + "Sec-WebSocket-Accept: "
                + WebSocketFields.acceptOf(request.get().value("Sec-WebSocket-Key").orElse(""))
                + "\r\n\r\n\u0081\u0002hi"
            : "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
                + "Transfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n");
    while (conversation.read() >= 0) {
      // Until the gateway closes.
    }
    return false;
  }

  /** Opens an event stream, and returns what waits for its end. */
  private static Callable<?> events(RunningGateway gateway, String token) throws IOException {
    RawClient client = new RawClient(gateway.edge());
    client.send(request("events", token) + "\r\n");
    assertThat(client.answerToHead().status()).isEqualTo(200);
    client.bytes(7);
    return () -> {
      try (client) {
        // More bytes would be an end that makes the answer look whole.
        return client.isClosed();
      }
    };
  }

  private Callable<?> eventsOnHttp2(RunningGateway gateway, String token) throws Exception {
    int before = backend.requests();
    RawHttp2Client client = new RawHttp2Client(gateway.edge());
    int stream = client.get("/orgs/acme/events", "authorization", "Bearer " + token);
    while (backend.requests() == before) {
      Thread.onSpinWait();
    }
    return () -> {
      try (client) {
        RawHttp2Client.Exchange answer = client.answer(stream);
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.reset()).isPositive();
        return answer;
      }
    };
  }

  private Callable<?> webSocket(RunningGateway gateway, String token) throws IOException {
    RawClient client = new RawClient(gateway.edge());
    client.send(
        request("ws", token)
            + "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
            + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
    assertThat(client.answerToHead().status()).isEqualTo(101);
    client.bytes(4);
    return () -> {
      try (client) {
        byte[] start = client.bytes(4);
        assertThat(start).startsWith(0x88).endsWith(0x03, 0xf0);
        client.bytes(start[1] - 2);
        return client.isClosed();
      }
    };
  }

  private static String request(String what, String token) {
    return "GET /orgs/acme/"
        + what
        + " HTTP/1.1\r\nHost: gw.test\r\nAuthorization: Bearer "
        + token
        + "\r\n";
  }

  /** Does something; returns how long after it each stream ends. */
  private Map<String, Future<Duration>> ending(
      String what, Map<String, Callable<?>> open, Callable<?> change) throws Exception {
    long start = System.nanoTime();
    change.call();
    Map<String, Future<Duration>> ending = new TreeMap<>();
    open.forEach(
        (name, end) ->
            ending.put(
                what + ": " + name,
                clients.submit(
                    () -> {
                      end.call();
                      return Duration.ofNanos(System.nanoTime() - start);
                    })));
    return ending;
  }

  private static void endSoon(Map<String, Future<Duration>> ending) throws Exception {
    for (Map.Entry<String, Future<Duration>> end : ending.entrySet()) {
      Duration time = end.getValue().get(20, TimeUnit.SECONDS);
      System.out.printf("%s ended after %d ms%n", end.getKey(), time.toMillis());
      assertThat(time).as(end.getKey()).isLessThan(SOON);
    }
  }

  private Map<String, Callable<?>> open(RunningGateway gateway, String token) throws Exception {
    return Map.of(
        "WebSocket", webSocket(gateway, token),
        "SSE on HTTP/1", events(gateway, token),
        "SSE on HTTP/2", eventsOnHttp2(gateway, token));
  }

  private static String id(RunningGateway gateway, String subject, String name) throws Exception {
    JsonNode tokens = Json.read(gateway.admin("GET", "/api/v1/tokens", "").body()).path("tokens");
    for (JsonNode token : tokens.values()) {
      if (token.path("subject").asString().equals(subject)
          && token.path("name").asString().equals(name)) {
        return token.path("id").asString();
      }
    }
    throw new AssertionError("no token " + subject + "/" + name);
  }

  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void streams_end_at_every_gateway_when_their_credential_does() throws Exception {
    PostgresAccess access = PostgresServer.database();
    String store =
        "store: { url: \"%s\", user: postgres, password: \"${DATABASE_PASSWORD}\" }\n"
            .formatted(access.url());
    RunningGateway one = gateway("one", store);
    RunningGateway other = gateway("other", store);
    Map<String, String> values =
        one.load(
            """
            apiVersion: scopegate/v1
            organizations:
              acme: { members: { bob: [MEMBER], dan: [MEMBER], eve: [MEMBER], kim: [MEMBER] } }
            tokens:
              - { subject: bob, name: ci, scopes: [work:read] }
              - { subject: bob, name: stays, scopes: [work:read] }
              - { subject: dan, name: ci, scopes: [work:read] }
              - { subject: eve, name: ci, scopes: [work:read] }
              - { subject: kim, name: ci, scopes: [work:read] }
            """);
    Future<?> untouched = clients.submit(events(other, values.getOrDefault("bob/stays", "")));
    String bob = id(one, "bob", "ci");
    String kim = id(one, "kim", "ci");
    // All are open before anything changes, so that they wait together.
    Map<String, Callable<?>> ofBob = open(other, values.getOrDefault("bob/ci", ""));
    Map<String, Callable<?>> ofDan = open(other, values.getOrDefault("dan/ci", ""));
    Map<String, Callable<?>> ofEve = open(other, values.getOrDefault("eve/ci", ""));
    Map<String, Callable<?>> ofKim = open(other, values.getOrDefault("kim/ci", ""));
    Map<String, Future<Duration>> ending = new TreeMap<>();
    ending.putAll(
        ending(
            "revoked at another gateway",
            ofBob,
            () -> one.admin("DELETE", "/api/v1/tokens/" + bob, "")));
    ending.putAll(
        ending(
            "disabled at another gateway",
            ofDan,
            () -> one.admin("PUT", "/api/v1/subjects/dan", "{\"disabled\": true}")));
    ending.putAll(
        ending(
            "without its role by another gateway",
            ofEve,
            () ->
                one.admin(
                    "PUT", "/api/v1/organizations/acme/members/eve", "{\"roles\": [\"GUEST\"]}")));
    ending.putAll(
        ending(
            "rotated at another gateway, with a second of overlap",
            ofKim,
            () -> one.admin("POST", "/api/v1/tokens/" + kim + "/rotate", "{\"overlap\": \"1s\"}")));
    endSoon(ending);
    assertThat(other.send(other.gateway().admin(), "GET", "/metrics", "", "").body())
        .contains(
            "scopegate_withdrawals_total{code=\"credential_invalid\","
                + "route=\"GET /orgs/{org}/events\"} 6.0",
            "scopegate_withdrawals_total{code=\"credential_invalid\","
                + "route=\"GET /orgs/{org}/ws\"} 3.0",
            "scopegate_withdrawals_total{code=\"insufficient_role\","
                + "route=\"GET /orgs/{org}/ws\"} 1.0");
    assertThat(untouched.isDone()).isFalse();
  }

  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void streams_end_when_a_token_expires_or_the_issuer_of_a_session_says_so() throws Exception {
    try (TestIssuer issuer = TestIssuer.start()) {
      RunningGateway gateway =
          gateway(
              "alone",
              """
              issuers:
                - name: asked
                  issuer: opaque
                  scopes: full
                  introspection:
                    url: "%s/introspect"
                    clientId: gate
                    clientSecret: "${WATCHER}"
                    freshFor: 1s
              """
                  .formatted(issuer.url()));
      Instant end = Instant.now().plusSeconds(3);
      String value =
          gateway
              .load(
                  """
                  apiVersion: scopegate/v1
                  organizations: { acme: { members: { bob: [MEMBER] } } }
                  tokens: [{ subject: bob, name: short, scopes: [work:read], expires: %s }]
                  """
                      .formatted(end))
              .getOrDefault("bob/short", "");
      String session = "0123456789abcdef";
      issuer.knows(session, "{\"active\":true,\"sub\":\"bob\"}");
      Map<String, Callable<?>> open = open(gateway, value);
      endSoon(
          ending(
              "ended by the issuer",
              open(gateway, session),
              () -> {
                issuer.knows(session, "{\"active\":false}");
                return session;
              }));
      for (Callable<?> each : open.values()) {
        each.call();
      }
      Duration late = Duration.between(end, Instant.now());
      System.out.printf("expired: the last stream ended %d ms later%n", late.toMillis());
      assertThat(late).isBetween(Duration.ZERO, SOON);
    }
  }
}
