package io.scopegate.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.scopegate.authn.Authenticator;
import io.scopegate.authn.Credential;
import io.scopegate.event.GatewayEvents;
import io.scopegate.policy.Caller;
import io.scopegate.policy.Code;
import io.scopegate.policy.Decision;
import io.scopegate.policy.Policy;
import io.scopegate.proxy.RecordingBackend.Conversation;
import io.scopegate.proxy.RecordingBackend.Received;
import io.scopegate.proxy.TestGateway.Callers;
import io.scopegate.proxy.message.WebSocketFields;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * What becomes of requests under way when what they were let through with is taken away. The tests
 * wait together, because what they wait for is looked at once a second.
 */
@Timeout(40)
// Text blocks have no CR.
@SuppressWarnings("StringConcatToTextBlock")
class WithdrawalTest {
  private static final Duration SOON = Duration.ofSeconds(5);

  private static final String ROUTES =
      """
      apiVersion: scopegate/v1
      permissions: { work:read: Read work, work:write: Write work }
      roles:
        organization:
          MEMBER: { grants: [work:read] }
          ADMIN: { grants: [work:read, work:write] }
          GUEST: {}
      places: { organization: [{ is: acme }] }
      backend: core
      routes:
        - { match: "GET /events", require: work:read }
        - { match: "GET /download", require: work:read }
        - { match: "GET /many/{what}", require: work:read, backend: streams }
        - { match: "GET /poll", require: work:read }
        - { match: "POST /upload", require: work:read }
        - { match: "GET /ws", require: work:read, upgrade: websocket }
        - { match: "GET /open/events", access: public }
        - { match: "GET /shadow/events", require: work:read, mode: shadow }
        - { match: "POST /a.B/Watch", require: work:read, backend: streams }
      """;

  /** Callers that become others from one moment to the next. */
  private static final class Changing implements Authenticator {
    private volatile Authenticator now;

    Changing(Authenticator first) {
      this.now = first;
    }

    void become(Authenticator other) {
      now = other;
    }

    @Override
    public CompletableFuture<Caller> authenticate(
        Credential credential, Policy policy, String address) {
      return now.authenticate(credential, policy, address);
    }
  }

  private static Callers caller(String role) {
    return new Callers()
        .token("good", "bob", List.of("*"), role)
        .token("other", "ann", List.of("*"), "MEMBER");
  }

  private static Callers withoutBob() {
    return new Callers().token("other", "ann", List.of("*"), "MEMBER");
  }

  private final Changing callers = new Changing(caller("MEMBER"));
  private final BlockingQueue<Code> withdrawn = new LinkedBlockingQueue<>();
  private final BlockingQueue<String> begun = new LinkedBlockingQueue<>();
  private final BlockingQueue<String> ends = new LinkedBlockingQueue<>();
  private final BlockingQueue<RawHttp2Backend.Stream> calls = new LinkedBlockingQueue<>();
  private final ExecutorService clients = Executors.newCachedThreadPool();
  private RecordingBackend core;
  private RawHttp2Backend streams;
  private TestGateway gateway;

  @BeforeEach
  void start() throws IOException {
    core = RecordingBackend.scripted(this::serve);
    streams =
        RawHttp2Backend.scripted(
            stream -> {
              calls.add(stream);
              stream
                  .head(false, ":status", "200", "content-type", "application/grpc")
                  .data(stream.value(":path").equals(Optional.of("/many/short")), "\0\0\0\0\0");
            });
    gateway =
        TestGateway.with(ROUTES)
            .backend("core", core.url())
            .backend("streams", streams.url())
            .callers(callers)
            .events(
                new GatewayEvents() {
                  @Override
                  public void withdrawn(Decision.Allow then, Decision.Deny why) {
                    withdrawn.add(why.code());
                  }
                })
            .start();
  }

  @AfterEach
  void stop() throws IOException {
    gateway.close();
    core.close();
    streams.close();
    clients.shutdownNow();
  }

  private boolean serve(Conversation conversation) throws IOException {
    Optional<Wire.Message> head = conversation.head();
    if (head.isEmpty()) {
      return false;
    }
    String path = head.get().startLine().split(" ", -1)[1];
    if (path.equals("/upload") || path.equals("/poll")) {
      begun.add(path);
    }
    if (!path.equals("/upload")) {
      Received request = conversation.rest(head.get());
      conversation.send(beginning(path, request));
    }
    int last = conversation.read();
    while (last >= 0 && !(path.equals("/ws") && last == 0x88)) {
      last = conversation.read();
    }
    ends.add(path + " ended");
    return false;
  }

  private static String beginning(String path, Received request) {
    return switch (path) {
      case "/ws" ->
          "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
              + "Sec-WebSocket-Accept: "
              + WebSocketFields.acceptOf(request.value("Sec-WebSocket-Key").orElse(""))
              + "\r\n\r\n\u0081\u0002hi";
      case "/download" -> "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\nhi";
      case "/poll" -> "";
      default ->
          "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
              + "Transfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n";
    };
  }

  private RawClient get(String path, String token, String... more) throws IOException {
    return gateway
        .connect()
        .send(
            "GET "
                + path
                + " HTTP/1.1\r\nHost: gw.test\r\nAuthorization: Bearer "
                + token
                + "\r\n"
                + String.join("", more)
                + "\r\n");
  }

  /** Opens something; returns what waits until it is at its end. */
  private interface Opening {
    Callable<?> open() throws Exception;
  }

  private Opening events(String path, String token) {
    return () -> {
      RawClient client = get(path, token);
      assertThat(client.head().status()).isEqualTo(200);
      client.bytes(path.equals("/download") ? 2 : 7);
      return () -> {
        try (client) {
          // More bytes would be an end that makes the answer look whole.
          return client.isClosed();
        }
      };
    };
  }

  private Opening webSocket() {
    return () -> {
      RawClient client =
          get(
              "/ws",
              "good",
              "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n",
              "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n");
      assertThat(client.head().status()).isEqualTo(101);
      client.bytes(4);
      return () -> {
        try (client) {
          byte[] start = client.bytes(4);
          assertThat(start).startsWith(0x88).endsWith(0x03, 0xf0);
          client.bytes(start[1] - 2);
          return client.isClosed();
        }
      };
    };
  }

  private Opening onHttp2(String path) {
    return () -> {
      RawHttp2Client client = new RawHttp2Client(gateway.address());
      int stream = client.get(path, "authorization", "Bearer good");
      client.await(() -> client.exchange(stream).bodyLength() == 2);
      return () -> {
        try (client) {
          RawHttp2Client.Exchange answer = client.answer(stream);
          assertThat(answer.isEnded()).as(path).isFalse();
          assertThat(answer.reset()).as(path).isPositive();
          assertThat(client.isClosed()).isFalse();
          return answer;
        }
      };
    };
  }

  private Opening webSocketOnHttp2() {
    return () -> {
      RawHttp2Client client = new RawHttp2Client(gateway.address());
      int stream =
          client.request(
              "CONNECT",
              "/ws",
              false,
              ":protocol",
              "websocket",
              "sec-websocket-version",
              "13",
              "authorization",
              "Bearer good");
      client.await(() -> client.exchange(stream).bodyLength() == 4);
      return () -> {
        try (client) {
          RawHttp2Client.Exchange answer = client.answer(stream);
          assertThat(answer.body().substring(4)).startsWith("\u0088").contains("\u0003\u00f0");
          return answer;
        }
      };
    };
  }

  private Opening grpc() {
    return () -> {
      RawHttp2Client client = new RawHttp2Client(gateway.address());
      int stream =
          client.request(
              "POST",
              "/a.B/Watch",
              false,
              "content-type",
              "application/grpc",
              "authorization",
              "Bearer good");
      client.await(() -> client.exchange(stream).bodyLength() == 5);
      return () -> {
        try (client) {
          RawHttp2Client.Exchange answer = client.answer(stream);
          assertThat(answer.isEnded()).isTrue();
          assertThat(answer.trailer("grpc-status")).hasValue("16");
          return answer;
        }
      };
    };
  }

  private Opening unanswered(String request) {
    return () -> {
      RawClient client = gateway.connect().send(request);
      assertThat(begun.poll(5, TimeUnit.SECONDS)).as("a request at the backend").isNotNull();
      return () -> {
        try (client) {
          RawClient.Answer answer = client.answer();
          assertThat(answer.status()).isEqualTo(401);
          assertThat(answer.body()).contains("credential_invalid");
          return answer;
        }
      };
    };
  }

  /** Opens all of these, changes who the callers are, and returns how long each took to end. */
  private Map<String, Duration> changed(Map<String, Opening> openings, Authenticator after)
      throws Exception {
    Map<String, Callable<?>> open = new TreeMap<>();
    for (Map.Entry<String, Opening> opening : openings.entrySet()) {
      open.put(opening.getKey(), opening.getValue().open());
    }
    long start = System.nanoTime();
    callers.become(after);
    Map<String, Future<Duration>> ending = new TreeMap<>();
    open.forEach(
        (name, end) ->
            ending.put(
                name,
                clients.submit(
                    () -> {
                      end.call();
                      return Duration.ofNanos(System.nanoTime() - start);
                    })));
    Map<String, Duration> times = new TreeMap<>();
    for (Map.Entry<String, Future<Duration>> end : ending.entrySet()) {
      times.put(end.getKey(), end.getValue().get(20, TimeUnit.SECONDS));
    }
    return times;
  }

  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void whatever_runs_by_a_revoked_credential_ends_soon_and_never_looks_complete() throws Exception {
    RawClient public1 = get("/open/events", "good");
    RawClient shadow = get("/shadow/events", "good");
    RawClient others = get("/events", "other");
    List<RawClient> untouched = List.of(public1, shadow, others);
    for (RawClient client : untouched) {
      assertThat(client.head().status()).isEqualTo(200);
      client.bytes(7);
    }
    Map<String, Opening> openings = new TreeMap<>();
    openings.put("SSE on HTTP/1", events("/events", "good"));
    openings.put("SSE on HTTP/2", onHttp2("/events"));
    openings.put("download on HTTP/1", events("/download", "good"));
    openings.put("download on HTTP/2", onHttp2("/download"));
    openings.put("WebSocket on HTTP/1", webSocket());
    openings.put("WebSocket on HTTP/2", webSocketOnHttp2());
    openings.put("gRPC stream", grpc());
    String fields = " HTTP/1.1\r\nHost: gw.test\r\nAuthorization: Bearer good\r\n";
    openings.put("long poll", unanswered("GET /poll" + fields + "\r\n"));
    openings.put(
        "upload", unanswered("POST /upload" + fields + "Content-Length: 1000000\r\n\r\nabc"));

    Map<String, Duration> times = changed(openings, withoutBob());

    times.forEach(
        (what, time) ->
            System.out.printf("revoked: %s ended after %d ms%n", what, time.toMillis()));
    assertThat(times.values()).allSatisfy(time -> assertThat(time).isLessThan(SOON));
    assertThat(withdrawn).hasSize(openings.size()).containsOnly(Code.CREDENTIAL_INVALID);
    for (int i = 0; i < 8; i++) {
      assertThat(ends.poll(5, TimeUnit.SECONDS)).as("an end at the backend").isNotNull();
    }
    assertThat(calls.take().news()).isEqualTo("reset 8");
    assertThat(gateway.backend("core").activeRequests()).isEqualTo(untouched.size());
    for (RawClient client : untouched) {
      assertThat(client.hasBytes()).isFalse();
      client.close();
    }
  }

  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void who_holds_less_than_the_backend_was_told_loses_what_is_open() throws Exception {
    callers.become(caller("ADMIN"));
    changed(Map.of("SSE", events("/events", "good")), caller("MEMBER"));
    assertThat(withdrawn).containsExactly(Code.INSUFFICIENT_ROLE);
  }

  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void who_holds_more_goes_on_until_it_is_taken_away() throws Exception {
    Callable<?> end = events("/events", "good").open();
    CountDownLatch asked = new CountDownLatch(2);
    Callers more = caller("ADMIN");
    callers.become(
        (credential, policy, address) -> {
          asked.countDown();
          return more.authenticate(credential, policy, address);
        });
    assertThat(asked.await(10, TimeUnit.SECONDS)).isTrue();
    TestGateway.settle();
    assertThat(withdrawn).isEmpty();
    callers.become(caller("GUEST"));
    end.call();
    assertThat(withdrawn).containsExactly(Code.INSUFFICIENT_ROLE);
  }

  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void what_cannot_be_told_any_more_ends() throws Exception {
    changed(Map.of("SSE", events("/events", "good")), new Callers().unavailable("good"));
    assertThat(withdrawn).containsExactly(Code.IDENTITY_UNAVAILABLE);
  }

  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void what_cannot_be_decided_ends() throws Exception {
    changed(
        Map.of("SSE", events("/events", "good")),
        (credential, policy, address) ->
            CompletableFuture.failedFuture(new IllegalStateException("test")));
    assertThat(withdrawn).containsExactly(Code.IDENTITY_UNAVAILABLE);
  }

  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void many_that_have_to_be_looked_up_elsewhere_are_all_told() throws Exception {
    Executor elsewhere = CompletableFuture.delayedExecutor(50, TimeUnit.MILLISECONDS);
    endMany(withoutBob().on(elsewhere));
  }

  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void more_than_one_turn_can_look_at_are_all_looked_at() throws Exception {
    endMany(withoutBob());
  }

  private void endMany(Callers after) throws Exception {
    RawHttp2Client[] connections = {
      new RawHttp2Client(gateway.address()),
      new RawHttp2Client(gateway.address()),
      new RawHttp2Client(gateway.address()),
      new RawHttp2Client(gateway.address())
    };
    int each = 90;
    for (RawHttp2Client client : connections) {
      for (int i = 0; i < each; i++) {
        // Every tenth ends by itself, in the midst of the others.
        client.get(i % 10 == 5 ? "/many/short" : "/many/endless", "authorization", "Bearer good");
      }
      // One after the other: too many that wait for a connection at once would be refused.
      client.await(
          () -> client.exchanges().stream().noneMatch(exchange -> exchange.bodyLength() < 5));
      assertThat(client.exchanges()).allMatch(exchange -> exchange.status() == 200);
    }
    callers.become(after);
    int ended = 0;
    for (RawHttp2Client client : connections) {
      client.await(
          () ->
              client.exchanges().stream()
                  .noneMatch(exchange -> exchange.reset() < 0 && !exchange.isEnded()));
      ended += (int) client.exchanges().stream().filter(exchange -> exchange.isEnded()).count();
      client.close();
    }
    assertThat(ended).isEqualTo(connections.length * each / 10);
    assertThat(withdrawn).hasSize(connections.length * each * 9 / 10);
  }

  @Test
  @Tag("long")
  void what_is_withdrawn_is_not_on_the_clients_account() throws Exception {
    try (RawHttp2Client client = new RawHttp2Client(gateway.address())) {
      for (int round = 0; round < 3; round++) {
        callers.become(caller("MEMBER"));
        for (int i = 0; i < 90; i++) {
          client.request(
              "POST",
              "/a.B/Watch",
              false,
              "content-type",
              "application/grpc",
              "authorization",
              "Bearer good");
        }
        client.await(
            () -> client.exchanges().stream().noneMatch(exchange -> exchange.bodyLength() < 5));
        callers.become(withoutBob());
        client.await(() -> client.exchanges().stream().noneMatch(exchange -> exchange.reset() < 0));
      }
      assertThat(withdrawn).hasSize(270);
      assertThat(client.goAway()).isEqualTo(-1);
    }
  }
}
