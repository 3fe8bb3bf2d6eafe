package io.scopegate.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.scopegate.guard.LocalHandler;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** An address that the gateway answers itself. */
@Timeout(30)
// Text blocks have no CR.
@SuppressWarnings("StringConcatToTextBlock")
class LocalAnswersTest {
  private static ProxyServer server;
  private static InetSocketAddress address;

  @BeforeAll
  static void start() throws IOException {
    LocalHandler echo =
        request ->
            switch (request.line().path()) {
              case "/fail" -> CompletableFuture.failedFuture(new IOException("on purpose"));
              case "/throw" -> throw new IllegalStateException("on purpose");
              case "/split" ->
                  CompletableFuture.completedFuture(
                      LocalHandler.Answer.of(200, "text/plain\r\nX: y", "split"));
              case "/empty" -> CompletableFuture.completedFuture(LocalHandler.Answer.empty(204));
              default ->
                  CompletableFuture.supplyAsync(
                      () -> LocalHandler.Answer.of(200, "text/plain", "got " + request.body()));
            };
    server =
        ProxyServer.answering(
            TestGateway.loops(), FrontendSettings.standard(), echo, 10, new SplittableRandom(1));
    address = server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static RawClient.Answer answer(String request) throws IOException {
    try (RawClient client = new RawClient(address)) {
      return client.send(request).answer();
    }
  }

  private static String put(String path, String body) {
    int length = body.length();
    return "PUT " + path + " HTTP/1.1\r\nHost: a\r\nContent-Length: " + length + "\r\n\r\n" + body;
  }

  @Test
  void a_whole_request_is_answered_and_the_connection_goes_on() throws Exception {
    try (RawClient client = new RawClient(address)) {
      assertThat(client.send(put("/a", "one")).answer().body()).isEqualTo("got one");
      RawClient.Answer answer = client.send(put("/a", "\u00c3\u00a4")).answer();
      assertThat(answer.body()).isEqualTo("got \u00c3\u00a4");
      assertThat(answer.lines()).contains("Content-Type: text/plain", "Content-Length: 6");
      client.send("HEAD /a HTTP/1.1\r\nHost: a\r\n\r\n");
      assertThat(client.answerToHead().value("Content-Length")).hasValue("4");
      assertThat(client.send(put("/empty", "")).answer().status()).isEqualTo(204);
      assertThat(client.send(put("/a", "")).answer().body()).isEqualTo("got ");
    }
  }

  @Test
  void a_body_over_the_limit_is_413() throws Exception {
    assertThat(answer(put("/a", "12345678901")).status()).isEqualTo(413);
    assertThat(
            answer(
                    "PUT /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                        + "b\r\n12345678901\r\n0\r\n\r\n")
                .status())
        .isEqualTo(413);
    assertThat(answer(put("/a", "1234567890")).status()).isEqualTo(200);
  }

  @Test
  void what_is_not_utf_8_or_not_a_request_is_400() throws Exception {
    assertThat(answer(put("/a", "\u00ff")).status()).isEqualTo(400);
    assertThat(answer(put("/a/../b", "")).status()).isEqualTo(400);
    assertThat(answer("nonsense\r\n\r\n").status()).isEqualTo(400);
  }

  @Test
  void a_handler_that_fails_is_500_and_says_nothing_of_why() throws Exception {
    for (String path : List.of("/fail", "/throw", "/split")) {
      RawClient.Answer answer = answer(put(path, ""));
      assertThat(answer.status()).as(path).isEqualTo(500);
      assertThat(answer.value("X")).isEmpty();
      assertThat(answer.body()).contains("\"code\":\"internal\"").doesNotContain("purpose");
    }
  }
}
