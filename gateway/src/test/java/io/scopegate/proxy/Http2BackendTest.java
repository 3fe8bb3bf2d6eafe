package io.scopegate.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.scopegate.backend.Endpoint;
import io.scopegate.backend.Resilience;
import io.scopegate.proxy.RawHttp2Backend.Stream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Backends that speak HTTP/2, for clients of both versions. */
@Timeout(60)
// Text blocks have no CR.
@SuppressWarnings("StringConcatToTextBlock")
class Http2BackendTest {
  private static final int CANCEL = 8;
  private static final int REFUSED_STREAM = 7;
  private static final int INTERNAL_ERROR = 2;
  private static final String GET = "GET /a HTTP/1.1\r\nHost: gw.test\r\n\r\n";

  private static TestGateway open(RawHttp2Backend backend) throws IOException {
    return TestGateway.with(TestGateway.OPEN).backend("core", backend.url()).start();
  }

  @Test
  void a_request_of_http_1_goes_out_as_one_of_http_2() throws Exception {
    try (RawHttp2Backend backend = RawHttp2Backend.start();
        TestGateway gateway = open(backend);
        RawClient client = gateway.connect()) {
      client.send(
          "POST /a%20b?c=d HTTP/1.1\r\nHost: gw.test\r\nTransfer-Encoding: chunked\r\n"
              + "Connection: x-own\r\nX-Own: 1\r\nX-Kept: 1\r\n\r\n"
              + "3\r\nabc\r\n0\r\nX-Sum: 3\r\n\r\n");
      RawClient.Answer answer = client.answer();
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.body()).isEqualTo("ok");
      Stream received = backend.next();
      assertThat(received.value(":method")).hasValue("POST");
      assertThat(received.value(":path")).hasValue("/a%20b?c=d");
      assertThat(received.value(":scheme")).hasValue("http");
      assertThat(received.value(":authority")).hasValue("gw.test");
      assertThat(received.value("x-kept")).hasValue("1");
      assertThat(received.value("host")).isEmpty();
      assertThat(received.value("x-own")).isEmpty();
      assertThat(received.value("transfer-encoding")).isEmpty();
      assertThat(received.value("te")).isEmpty();
      assertThat(received.body()).isEqualTo("abc");
      assertThat(received.trailer("x-sum")).hasValue("3");
    }
  }

  @Test
  void the_wish_for_trailers_and_trailers_pass_both_ways() throws Exception {
    try (RawHttp2Backend backend =
            RawHttp2Backend.answering(
                stream ->
                    stream
                        .head(false, ":status", "200")
                        .data(false, "hello")
                        .head(true, "x-sum", "5"));
        TestGateway gateway = open(backend);
        RawHttp2Client client = new RawHttp2Client(gateway.address());
        RawClient old = gateway.connect()) {
      RawHttp2Client.Exchange answer = client.answer(client.get("/a", "te", "trailers"));
      assertThat(answer.body()).isEqualTo("hello");
      assertThat(answer.trailer("x-sum")).hasValue("5");
      assertThat(backend.next().value("te")).hasValue("trailers");
      assertThat(old.send(GET).answer().trailers()).containsExactly("x-sum: 5");
    }
  }

  @Test
  void large_bodies_pass_both_ways() throws Exception {
    String body = "x".repeat(1_000_000);
    try (RawHttp2Backend backend =
            RawHttp2Backend.answering(
                stream -> {
                  stream.head(false, ":status", "200");
                  for (int i = 0; i < 15; i++) {
                    stream.data(i == 14, "y".repeat(16_000));
                  }
                });
        TestGateway gateway = open(backend);
        RawClient client = gateway.connect()) {
      client.send("PUT /a HTTP/1.1\r\nHost: gw.test\r\nContent-Length: 1000000\r\n\r\n" + body);
      assertThat(client.answer().body()).isEqualTo("y".repeat(240_000));
      Stream received = backend.next();
      assertThat(received.body()).isEqualTo(body);
      assertThat(received.value("content-length")).hasValue("1000000");
    }
  }

  @Test
  void an_endpoint_of_http2_that_is_not_well_gets_no_request_until_it_is() throws Exception {
    AtomicInteger status = new AtomicInteger(503);
    Resilience standard = Resilience.standard();
    Resilience checked =
        new Resilience(
            standard.connections(),
            standard.retries(),
            standard.ejection(),
            Optional.of(
                new Resilience.HealthCheck(
                    "/up", Duration.ofMillis(20), Duration.ofSeconds(5), 2, 2)),
            Duration.ZERO);
    try (RawHttp2Backend backend =
            RawHttp2Backend.answering(
                stream -> {
                  boolean check = stream.value(":path").equals(Optional.of("/up"));
                  if (check) {
                    stream.head(false, ":status", "103");
                  }
                  stream.head(true, ":status", check ? status.toString() : "200");
                });
        TestGateway gateway =
            TestGateway.with(TestGateway.OPEN)
                .backend("core", backend.url())
                .settings(settings -> settings.with(checked))
                .start();
        RawClient client = gateway.connect()) {
      Stream question = backend.next();
      assertThat(question.value(":method")).hasValue("GET");
      assertThat(question.value(":authority")).hasValue(backend.url().substring("h2c://".length()));
      Endpoint endpoint = gateway.backend("core").endpoints().get(0);
      while (endpoint.state() != Endpoint.State.UNHEALTHY) {
        backend.next();
      }
      assertThat(client.send(GET).answer().status()).isEqualTo(502);
      status.set(204);
      while (endpoint.state() == Endpoint.State.UNHEALTHY) {
        backend.next();
      }
      assertThat(client.send(GET).answer().status()).isEqualTo(200);
    }
  }

  @Test
  void requests_share_a_connection_up_to_what_the_backend_takes() throws Exception {
    List<Stream> waiting = new ArrayList<>();
    try (RawHttp2Backend backend = RawHttp2Backend.scripted(stream -> {}, 3, 2);
        TestGateway gateway = open(backend);
        RawHttp2Client client = new RawHttp2Client(gateway.address())) {
      List<Integer> streams = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        streams.add(client.get("/" + i));
      }
      for (int i = 0; i < 5; i++) {
        waiting.add(backend.next());
      }
      assertThat(backend.connections()).isEqualTo(3);
      for (Stream stream : waiting) {
        stream.head(true, ":status", "204");
      }
      for (int stream : streams) {
        assertThat(client.answer(stream).status()).isEqualTo(204);
      }
    }
  }

  @Test
  void a_request_that_was_refused_goes_out_once_more_whatever_its_method() throws Exception {
    AtomicInteger count = new AtomicInteger();
    try (RawHttp2Backend backend =
            RawHttp2Backend.answering(
                stream -> {
                  if (count.getAndIncrement() == 0) {
                    stream.reset(REFUSED_STREAM);
                  } else {
                    stream.head(true, ":status", "204");
                  }
                });
        TestGateway gateway = open(backend);
        RawClient client = gateway.connect()) {
      client.send("POST /a HTTP/1.1\r\nHost: gw.test\r\nContent-Length: 0\r\n\r\n");
      assertThat(client.answer().status()).isEqualTo(204);
      assertThat(backend.heads()).isEqualTo(2);
    }
  }

  @Test
  void streams_that_a_backend_leaves_behind_go_to_another_connection() throws Exception {
    try (RawHttp2Backend backend =
            RawHttp2Backend.answering(
                stream -> {
                  if (stream.number() > 2) {
                    stream.head(true, ":status", "204");
                  }
                });
        TestGateway gateway = open(backend);
        RawHttp2Client client = new RawHttp2Client(gateway.address())) {
      int kept = client.request("POST", "/a", true);
      Stream first = backend.next();
      int left = client.request("POST", "/b", true);
      backend.next();
      first.connection().goAway(first.id());
      assertThat(client.answer(left).status()).isEqualTo(204);
      first.head(true, ":status", "200");
      assertThat(client.answer(kept).status()).isEqualTo(200);
      assertThat(backend.heads()).isEqualTo(3);
      assertThat(backend.connections()).isEqualTo(2);
    }
  }

  @Test
  void a_post_that_broke_off_never_goes_out_again() throws Exception {
    try (RawHttp2Backend backend =
            RawHttp2Backend.answering(stream -> stream.reset(INTERNAL_ERROR));
        TestGateway gateway = open(backend);
        RawClient client = gateway.connect()) {
      client.send("POST /a HTTP/1.1\r\nHost: gw.test\r\nContent-Length: 0\r\n\r\n");
      RawClient.Answer answer = client.answer();
      assertThat(answer.status()).isEqualTo(502);
      assertThat(answer.body()).contains("backend_failed");
      assertThat(backend.heads()).isEqualTo(1);
    }
  }

  @Test
  void a_client_that_resets_its_stream_cancels_that_of_the_backend() throws Exception {
    try (RawHttp2Backend backend =
            RawHttp2Backend.answering(stream -> stream.head(false, ":status", "200"));
        TestGateway gateway = open(backend);
        RawHttp2Client client = new RawHttp2Client(gateway.address())) {
      int stream = client.get("/a");
      client.await(() -> client.exchange(stream).status() == 200);
      client.reset(stream, CANCEL);
      assertThat(backend.next().news()).isEqualTo("reset " + CANCEL);
      assertThat(backend.connections()).isEqualTo(1);
    }
  }

  @Test
  void a_body_that_the_backend_resets_never_looks_whole() throws Exception {
    try (RawHttp2Backend backend =
            RawHttp2Backend.answering(
                stream ->
                    stream
                        .head(false, ":status", "200")
                        .data(false, "half")
                        .reset(INTERNAL_ERROR));
        TestGateway gateway = open(backend);
        RawHttp2Client client = new RawHttp2Client(gateway.address());
        RawClient old = gateway.connect()) {
      int stream = client.get("/a");
      client.await(() -> client.exchange(stream).reset() >= 0);
      assertThat(client.exchange(stream).isEnded()).isFalse();
      assertThatThrownBy(() -> old.send(GET).answer()).isInstanceOf(IOException.class);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "x-a: b",
        ":status: 200 :status: 200",
        ":status: abc",
        ":status: 101",
        ":status: 200 :path: /",
        ":status: 200 connection: close",
        ":status: 200 transfer-encoding: chunked",
        ":status: 200 X-Upper: a",
        ":status: 200 content-length: 3",
        ":status: 200 content-length: x"
      })
  void a_malformed_answer_is_a_failure_of_the_backend(String head) throws Exception {
    List<String> names = new ArrayList<>();
    for (String part : head.split(" (?=:?[a-zA-Z-]+: )", -1)) {
      int colon = part.indexOf(": ");
      names.add(part.substring(0, colon));
      names.add(part.substring(colon + 2));
    }
    try (RawHttp2Backend backend =
            RawHttp2Backend.answering(stream -> stream.head(true, names.toArray(new String[0])));
        TestGateway gateway = open(backend);
        RawClient client = gateway.connect()) {
      RawClient.Answer answer = client.send(GET).answer();
      assertThat(answer.status()).isEqualTo(502);
      assertThat(answer.body()).contains("backend_failed");
    }
  }

  @Test
  void a_body_where_none_may_be_never_reaches_the_client() throws Exception {
    try (RawHttp2Backend backend =
            RawHttp2Backend.answering(
                stream -> stream.head(false, ":status", "200").data(true, "HTTP/1.1 200 OK"));
        TestGateway gateway = open(backend);
        RawClient client = gateway.connect()) {
      client.send("HEAD /a HTTP/1.1\r\nHost: gw.test\r\n\r\n");
      assertThat(client.answerToHead().status()).isEqualTo(502);
      assertThat(client.send(GET).answer().body()).isEqualTo("HTTP/1.1 200 OK");
    }
  }

  @Test
  void informational_answers_pass() throws Exception {
    try (RawHttp2Backend backend =
            RawHttp2Backend.answering(
                stream ->
                    stream
                        .head(false, ":status", "103", "link", "</a>")
                        .head(true, ":status", "204"));
        TestGateway gateway = open(backend);
        RawHttp2Client client = new RawHttp2Client(gateway.address())) {
      RawHttp2Client.Exchange answer = client.answer(client.get("/a"));
      assertThat(answer.status()).isEqualTo(204);
      assertThat(answer.interim()).isEqualTo(1);
    }
  }

  @Test
  void an_answer_before_the_end_of_the_request_passes() throws Exception {
    try (RawHttp2Backend backend =
            RawHttp2Backend.scripted(
                stream -> {
                  if (!stream.isEnded()) {
                    stream.head(false, ":status", "403").data(true, "no");
                  }
                });
        TestGateway gateway = open(backend);
        RawHttp2Client client = new RawHttp2Client(gateway.address());
        RawClient old = gateway.connect()) {
      RawHttp2Client.Exchange answer = client.answer(client.request("POST", "/a", false));
      assertThat(answer.status()).isEqualTo(403);
      assertThat(answer.body()).isEqualTo("no");
      old.send("POST /a HTTP/1.1\r\nHost: gw.test\r\nContent-Length: 9\r\n\r\n");
      assertThat(old.answer().status()).isEqualTo(403);
    }
  }

  @Test
  void a_backend_that_does_not_speak_http_2_cannot_be_reached() throws Exception {
    try (RecordingBackend backend =
            RecordingBackend.answering(
                "HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
        TestGateway gateway =
            TestGateway.with(TestGateway.OPEN)
                .backend("core", backend.url().replace("http:", "h2c:"))
                .start();
        RawClient client = gateway.connect()) {
      RawClient.Answer answer = client.send(GET).answer();
      assertThat(answer.status()).isEqualTo(502);
      assertThat(answer.body()).contains("backend_unreachable");
    }
  }
}
