package io.scopegate.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.scopegate.guard.LocalBackend;
import io.scopegate.guard.LocalHandler.Answer;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A row may lead to a backend inside the gateway. */
@Timeout(30)
// Text blocks have no CR.
@SuppressWarnings("StringConcatToTextBlock")
class LocalBackendTest {
  private static final String ROUTES =
      """
      apiVersion: scopegate/v1
      permissions: { read: Read }
      roles: { organization: { MEMBER: { grants: ["*"] } } }
      places: { organization: [{ is: acme }] }
      backend: here
      routes:
        - { match: "ANY /{rest*}", require: read }
        - { match: GET /slow, require: read, timeout: 100ms }
        - { match: GET /nowhere, require: read, backend: gone }
      """;

  private static TestGateway gateway;

  @BeforeAll
  static void start() throws IOException {
    LocalBackend echo =
        (allow, id, body) ->
            switch (allow.line().path()) {
              case "/fail" -> CompletableFuture.failedFuture(new IOException("on purpose"));
              case "/throw" -> throw new IllegalStateException("on purpose");
              case "/split" ->
                  CompletableFuture.completedFuture(
                      new Answer(200, Map.of("X-A", List.of("a\r\nX: y")), "split"));
              case "/slow" -> new CompletableFuture<>();
              case "/here" -> CompletableFuture.completedFuture(text("got " + body));
              default -> CompletableFuture.supplyAsync(() -> text("got " + body));
            };
    gateway =
        TestGateway.with(ROUTES)
            .local("here", echo)
            .callers(new TestGateway.Callers().token("t", "ann", List.of("*"), "MEMBER"))
            .start();
  }

  private static Answer text(String body) {
    return Answer.of(200, "text/plain", body);
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  private static String head(String method, String path, String more) {
    return method
        + " "
        + path
        + " HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer t\r\n"
        + more
        + "\r\n";
  }

  private static String post(String path, String body) {
    return head("POST", path, "Content-Length: " + body.length() + "\r\n") + body;
  }

  @Test
  void a_whole_request_is_answered_and_the_connection_goes_on() throws Exception {
    try (RawClient client = gateway.connect()) {
      for (String path : List.of("/here", "/elsewhere")) {
        RawClient.Answer answer = client.send(post(path, "one")).answer();
        assertThat(answer.body()).isEqualTo("got one");
        assertThat(answer.values("X-OAuth-Scopes")).containsExactly("*");
        assertThat(answer.values("X-Request-Id")).hasSize(1);
        client.send(
            head("POST", path, "Transfer-Encoding: chunked\r\n")
                + "3\r\none\r\n3\r\ntwo\r\n0\r\n\r\n");
        assertThat(client.answer().body()).isEqualTo("got onetwo");
        client.send(head("HEAD", path, ""));
        assertThat(client.answerToHead().value("Content-Length")).hasValue("4");
      }
    }
  }

  @Test
  void requests_that_come_in_one_go_are_answered_in_their_order() throws Exception {
    try (RawClient client = gateway.connect()) {
      client.send(post("/elsewhere", "one") + post("/here", "two") + post("/elsewhere", "three"));
      assertThat(client.answer().body()).isEqualTo("got one");
      assertThat(client.answer().body()).isEqualTo("got two");
      assertThat(client.answer().body()).isEqualTo("got three");
    }
  }

  @Test
  void a_client_that_waits_for_it_is_told_to_send_the_body() throws Exception {
    try (RawClient client = gateway.connect()) {
      client.send(head("POST", "/here", "Content-Length: 3\r\nExpect: 100-continue\r\n"));
      assertThat(client.answer().status()).isEqualTo(100);
      assertThat(client.send("one").answer().body()).isEqualTo("got one");
    }
  }

  @Test
  void a_body_over_64_kib_is_413_however_it_is_framed() throws Exception {
    String most = "x".repeat(64 << 10);
    try (RawClient client = gateway.connect()) {
      assertThat(client.send(post("/here", most)).answer().status()).isEqualTo(200);
      assertThat(client.send(post("/here", most + "x")).answer().status()).isEqualTo(413);
    }
    try (RawClient client = gateway.connect()) {
      client.send(
          head("POST", "/here", "Transfer-Encoding: chunked\r\n")
              + "10000\r\n"
              + most
              + "\r\n1\r\nx\r\n0\r\n\r\n");
      assertThat(client.answer().status()).isEqualTo(413);
    }
  }

  @Test
  void a_body_that_is_not_utf_8_is_400_and_the_connection_goes_on() throws Exception {
    try (RawClient client = gateway.connect()) {
      assertThat(client.send(post("/here", "\u00ff")).answer().status()).isEqualTo(400);
      assertThat(client.send(post("/here", "")).answer().body()).isEqualTo("got ");
    }
  }

  @Test
  void a_backend_that_fails_is_500_and_says_nothing_of_why() throws Exception {
    for (String path : List.of("/fail", "/throw", "/split", "/nowhere")) {
      try (RawClient client = gateway.connect()) {
        RawClient.Answer answer = client.send(head("GET", path, "")).answer();
        assertThat(answer.status()).as(path).isEqualTo(500);
        assertThat(answer.value("X")).isEmpty();
        assertThat(answer.body()).contains("\"code\":\"internal\"").doesNotContain("purpose");
      }
    }
  }

  @Test
  void a_backend_that_takes_too_long_is_504() throws Exception {
    try (RawClient client = gateway.connect()) {
      assertThat(client.send(head("GET", "/slow", "")).answer().status()).isEqualTo(504);
      assertThat(client.send(post("/here", "one")).answer().body()).isEqualTo("got one");
    }
  }

  @Test
  void what_is_malformed_in_the_body_is_400_and_the_end() throws Exception {
    try (RawClient client = gateway.connect()) {
      client.send(head("POST", "/here", "Transfer-Encoding: chunked\r\n") + "nonsense\r\n");
      assertThat(client.answer().status()).isEqualTo(400);
      assertThat(client.isClosed()).isTrue();
    }
  }

  @Test
  void a_stranger_does_not_get_there() throws Exception {
    try (RawClient client = gateway.connect()) {
      client.send("GET /here HTTP/1.1\r\nHost: a\r\n\r\n");
      assertThat(client.answer().status()).isEqualTo(401);
    }
  }
}
