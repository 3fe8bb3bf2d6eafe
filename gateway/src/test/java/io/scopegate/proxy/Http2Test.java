package io.scopegate.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.scopegate.proxy.RawHttp2Client.Exchange;
import io.scopegate.proxy.RecordingBackend.Received;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Requests over HTTP/2 meet the same decision, the same strictness and the same backends. */
@Timeout(30)
class Http2Test {
  private static final int NO_ERROR = 0;
  private static final int PROTOCOL_ERROR = 1;
  private static final int REFUSED_STREAM = 7;
  private static final int CANCEL = 8;
  private static final int ENHANCE_YOUR_CALM = 11;
  private static final int HEADERS = 1;
  private static final int CONTINUATION = 9;

  private static final String GUARDED =
      """
      apiVersion: scopegate/v1
      permissions: { work:read: Read work }
      roles: { organization: { MEMBER: { grants: [work:read] } } }
      places: { organization: [{ is: acme }] }
      backend: core
      routes:
        - { match: "GET /api/{rest*}", require: work:read }
        - { match: "ANY /open/{rest*}", access: public }
      """;

  private static TestGateway guarded(RecordingBackend backend) throws IOException {
    return TestGateway.with(GUARDED)
        .backend("core", backend.url())
        .callers(new TestGateway.Callers().token("good", "bob", List.of("work:read"), "MEMBER"))
        .start();
  }

  @Test
  void a_request_is_judged_and_forwarded_as_one_over_http_1() throws Exception {
    try (RecordingBackend backend = RecordingBackend.start();
        TestGateway gateway = guarded(backend);
        RawHttp2Client client = new RawHttp2Client(gateway.address())) {
      Exchange answer =
          client.answer(
              client.get(
                  "/api/a%20b?c=d",
                  "authorization",
                  "Bearer good",
                  "cookie",
                  "a=1",
                  "cookie",
                  "b=2",
                  "x-scopegate-subject",
                  "root",
                  "te",
                  "trailers"));
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.isEnded()).isTrue();
      assertThat(answer.value("x-request-id")).isPresent();
      assertThat(answer.value("x-oauth-scopes")).hasValue("work:read");
      assertThat(answer.value("connection")).isEmpty();
      Received received = backend.next();
      assertThat(received.startLine()).isEqualTo("GET /api/a%20b?c=d HTTP/1.1");
      assertThat(received.values("Host")).containsExactly("gw.test");
      assertThat(received.values("Cookie")).containsExactly("a=1; b=2");
      assertThat(received.values("X-Scopegate-Subject")).containsExactly("bob");
      assertThat(received.values("Authorization")).isEmpty();
      assertThat(received.values("TE")).isEmpty();
    }
  }

  @Test
  void refusals_are_those_of_http_1() throws Exception {
    try (RecordingBackend backend = RecordingBackend.start();
        TestGateway gateway = guarded(backend);
        RawHttp2Client client = new RawHttp2Client(gateway.address())) {
      Exchange missing = client.answer(client.get("/api/x"));
      assertThat(missing.status()).isEqualTo(401);
      assertThat(missing.value("content-type")).hasValue("application/problem+json");
      assertThat(missing.value("www-authenticate")).hasValue("Bearer realm=\"scopegate\"");
      assertThat(missing.body()).contains("credential_missing");
      assertThat(client.answer(client.get("/api/../open/x")).status()).isEqualTo(400);
      Exchange head = client.answer(client.request("HEAD", "/api/x", true));
      assertThat(head.status()).isEqualTo(401);
      assertThat(head.body()).isEmpty();
      assertThat(backend.requests()).isZero();
    }
  }

  @Test
  void a_stream_that_is_reset_at_once_reaches_nobody() throws Exception {
    try (RecordingBackend backend = RecordingBackend.start();
        TestGateway gateway = TestGateway.open(backend);
        RawHttp2Client client = new RawHttp2Client(gateway.address())) {
      assertThat(client.answer(client.get("/first")).status()).isEqualTo(200);
      client.together(
          () -> {
            for (int i = 0; i < 20; i++) {
              client.reset(client.get("/reset"), 8);
            }
          });
      assertThat(client.answer(client.get("/last")).status()).isEqualTo(200);
      assertThat(backend.requests()).isEqualTo(2);
      // A request that is broken off takes its connection with it.
      assertThat(backend.next().connection()).isEqualTo(1);
      assertThat(backend.next().connection()).isEqualTo(1);
    }
  }

  @Test
  void streams_that_come_in_one_piece_are_all_served() throws Exception {
    try (RecordingBackend backend = RecordingBackend.start();
        TestGateway gateway = TestGateway.open(backend);
        RawHttp2Client client = new RawHttp2Client(gateway.address())) {
      for (int round = 0; round < 3; round++) {
        List<Integer> streams = new ArrayList<>();
        client.together(
            () -> {
              for (int i = 0; i < 100; i++) {
                int stream = client.request("POST", "/many", false);
                client.data(stream, true, "body of " + i);
                streams.add(stream);
              }
            });
        for (int stream : streams) {
          assertThat(client.answer(stream).status()).isEqualTo(200);
        }
      }
      assertThat(backend.requests()).isEqualTo(300);
    }
  }

  @Test
  void bodies_and_trailers_pass_both_ways() throws Exception {
    String answer =
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nx-sum: 7\r\n\r\n";
    try (RecordingBackend backend = RecordingBackend.answering(answer);
        TestGateway gateway = TestGateway.open(backend);
        RawHttp2Client client = new RawHttp2Client(gateway.address())) {
      int stream = client.request("POST", "/x", false);
      client.data(stream, false, "one ").data(stream, false, "two");
      client.headers(stream, true, "x-check", "9");
      Exchange exchange = client.answer(stream);
      assertThat(exchange.body()).isEqualTo("hello");
      assertThat(exchange.trailer("x-sum")).hasValue("7");
      Received received = backend.next();
      assertThat(received.body()).isEqualTo("one two");
      assertThat(received.trailers()).containsExactly("x-check: 9");
    }
  }

  @Test
  void interim_answers_pass() throws Exception {
    String answer =
        "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
    try (RecordingBackend backend = RecordingBackend.answering(answer);
        TestGateway gateway = TestGateway.open(backend);
        RawHttp2Client client = new RawHttp2Client(gateway.address())) {
      Exchange exchange = client.answer(client.get("/x"));
      assertThat(exchange.interim()).isEqualTo(1);
      assertThat(exchange.status()).isEqualTo(200);
      assertThat(exchange.isEnded()).isTrue();
    }
  }

  static Stream<Arguments> malformed() {
    String[] good = {":method", "GET", ":scheme", "http", ":authority", "gw.test", ":path", "/x"};
    return Stream.of(
        Arguments.of("no method", without(good, ":method")),
        Arguments.of("no scheme", without(good, ":scheme")),
        Arguments.of("no path", without(good, ":path")),
        Arguments.of("no authority and no host", without(good, ":authority")),
        Arguments.of("an empty path", with(good, ":path", "")),
        Arguments.of("a path without a slash", with(good, ":path", "x")),
        Arguments.of("an absolute form", with(good, ":path", "http://gw.test/x")),
        Arguments.of("a path with a space", with(good, ":path", "/x HTTP/1.1")),
        Arguments.of("another scheme", with(good, ":scheme", "ftp")),
        Arguments.of("a method that is no token", with(good, ":method", "GET /y")),
        Arguments.of("user information", with(good, ":authority", "a@gw.test")),
        Arguments.of("two paths", and(good, ":path", "/y")),
        Arguments.of("two methods", and(good, ":method", "POST")),
        Arguments.of("a status", and(good, ":status", "200")),
        Arguments.of("an unknown pseudo-header field", and(good, ":x", "y")),
        Arguments.of("a pseudo-header field behind others", behind(good)),
        Arguments.of("another host", and(good, "host", "other.test")),
        Arguments.of("two hosts", and(and(good, "host", "gw.test"), "host", "gw.test")),
        Arguments.of("connection", and(good, "connection", "close")),
        Arguments.of("keep-alive", and(good, "keep-alive", "1")),
        Arguments.of("proxy-connection", and(good, "proxy-connection", "close")),
        Arguments.of("transfer-encoding", and(good, "transfer-encoding", "chunked")),
        Arguments.of("upgrade", and(good, "upgrade", "h2c")),
        Arguments.of("te other than trailers", and(good, "te", "gzip")),
        Arguments.of("an upper-case name", and(good, "X-A", "b")),
        Arguments.of("an empty name", and(good, "", "b")),
        Arguments.of("a name with a space", and(good, "x a", "b")),
        Arguments.of("a name with a colon", and(good, "x:a", "b")),
        Arguments.of("a line break in a value", and(good, "x-a", "b\r\nc: d")),
        Arguments.of("a NUL in a value", and(good, "x-a", "b\0")),
        Arguments.of("a leading space in a value", and(good, "x-a", " b")),
        Arguments.of("a trailing tab in a value", and(good, "x-a", "b\t")),
        Arguments.of("a byte from 0x80 in a value", and(good, "x-a", "\u00e9")),
        Arguments.of("a length without a body", and(good, "content-length", "1")),
        Arguments.of("no length", and(good, "content-length", "+0")),
        Arguments.of("two lengths", and(and(good, "content-length", "0"), "content-length", "0")),
        Arguments.of("an unknown expectation", and(good, "expect", "a miracle")));
  }

  private static String[] without(String[] fields, String name) {
    int at = Arrays.asList(fields).indexOf(name);
    return Stream.concat(Arrays.stream(fields, 0, at), Arrays.stream(fields, at + 2, fields.length))
        .toArray(String[]::new);
  }

  private static String[] with(String[] fields, String name, String value) {
    String[] changed = fields.clone();
    changed[Arrays.asList(fields).indexOf(name) + 1] = value;
    return changed;
  }

  private static String[] and(String[] fields, String name, String value) {
    return Stream.concat(Arrays.stream(fields), Stream.of(name, value)).toArray(String[]::new);
  }

  private static String[] behind(String[] fields) {
    return and(and(without(fields, ":path"), "x-a", "b"), ":path", "/x");
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("malformed")
  void a_malformed_head_resets_its_stream_and_reaches_nobody(String what, String[] fields)
      throws Exception {
    try (RecordingBackend backend = RecordingBackend.start();
        TestGateway gateway = TestGateway.open(backend);
        RawHttp2Client client = new RawHttp2Client(gateway.address())) {
      int stream = client.newStream();
      client.headers(stream, true, fields);
      assertThat(client.answer(stream).reset()).as(what).isEqualTo(PROTOCOL_ERROR);
      assertThat(client.answer(client.get("/after")).status()).isEqualTo(200);
      assertThat(backend.next().startLine()).isEqualTo("GET /after HTTP/1.1");
      assertThat(backend.requests()).isEqualTo(1);
    }
  }

  @Test
  void data_must_be_as_long_as_it_was_said() throws Exception {
    try (RecordingBackend backend = RecordingBackend.start();
        TestGateway gateway = TestGateway.open(backend);
        RawHttp2Client client = new RawHttp2Client(gateway.address())) {
      for (String length : List.of("0", "1", "2", "4")) {
        int stream = client.request("POST", "/x", false, "content-length", length);
        client.data(stream, true, "abc");
        assertThat(client.answer(stream).reset()).isEqualTo(PROTOCOL_ERROR);
        assertThat(client.answer(stream).status()).isZero();
      }
      int stream = client.request("POST", "/x", false, "content-length", "0");
      client.data(stream, true, "");
      assertThat(client.answer(stream).status()).isEqualTo(200);
      assertThat(backend.rest()).extracting(Received::body).containsExactly("");
    }
  }

  @Test
  void what_is_too_large_is_told_apart() throws Exception {
    try (RecordingBackend backend = RecordingBackend.start();
        TestGateway gateway = TestGateway.open(backend);
        RawHttp2Client client = new RawHttp2Client(gateway.address())) {
      assertThat(client.answer(client.get("/" + "a".repeat(9_000))).status()).isEqualTo(414);
      String[] many = new String[240];
      Arrays.setAll(many, i -> i % 2 == 0 ? "x-" + i : "y");
      assertThat(client.answer(client.get("/x", many)).status()).isEqualTo(431);
      assertThat(
              client
                  .answer(client.get("/x", "x-a", "a".repeat(15_000), "x-b", "a".repeat(300)))
                  .status())
          .isEqualTo(200);
      assertThat(backend.requests()).isEqualTo(1);
    }
  }

  @Test
  void a_whole_answer_to_half_a_request_ends_the_request() throws Exception {
    try (RecordingBackend backend = RecordingBackend.start();
        TestGateway gateway = guarded(backend);
        RawHttp2Client client = new RawHttp2Client(gateway.address())) {
      int large = client.request("POST", "/api/x", false, "content-length", "1000000");
      Exchange refused = client.answer(large);
      assertThat(refused.status()).isEqualTo(401);
      client.await(() -> refused.reset() >= 0);
      assertThat(refused.isEnded()).isTrue();
      assertThat(refused.reset()).isEqualTo(NO_ERROR);
      int small = client.request("POST", "/api/x", false);
      assertThat(client.answer(small).status()).isEqualTo(401);
      client.data(small, true, "the rest");
      assertThat(client.answer(client.get("/open/x")).status()).isEqualTo(200);
      assertThat(client.exchange(small).reset()).isEqualTo(-1);
    }
  }

  @Test
  void answers_that_do_not_wait_for_the_whole_request_are_not_on_the_clients_account()
      throws Exception {
    try (RawHttp2Backend backend =
            RawHttp2Backend.scripted(stream -> stream.head(true, ":status", "200"));
        TestGateway gateway =
            TestGateway.with(TestGateway.OPEN).backend("core", backend.url()).start();
        RawHttp2Client client = new RawHttp2Client(gateway.address())) {
      for (int i = 0; i < 250; i++) {
        Exchange one = client.answer(client.request("POST", "/early", false));
        client.await(() -> one.reset() >= 0);
        assertThat(one.status()).isEqualTo(200);
        assertThat(one.reset()).isEqualTo(NO_ERROR);
      }
      assertThat(client.goAway()).isEqualTo(-1);
    }
  }

  @Test
  void refusals_of_requests_without_an_end_are_on_the_clients_account() throws Exception {
    try (RecordingBackend backend = RecordingBackend.start();
        TestGateway gateway = guarded(backend);
        RawHttp2Client client = new RawHttp2Client(gateway.address())) {
      for (int i = 0; i < 201; i++) {
        client.request("POST", "/api/x", false, "content-length", "1000000");
        if (i % 50 == 49) {
          client.await(() -> client.exchange(1).reset() >= 0);
          client.answer(client.get("/open/x"));
        }
      }
      client.await(() -> client.goAway() >= 0);
      assertThat(client.goAway()).isEqualTo(ENHANCE_YOUR_CALM);
      assertThat(client.awaitClose()).isTrue();
    }
  }

  @Test
  void a_cut_answer_never_looks_whole() throws Exception {
    String half = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf";
    try (RecordingBackend backend =
            RecordingBackend.scripted(
                conversation -> {
                  conversation.request();
                  conversation.send(half);
                  return false;
                });
        TestGateway gateway = TestGateway.open(backend);
        RawHttp2Client client = new RawHttp2Client(gateway.address())) {
      Exchange exchange = client.answer(client.get("/x"));
      assertThat(exchange.status()).isEqualTo(200);
      assertThat(exchange.isEnded()).isFalse();
      assertThat(exchange.reset()).isPositive();
      assertThat(client.isClosed()).isFalse();
    }
  }

  @Test
  void a_client_that_resets_stops_its_backend() throws Exception {
    CompletableFuture<Integer> next = new CompletableFuture<>();
    try (RecordingBackend backend =
            RecordingBackend.scripted(
                conversation -> {
                  conversation.request();
                  next.complete(conversation.read());
                  return false;
                });
        TestGateway gateway = TestGateway.open(backend);
        RawHttp2Client client = new RawHttp2Client(gateway.address())) {
      int stream = client.get("/x");
      backend.next();
      client.reset(stream, CANCEL);
      assertThat(next.get()).isEqualTo(-1);
      assertThat(client.isClosed()).isFalse();
    }
  }

  @Test
  void a_stream_that_is_not_read_stops_its_backend_and_no_other_stream() throws Exception {
    String large = "x".repeat(8 << 20);
    byte[] nothing = {0, 4, 0, 0, 0, 0};
    try (RecordingBackend backend =
            RecordingBackend.answering(
                "HTTP/1.1 200 OK\r\nContent-Length: " + large.length() + "\r\n\r\n" + large);
        TestGateway gateway = TestGateway.open(backend);
        RawHttp2Client client = new RawHttp2Client(gateway.address(), nothing, false)) {
      int stalled = client.get("/stalled");
      client.await(() -> client.exchange(stalled).status() == 200);
      int other = client.get("/other");
      client.window(0, large.length()).window(other, large.length());
      assertThat(client.answer(other).bodyLength()).isEqualTo(large.length());
      assertThat(client.exchange(stalled).bodyLength()).isZero();
      client.window(0, large.length()).window(stalled, large.length());
      assertThat(client.answer(stalled).bodyLength()).isEqualTo(large.length());
    }
  }

  @Test
  void more_streams_than_announced_are_refused() throws Exception {
    try (RecordingBackend backend =
            RecordingBackend.scripted(conversation -> conversation.request().isPresent());
        TestGateway gateway = TestGateway.open(backend);
        RawHttp2Client client = new RawHttp2Client(gateway.address())) {
      int last = 0;
      for (int i = 0; i <= 100; i++) {
        last = client.request("POST", "/x", false);
      }
      assertThat(client.answer(last).reset()).isEqualTo(REFUSED_STREAM);
      assertThat(client.setting(3)).hasValue(100);
    }
  }

  @Test
  void draining_lets_streams_end_and_says_so() throws Exception {
    try (RecordingBackend backend = RecordingBackend.start();
        TestGateway gateway = TestGateway.open(backend);
        RawHttp2Client client = new RawHttp2Client(gateway.address())) {
      int open = client.request("POST", "/x", false);
      client.await(() -> client.setting(3).isPresent());
      var drained = gateway.server().drain(Duration.ofSeconds(20));
      // What is sent before the client can know is still served.
      assertThat(client.answer(client.get("/late")).status()).isEqualTo(200);
      client.await(() -> client.goAway() >= 0);
      assertThat(client.goAway()).isEqualTo(NO_ERROR);
      client.data(open, true, "end");
      assertThat(client.answer(open).status()).isEqualTo(200);
      assertThat(client.awaitClose()).isTrue();
      drained.get();
    }
  }

  @Test
  void an_idle_connection_is_closed_with_goaway() throws Exception {
    FrontendSettings standard = FrontendSettings.standard();
    FrontendSettings hasty =
        new FrontendSettings(
            standard.headTimeout(),
            standard.bodyTimeout(),
            Duration.ofMillis(300),
            standard.bodyLimitBytes(),
            standard.trustedProxies());
    try (RecordingBackend backend = RecordingBackend.start();
        TestGateway gateway =
            TestGateway.with(TestGateway.OPEN)
                .backend("core", backend.url())
                .frontend(hasty)
                .start();
        RawHttp2Client client = new RawHttp2Client(gateway.address())) {
      assertThat(client.answer(client.get("/x")).status()).isEqualTo(200);
      assertThat(client.awaitClose()).isTrue();
      assertThat(client.goAway()).isEqualTo(NO_ERROR);
    }
  }

  /** How a head comes too slowly; each takes the number of the piece that is sent. */
  interface Drip {
    void send(RawHttp2Client client, int piece) throws IOException;
  }

  static Stream<Arguments> slowHeads() {
    Drip continuations =
        (client, piece) ->
            client.frame(piece == 0 ? HEADERS : CONTINUATION, 0, 1001, new byte[] {(byte) 0x82});
    Drip bytes =
        (client, piece) ->
            client.bytes(
                piece == 0 ? new byte[] {0, 0, 99, HEADERS, 5, 0, 0, 3, (byte) 233} : new byte[1]);
    return Stream.of(
        Arguments.of("HEADERS without an end", continuations, false),
        Arguments.of("HEADERS without an end, while another stream is open", continuations, true),
        Arguments.of("half a frame", bytes, false),
        Arguments.of("half a frame, while another stream is open", bytes, true));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("slowHeads")
  void a_head_that_comes_too_slowly_ends_the_connection(String how, Drip drip, boolean busy)
      throws Exception {
    try (RecordingBackend backend = RecordingBackend.start();
        TestGateway gateway = withHeadTimeout(backend, Duration.ofMillis(400));
        RawHttp2Client client = new RawHttp2Client(gateway.address())) {
      assertThat(client.answer(client.get("/x")).status()).isEqualTo(200);
      if (busy) {
        client.request("POST", "/y", false);
      }
      int pieces = 0;
      try {
        // None of them gives it more time.
        while (!client.isClosed() && pieces < 15) {
          drip.send(client, pieces++);
          LockSupport.parkNanos(100_000_000);
        }
      } catch (IOException e) {
        // closed in the middle of it
      }
      assertThat(pieces).isBetween(3, 14);
      assertThat(client.goAway()).isEqualTo(ENHANCE_YOUR_CALM);
    }
  }

  @Test
  void a_head_that_has_ended_has_all_the_time_of_a_request() throws Exception {
    try (RecordingBackend backend = RecordingBackend.start();
        TestGateway gateway = withHeadTimeout(backend, Duration.ofMillis(500));
        RawHttp2Client client = new RawHttp2Client(gateway.address())) {
      assertThat(client.answer(client.get("/x")).status()).isEqualTo(200); // settings are agreed on
      int stream = client.newStream();
      client.frame(HEADERS, 1, stream, new byte[] {(byte) 0x82, (byte) 0x86, (byte) 0x84});
      LockSupport.parkNanos(20_000_000); // not in one piece
      client.frame(CONTINUATION, 4, stream, new byte[] {0x41, 1, 'a'});
      assertThat(client.answer(stream).status()).isEqualTo(200);
      int slow = client.request("POST", "/slow", false);
      LockSupport.parkNanos(800_000_000);
      client.data(slow, true, "body");
      assertThat(client.answer(slow).status()).isEqualTo(200);
    }
  }

  private static TestGateway withHeadTimeout(RecordingBackend backend, Duration time)
      throws IOException {
    FrontendSettings standard = FrontendSettings.standard();
    return TestGateway.with(TestGateway.OPEN)
        .backend("core", backend.url())
        .frontend(
            new FrontendSettings(
                time,
                standard.bodyTimeout(),
                standard.idleTimeout(),
                standard.bodyLimitBytes(),
                standard.trustedProxies()))
        .start();
  }

  @Test
  void the_preface_may_come_in_pieces_and_something_like_it_is_http_1() throws Exception {
    try (RecordingBackend backend = RecordingBackend.start();
        TestGateway gateway = TestGateway.open(backend)) {
      try (RawClient pieces = gateway.connect()) {
        pieces.send("PRI * HT").send("TP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0");
        assertThat(pieces.bytes(9)[3]).isEqualTo((byte) 4);
      }
      try (RawClient other = gateway.connect()) {
        other.send("PRI * HT").send("TP/1.1\r\nHost: gw.test\r\n\r\n");
        assertThat(other.answer().status()).isEqualTo(400);
      }
    }
  }
}
