package io.scopegate.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What flows through the gateway on public rows: framing, order, ends. */
@Timeout(20)
// Text blocks have no CR.
@SuppressWarnings("StringConcatToTextBlock")
class ForwardingTest {
  private static final String GET = "GET /a HTTP/1.1\r\nHost: gw.test\r\n\r\n";

  @Test
  void a_request_is_forwarded_and_its_answer_comes_back() throws Exception {
    try (RecordingBackend backend = RecordingBackend.start();
        TestGateway gateway = TestGateway.open(backend);
        RawClient client = gateway.connect()) {
      RawClient.Answer answer =
          client.send("GET /a%2Bb?c=%20d HTTP/1.1\r\nHost: gw.test\r\n\r\n").answer();
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.body()).isEqualTo("ok");
      assertThat(answer.value("X-Request-Id")).hasValueSatisfying(id -> assertThat(id).hasSize(32));
      RecordingBackend.Received request = backend.next();
      assertThat(request.startLine()).isEqualTo("GET /a%2Bb?c=%20d HTTP/1.1");
      assertThat(request.value("Host")).hasValue("gw.test");
    }
  }

  @Test
  void a_connection_serves_one_request_after_the_other_over_one_backend_connection()
      throws Exception {
    try (RecordingBackend backend = RecordingBackend.start();
        TestGateway gateway = TestGateway.open(backend);
        RawClient client = gateway.connect()) {
      for (int i = 0; i < 5; i++) {
        assertThat(client.send(GET).answer().status()).isEqualTo(200);
        assertThat(backend.next().connection()).isEqualTo(1);
      }
      TestGateway.settle();
      assertThat(gateway.backend("core").openConnections()).isEqualTo(1);
      assertThat(gateway.backend("core").activeRequests()).isZero();
    }
  }

  @Test
  void nothing_of_one_exchange_is_in_the_next_one_on_the_same_connections() throws Exception {
    Iterator<String> answers =
        List.of(
                "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
                    + "HTTP/1.1 201 Made\r\nX-One: 1\r\nVary: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                    + "1\r\n1\r\n0\r\nX-Sum: 1\r\n\r\n",
                "HTTP/1.1 200 OK\r\nX-Two: 2\r\nContent-Length: 1\r\n\r\n2",
                "HTTP/1.1 200 OK\r\nVary: b\r\nContent-Length: 1\r\n\r\n3",
                "HTTP/1.1 200 Fine\r\nVary: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")
            .iterator();
    try (RecordingBackend backend =
            RecordingBackend.scripted(
                conversation -> {
                  boolean asked = conversation.request().isPresent();
                  if (asked) {
                    conversation.send(answers.next());
                  }
                  return asked;
                });
        TestGateway gateway = TestGateway.open(backend);
        RawClient client = gateway.connect()) {
      client.send("GET /1 HTTP/1.1\r\nHost: gw.test\r\nAccept: a\r\nX-One: 1\r\n\r\n");
      RawClient.Answer hint = client.answer();
      assertThat(hint.value("Link")).hasValue("</a>");
      RawClient.Answer first = client.answer();
      assertThat(first.status()).isEqualTo(201);
      assertThat(first.value("Link")).isEmpty();
      assertThat(first.value("X-One")).hasValue("1");
      assertThat(first.trailers()).containsExactly("X-Sum: 1");
      client.send("GET /2 HTTP/1.1\r\nHost: gw.test\r\nAccept: b\r\n\r\n");
      RawClient.Answer second = client.answer();
      assertThat(second.body()).isEqualTo("2");
      assertThat(second.value("X-One")).isEmpty();
      assertThat(second.value("Vary")).isEmpty();
      assertThat(second.value("X-Two")).hasValue("2");
      client.send("POST /3 HTTP/1.1\r\nHost: gw.test\r\nContent-Length: 0\r\n\r\n");
      assertThat(client.answer().value("Vary")).hasValue("b");
      client.send(GET);
      RawClient.Answer last = client.answer();
      assertThat(last.startLine()).endsWith(" 200 Fine");
      assertThat(last.value("Vary")).hasValue("a");
      assertThat(last.trailers()).isEmpty();

      assertThat(backend.next().value("X-One")).hasValue("1");
      RecordingBackend.Received next = backend.next();
      assertThat(next.value("X-One")).isEmpty();
      assertThat(next.value("Accept")).hasValue("b");
      assertThat(backend.next().startLine()).isEqualTo("POST /3 HTTP/1.1");
      assertThat(backend.next().value("Accept")).isEmpty();
    }
  }

  @Test
  void pipelined_requests_are_answered_in_order() throws Exception {
    try (RecordingBackend backend =
            RecordingBackend.scripted(
                conversation -> {
                  Optional<RecordingBackend.Received> request = conversation.request();
                  if (request.isEmpty()) {
                    return false;
                  }
                  String path = request.get().startLine().split(" ", -1)[1];
                  conversation.send(
                      "HTTP/1.1 200 OK\r\nContent-Length: " + path.length() + "\r\n\r\n" + path);
                  return true;
                });
        TestGateway gateway = TestGateway.open(backend);
        RawClient client = gateway.connect()) {
      StringBuilder requests = new StringBuilder();
      for (int i = 0; i < 50; i++) {
        requests.append("GET /").append(i).append(" HTTP/1.1\r\nHost: gw.test\r\n\r\n");
      }
      client.send(requests.toString());
      List<String> bodies = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        bodies.add(client.answer().body());
      }
      assertThat(bodies).hasSize(50).first().isEqualTo("/0");
      assertThat(bodies.get(49)).isEqualTo("/49");
    }
  }

  @Test
  void a_request_that_comes_byte_by_byte_is_one_request() throws Exception {
    try (RecordingBackend backend = RecordingBackend.start();
        TestGateway gateway = TestGateway.open(backend);
        RawClient client = gateway.connect()) {
      String request =
          "POST /a HTTP/1.1\r\nHost: gw.test\r\nTransfer-Encoding: chunked\r\n\r\n"
              + "3;x=\"y\"\r\nabc\r\nA\r\n0123456789\r\n0\r\nX-Sum: 13\r\n\r\n";
      for (int i = 0; i < request.length(); i++) {
        client.send(request.substring(i, i + 1));
      }
      assertThat(client.answer().status()).isEqualTo(200);
      RecordingBackend.Received received = backend.next();
      assertThat(received.body()).isEqualTo("abc0123456789");
      assertThat(received.trailers()).containsExactly("X-Sum: 13");
      assertThat(received.values("Transfer-Encoding")).containsExactly("chunked");
    }
  }

  @Test
  void a_fixed_body_is_forwarded_with_its_length() throws Exception {
    try (RecordingBackend backend = RecordingBackend.start();
        TestGateway gateway = TestGateway.open(backend);
        RawClient client = gateway.connect()) {
      String body = "x".repeat(300_000);
      client.send("PUT /a HTTP/1.1\r\nHost: gw.test\r\nContent-Length: 300000\r\n\r\n" + body);
      assertThat(client.answer().status()).isEqualTo(200);
      RecordingBackend.Received received = backend.next();
      assertThat(received.body()).isEqualTo(body);
      assertThat(received.values("Content-Length")).containsExactly("300000");
    }
  }

  @Test
  void chunked_answers_and_their_trailers_pass() throws Exception {
    String answer =
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n"
            + "5\r\nhello\r\n6\r\n world\r\n0\r\nX-Sum: 11\r\nSet-Cookie: a=b\r\n\r\n";
    try (RecordingBackend backend = RecordingBackend.answering(answer);
        TestGateway gateway = TestGateway.open(backend);
        RawClient client = gateway.connect()) {
      RawClient.Answer received = client.send(GET).answer();
      assertThat(received.body()).isEqualTo("hello world");
      assertThat(received.trailers()).containsExactly("X-Sum: 11");
      assertThat(client.send(GET).answer().body()).isEqualTo("hello world");
    }
  }

  @Test
  void an_answer_that_ends_with_the_connection_is_passed_on_in_chunks() throws Exception {
    String answer = "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nuntil the end";
    try (RecordingBackend backend = RecordingBackend.answering(answer);
        TestGateway gateway = TestGateway.open(backend);
        RawClient client = gateway.connect()) {
      RawClient.Answer received = client.send(GET).answer();
      assertThat(received.value("Transfer-Encoding")).hasValue("chunked");
      assertThat(received.body()).isEqualTo("until the end");
      assertThat(client.send(GET).answer().body()).isEqualTo("until the end");
    }
  }

  @Test
  void an_http_1_0_client_gets_an_answer_that_ends_with_the_connection() throws Exception {
    String answer = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n";
    try (RecordingBackend backend = RecordingBackend.answering(answer);
        TestGateway gateway = TestGateway.open(backend);
        RawClient client = gateway.connect()) {
      RawClient.Answer received =
          client
              .send("GET /a HTTP/1.0\r\nHost: gw.test\r\nConnection: keep-alive\r\n\r\n")
              .answer();
      assertThat(received.value("Transfer-Encoding")).isEmpty();
      assertThat(received.value("Connection")).hasValue("close");
      assertThat(received.body()).isEqualTo("hello");
      assertThat(client.isClosed()).isTrue();
      assertThat(backend.next().startLine()).isEqualTo("GET /a HTTP/1.1");
    }
  }

  @Test
  void an_http_1_0_client_keeps_its_connection_if_it_asks_to() throws Exception {
    try (RecordingBackend backend = RecordingBackend.start();
        TestGateway gateway = TestGateway.open(backend);
        RawClient client = gateway.connect()) {
      String request = "GET /a HTTP/1.0\r\nHost: gw.test\r\nConnection: keep-alive\r\n\r\n";
      assertThat(client.send(request).answer().value("Connection")).hasValue("keep-alive");
      assertThat(client.send(request).answer().status()).isEqualTo(200);
      assertThat(client.send("GET /a HTTP/1.0\r\nHost: gw.test\r\n\r\n").answer().status())
          .isEqualTo(200);
      assertThat(client.isClosed()).isTrue();
    }
  }

  @Test
  void the_answer_to_head_has_the_length_and_no_body() throws Exception {
    try (RecordingBackend backend = RecordingBackend.start();
        TestGateway gateway = TestGateway.open(backend);
        RawClient client = gateway.connect()) {
      RawClient.Answer answer =
          client.send("HEAD /a HTTP/1.1\r\nHost: gw.test\r\n\r\n").answerToHead();
      assertThat(answer.value("Content-Length")).hasValue("2");
      assertThat(client.send(GET).answer().body()).isEqualTo("ok");
    }
  }

  @Test
  void answers_that_cannot_have_a_body_have_none() throws Exception {
    for (String status : List.of("204 No Content", "304 Not Modified")) {
      try (RecordingBackend backend =
              RecordingBackend.answering("HTTP/1.1 " + status + "\r\nETag: \"x\"\r\n\r\n");
          TestGateway gateway = TestGateway.open(backend);
          RawClient client = gateway.connect()) {
        for (int i = 0; i < 2; i++) {
          RawClient.Answer answer = client.send(GET).answer();
          assertThat(answer.startLine()).isEqualTo("HTTP/1.1 " + status);
          assertThat(answer.value("Transfer-Encoding")).isEmpty();
          assertThat(answer.value("ETag")).hasValue("\"x\"");
        }
      }
    }
  }

  @Test
  void interim_answers_pass() throws Exception {
    try (RecordingBackend backend =
            RecordingBackend.answering(
                "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
                    + "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        TestGateway gateway = TestGateway.open(backend);
        RawClient client = gateway.connect()) {
      RawClient.Answer hints = client.send(GET).answer();
      assertThat(hints.status()).isEqualTo(103);
      assertThat(hints.value("Link")).hasValue("</a>");
      assertThat(client.answer().body()).isEqualTo("ok");
    }
  }

  @Test
  void an_expectation_is_met_by_the_backend() throws Exception {
    try (RecordingBackend backend =
            RecordingBackend.scripted(
                conversation -> {
                  Optional<Wire.Message> head = conversation.head();
                  if (head.isEmpty()) {
                    return false;
                  }
                  conversation.send("HTTP/1.1 100 Continue\r\n\r\n");
                  conversation.rest(head.get());
                  conversation.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
                  return true;
                });
        TestGateway gateway = TestGateway.open(backend);
        RawClient client = gateway.connect()) {
      client.send(
          "POST /a HTTP/1.1\r\nHost: gw.test\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n");
      assertThat(client.answer().status()).isEqualTo(100);
      assertThat(client.send("body").answer().body()).isEqualTo("ok");
      RecordingBackend.Received received = backend.next();
      assertThat(received.body()).isEqualTo("body");
      assertThat(received.value("Expect")).hasValue("100-continue");
    }
  }

  @Test
  void what_a_backend_breaks_off_never_looks_whole() throws Exception {
    for (String framing : List.of("Content-Length: 100", "Transfer-Encoding: chunked")) {
      String sent = framing.startsWith("C") ? "part" : "4\r\npart\r\n";
      try (RecordingBackend backend =
              RecordingBackend.answering(
                  "HTTP/1.1 200 OK\r\nConnection: close\r\n" + framing + "\r\n\r\n" + sent);
          TestGateway gateway = TestGateway.open(backend);
          RawClient client = gateway.connect()) {
        client.send(GET);
        String all = new String(readUntilEnd(client), StandardCharsets.ISO_8859_1);
        assertThat(all).startsWith("HTTP/1.1 200 OK").doesNotContain("\r\n0\r\n");
      }
    }
  }

  private static byte[] readUntilEnd(RawClient client) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    try {
      for (byte[] b = client.bytes(1); b.length > 0; b = client.bytes(1)) {
        all.writeBytes(b);
      }
    } catch (IOException e) {
      return all.toByteArray(); // a reset
    }
    return all.toByteArray();
  }

  @Test
  void a_client_that_goes_away_takes_the_backend_request_with_it() throws Exception {
    CountDownLatch arrived = new CountDownLatch(1);
    try (RecordingBackend backend =
            RecordingBackend.scripted(
                conversation -> {
                  conversation.head();
                  arrived.countDown();
                  assertThat(conversation.read()).isEqualTo(-1);
                  throw new EOFException("gone");
                });
        TestGateway gateway = TestGateway.open(backend)) {
      try (RawClient client = gateway.connect()) {
        client.send(GET);
        arrived.await();
      }
      assertThat(backend.nextBrokenOff()).isEqualTo("gone");
    }
  }

  @Test
  void a_connection_that_went_stale_is_replaced_once() throws Exception {
    try (RecordingBackend backend =
            RecordingBackend.scripted(
                conversation -> {
                  if (conversation.request().isEmpty()) {
                    return false;
                  }
                  conversation.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
                  // The first connection takes the next request and closes instead of answering.
                  return conversation.number() > 1 || conversation.head().isEmpty();
                });
        TestGateway gateway = TestGateway.open(backend);
        RawClient client = gateway.connect()) {
      assertThat(client.send(GET).answer().status()).isEqualTo(200);
      assertThat(client.send(GET).answer().status()).isEqualTo(200);
      assertThat(backend.next().connection()).isEqualTo(1);
      assertThat(backend.next().connection()).isEqualTo(2);
    }
  }

  @Test
  void a_request_with_consequences_is_never_sent_twice() throws Exception {
    try (RecordingBackend backend =
            RecordingBackend.scripted(
                conversation -> {
                  if (conversation.request().isEmpty()) {
                    return false;
                  }
                  conversation.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
                  return conversation.request().isEmpty();
                });
        TestGateway gateway = TestGateway.open(backend);
        RawClient client = gateway.connect()) {
      assertThat(client.send(GET).answer().status()).isEqualTo(200);
      RawClient.Answer answer =
          client.send("POST /a HTTP/1.1\r\nHost: gw.test\r\nContent-Length: 0\r\n\r\n").answer();
      assertThat(answer.status()).isEqualTo(502);
      assertThat(answer.body()).contains("\"code\":\"backend_failed\"");
      assertThat(backend.requests()).isEqualTo(2);
    }
  }

  @Test
  void an_answer_that_nobody_asked_for_reaches_nobody() throws Exception {
    String ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    String stolen = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nstolen";
    try (RecordingBackend backend =
            RecordingBackend.scripted(
                conversation -> {
                  if (conversation.request().isEmpty()) {
                    return false;
                  }
                  conversation.send(conversation.number() == 1 ? ok + stolen : ok);
                  return true;
                });
        TestGateway gateway = TestGateway.open(backend);
        RawClient client = gateway.connect()) {
      client.send(GET + GET);
      assertThat(client.answer().body()).isEqualTo("ok");
      assertThat(client.answer().body()).isEqualTo("ok");
      assertThat(backend.next().connection()).isEqualTo(1);
      assertThat(backend.next().connection()).isEqualTo(2);
    }
  }

  @Test
  void an_answer_with_two_readings_is_a_failure_of_the_backend() throws Exception {
    List<String> answers =
        List.of(
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nok",
            "HTTP/1.1 200 OK\r\nX-A: b\rSet-Cookie: pwn=1\r\nContent-Length: 0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nX-A: b\u0000\r\nContent-Length: 0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nX: a\r\n b\r\nContent-Length: 0\r\n\r\n",
            "HTTP/1.1 200 OK\nContent-Length: 0\n\n",
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n",
            "HTTP/2 200\r\nContent-Length: 0\r\n\r\n",
            "nonsense\r\n\r\n");
    for (String bad : answers) {
      try (RecordingBackend backend = RecordingBackend.answering(bad);
          TestGateway gateway = TestGateway.open(backend);
          RawClient client = gateway.connect()) {
        RawClient.Answer answer = client.send(GET).answer();
        assertThat(answer.status()).as(bad).isEqualTo(502);
        assertThat(answer.body()).contains("\"code\":\"backend_failed\"");
        assertThat(answer.value("Set-Cookie")).isEmpty();
      }
    }
  }

  @Test
  void two_readings_in_a_body_cut_the_answer() throws Exception {
    try (RecordingBackend backend =
            RecordingBackend.answering(
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nokX\r\n0\r\n\r\n");
        TestGateway gateway = TestGateway.open(backend);
        RawClient client = gateway.connect()) {
      client.send(GET);
      String all = new String(readUntilEnd(client), StandardCharsets.ISO_8859_1);
      assertThat(all).doesNotContain("\r\n0\r\n");
    }
  }

  @Test
  void a_backend_that_cannot_be_reached_is_502() throws Exception {
    String url;
    try (RecordingBackend gone = RecordingBackend.start()) {
      url = gone.url();
    }
    try (TestGateway gateway = TestGateway.with(TestGateway.OPEN).backend("core", url).start();
        RawClient client = gateway.connect()) {
      for (int i = 0; i < 2; i++) {
        RawClient.Answer answer =
            client.send(GET.replace("\r\n\r\n", "\r\nX-Request-Id: r1\r\n\r\n")).answer();
        assertThat(answer.startLine()).isEqualTo("HTTP/1.1 502 Bad Gateway");
        assertThat(answer.lines())
            .containsExactlyInAnyOrder(
                "Content-Type: application/problem+json",
                "Cache-Control: no-store",
                "X-Request-Id: r1",
                "Content-Length: " + answer.body().length());
        assertThat(answer.body())
            .isEqualTo(
                "{\"type\":\"urn:scopegate:problem:backend_unreachable\","
                    + "\"title\":\"the backend cannot be reached\",\"status\":502,"
                    + "\"detail\":\"no connection to the backend\","
                    + "\"code\":\"backend_unreachable\",\"requestId\":\"r1\"}");
      }
    }
  }

  @Test
  void another_endpoint_is_tried_where_one_cannot_be_reached() throws Exception {
    String url;
    try (RecordingBackend gone = RecordingBackend.start()) {
      url = gone.url();
    }
    try (RecordingBackend backend = RecordingBackend.start();
        TestGateway gateway =
            TestGateway.with(TestGateway.OPEN).backend("core", url, backend.url()).start()) {
      for (int i = 0; i < 8; i++) {
        try (RawClient client = gateway.connect()) {
          assertThat(client.send(GET).answer().status()).isEqualTo(200);
        }
      }
    }
  }

  @Test
  void a_backend_that_does_not_answer_in_time_is_504() throws Exception {
    String routes =
        """
        apiVersion: scopegate/v1
        backend: core
        routes:
          - { match: "GET /a", access: public, timeout: 50ms }
        """;
    try (RecordingBackend backend =
            RecordingBackend.scripted(
                conversation -> conversation.request().isPresent() && conversation.read() > 0);
        TestGateway gateway = TestGateway.with(routes).backend("core", backend.url()).start();
        RawClient client = gateway.connect()) {
      RawClient.Answer answer = client.send(GET).answer();
      assertThat(answer.status()).isEqualTo(504);
      assertThat(answer.body()).contains("\"code\":\"backend_timeout\"");
      assertThat(gateway.backend("core").activeRequests()).isZero();
    }
  }

  @Test
  void a_request_that_goes_out_once_more_has_what_is_left_of_its_time() throws Exception {
    String routes =
        """
        apiVersion: scopegate/v1
        backend: core
        routes:
          - { match: "GET /a", access: public, timeout: 2s }
        """;
    CountDownLatch never = new CountDownLatch(1);
    try (RecordingBackend backend =
            RecordingBackend.scripted(
                conversation -> {
                  if (conversation.request().isEmpty()) {
                    return false;
                  }
                  if (conversation.number() == 2) {
                    // In time if it were counted from here.
                    assertThat(never.await(1_500, TimeUnit.MILLISECONDS)).isFalse();
                    conversation.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
                  }
                  assertThat(never.await(1, TimeUnit.SECONDS)).isFalse();
                  return false;
                });
        TestGateway gateway = TestGateway.with(routes).backend("core", backend.url()).start();
        RawClient client = gateway.connect()) {
      RawClient.Answer answer = client.send("GET /a HTTP/1.1\r\nHost: a\r\n\r\n").answer();
      assertThat(answer.status()).isEqualTo(504);
      assertThat(backend.requests()).isEqualTo(2);
    }
  }

  @Test
  void a_head_that_comes_too_slowly_is_408() throws Exception {
    FrontendSettings impatient =
        new FrontendSettings(
            Duration.ofMillis(50),
            Duration.ofMillis(50),
            Duration.ofSeconds(60),
            1000,
            TrustedProxies.none());
    try (RecordingBackend backend = RecordingBackend.start();
        TestGateway gateway =
            TestGateway.with(TestGateway.OPEN)
                .backend("core", backend.url())
                .frontend(impatient)
                .start()) {
      try (RawClient client = gateway.connect()) {
        RawClient.Answer answer = client.send("GET /a HTTP/1.1\r\nHost:").answer();
        assertThat(answer.status()).isEqualTo(408);
        assertThat(answer.body()).contains("\"code\":\"request_timeout\"");
        assertThat(client.isClosed()).isTrue();
      }
      try (RawClient client = gateway.connect()) {
        client.send("PUT /a HTTP/1.1\r\nHost: gw.test\r\nContent-Length: 9\r\n\r\npart");
        assertThat(client.answer().status()).isEqualTo(408);
        assertThat(client.isClosed()).isTrue();
        assertThat(backend.nextBrokenOff()).contains("broke off after 4 of 9");
      }
    }
  }

  @Test
  void a_body_over_the_limit_is_413_whether_its_length_is_told_or_not() throws Exception {
    String routes =
        """
        apiVersion: scopegate/v1
        backend: core
        routes:
          - { match: "PUT /a", access: public, bodyLimit: 1KiB }
        """;
    try (RecordingBackend backend = RecordingBackend.start();
        TestGateway gateway = TestGateway.with(routes).backend("core", backend.url()).start()) {
      for (String request :
          List.of(
              "Content-Length: 1025\r\n\r\n" + "x".repeat(1025),
              "Transfer-Encoding: chunked\r\n\r\n401\r\n" + "x".repeat(1025) + "\r\n0\r\n\r\n")) {
        try (RawClient client = gateway.connect()) {
          RawClient.Answer answer =
              client.send("PUT /a HTTP/1.1\r\nHost: gw.test\r\n" + request).answer();
          assertThat(answer.status()).isEqualTo(413);
          assertThat(answer.body()).contains("\"code\":\"body_too_large\"");
        }
      }
      assertThat(backend.requests()).isZero();
      try (RawClient client = gateway.connect()) {
        String request =
            "PUT /a HTTP/1.1\r\nHost: gw.test\r\nContent-Length: 1024\r\n\r\n" + "x".repeat(1024);
        assertThat(client.send(request).answer().status()).isEqualTo(200);
      }
    }
  }

  @Test
  void a_refused_body_is_drained_and_the_connection_goes_on() throws Exception {
    String routes =
        """
        apiVersion: scopegate/v1
        backend: core
        routes:
          - { match: "GET /a", access: public }
        """;
    try (RecordingBackend backend = RecordingBackend.start();
        TestGateway gateway =
            TestGateway.with(routes)
                .backend("core", backend.url())
                .callers(new TestGateway.Callers())
                .start();
        RawClient client = gateway.connect()) {
      client.send("PUT /b HTTP/1.1\r\nHost: gw.test\r\nContent-Length: 60000\r\n\r\n");
      assertThat(client.answer().status()).isEqualTo(401);
      client.send("x".repeat(60_000)).send(GET);
      assertThat(client.answer().status()).isEqualTo(200);
      client.send("PUT /b HTTP/1.1\r\nHost: gw.test\r\nContent-Length: 70000\r\n\r\n");
      RawClient.Answer answer = client.answer();
      assertThat(answer.status()).isEqualTo(401);
      assertThat(answer.value("Connection")).hasValue("close");
      assertThat(client.isClosed()).isTrue();
    }
  }

  @Test
  void a_drain_lets_requests_end_and_closes_what_is_idle() throws Exception {
    CountDownLatch answer = new CountDownLatch(1);
    try (RecordingBackend backend =
            RecordingBackend.scripted(
                conversation -> {
                  if (conversation.request().isEmpty()) {
                    return false;
                  }
                  answer.await();
                  conversation.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
                  return true;
                });
        TestGateway gateway = TestGateway.open(backend);
        RawClient idle = gateway.connect();
        RawClient busy = gateway.connect()) {
      busy.send(GET);
      backend.next();
      CompletableFuture<Void> drained = gateway.server().drain(Duration.ofSeconds(20));
      assertThat(idle.isClosed()).isTrue();
      assertThat(drained).isNotDone();
      answer.countDown();
      RawClient.Answer last = busy.answer();
      assertThat(last.status()).isEqualTo(200);
      assertThat(last.value("Connection")).hasValue("close");
      assertThat(busy.isClosed()).isTrue();
      drained.get(10, TimeUnit.SECONDS);
    }
  }
}
