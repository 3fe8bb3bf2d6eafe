package io.scopegate.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.scopegate.event.GatewayEvents;
import io.scopegate.policy.Decision;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What has no reading, or more than one, against a gateway that would let anything through. */
@Timeout(30)
// Text blocks have no CR.
@SuppressWarnings("StringConcatToTextBlock")
class MalformedRequestsTest {
  private static final String SMUGGLED = "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n";

  private static final AtomicInteger MALFORMED = new AtomicInteger();
  private static RecordingBackend backend;
  private static TestGateway gateway;

  @BeforeAll
  static void start() throws IOException {
    backend = RecordingBackend.start();
    gateway =
        TestGateway.with(TestGateway.OPEN)
            .backend("core", backend.url())
            .events(
                new GatewayEvents() {
                  @Override
                  public void completed(
                      @Nullable Decision decision, String method, int status, long nanos) {
                    if (status == 400) {
                      MALFORMED.incrementAndGet();
                    }
                  }
                })
            .start();
  }

  @AfterAll
  static void stop() throws IOException {
    gateway.close();
    backend.close();
  }

  static Stream<String> requests() throws IOException {
    String name = "/proxy/malformed-requests.txt";
    try (InputStream in = MalformedRequestsTest.class.getResourceAsStream(name)) {
      String text = new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
      return text.lines().filter(line -> !line.startsWith("#") && !line.isBlank());
    }
  }

  @ParameterizedTest
  @MethodSource("requests")
  void a_malformed_request_is_refused_and_nothing_of_it_is_forwarded(String request)
      throws Exception {
    int before = MALFORMED.get();
    try (RawClient client = gateway.connect()) {
      client.send(unescaped(request) + SMUGGLED);
      RawClient.Answer answer = client.answer();
      assertThat(answer.status()).isEqualTo(400);
      assertThat(answer.body()).contains("\"code\":\"bad_request\"");
      assertThat(answer.value("Connection")).hasValue("close");
      assertThat(client.isClosed()).isTrue();
    }
    assertThat(backend.requests()).isZero();
    assertThat(MALFORMED.get()).isEqualTo(before + 1);
  }

  @Test
  void a_request_line_over_8_kib_is_414_and_a_head_over_32_kib_or_100_fields_is_431()
      throws Exception {
    String line = "GET /" + "a".repeat(8200);
    assertRefused(line, 414, "target_too_long");
    assertRefused(line + " HTTP/1.1\r\nHost: a\r\n\r\n", 414, "target_too_long");
    String head = "GET /a HTTP/1.1\r\nHost: a\r\n";
    assertRefused(head + "X: " + "a".repeat(33_000), 431, "head_too_large");
    assertRefused(head + "X: a\r\n".repeat(100) + "\r\n", 431, "head_too_large");
  }

  private static void assertRefused(String request, int status, String code) throws IOException {
    try (RawClient client = gateway.connect()) {
      RawClient.Answer answer = client.send(request).answer();
      assertThat(answer.status()).isEqualTo(status);
      assertThat(answer.body()).contains("\"code\":\"" + code + "\"");
      assertThat(client.isClosed()).isTrue();
    }
  }

  private static String unescaped(String line) {
    return Pattern.compile("\\\\(r|n|t|x[0-9a-f]{2})")
        .matcher(line)
        .replaceAll(
            escape ->
                switch (escape.group(1)) {
                  case "r" -> "\r";
                  case "n" -> "\n";
                  case "t" -> "\t";
                  default ->
                      String.valueOf((char) Integer.parseInt(escape.group(1).substring(1), 16));
                });
  }
}
