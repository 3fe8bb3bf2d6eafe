package io.scopegate.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.scopegate.proxy.RecordingBackend.Received;
import io.scopegate.proxy.message.WebSocketFields;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The attack cases on WebSockets, over HTTP/1 and, where that makes a difference, HTTP/2. */
@Timeout(30)
// Text blocks have no CR.
@SuppressWarnings("StringConcatToTextBlock")
class WebSocketCasesTest {
  private static final Map<String, String> CREDENTIALS =
      Map.of(
          "PAT_READ", "pat-read",
          "PAT_FEED", "pat-feed",
          "COOKIE_FEED", "cookie-feed");

  private static final String HANDSHAKE =
      "GET /ws/feed HTTP/1.1\r\nHost: gw.test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
          + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

  private static RecordingBackend backend;
  private static TestGateway gateway;

  @BeforeAll
  static void start() throws IOException {
    backend =
        RecordingBackend.scripted(
            conversation -> {
              Optional<Received> request = conversation.request();
              if (request.isEmpty()) {
                return false;
              }
              Optional<String> key = request.get().value("Sec-WebSocket-Key");
              if (request.get().value("Upgrade").isEmpty() || key.isEmpty()) {
                conversation.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
                return true;
              }
              conversation.send(
                  "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n"
                      + "Upgrade: websocket\r\nSec-WebSocket-Accept: "
                      + WebSocketFields.acceptOf(key.get())
                      + "\r\n\r\n");
              // A server that takes no frame without a mask, and none of more than 2^32 bytes.
              int first = conversation.read();
              int second = conversation.read();
              if (first >= 0) {
                conversation.send(
                    (second & 0x80) == 0 ? "\u0088\u0002\u0003\u00ea" : "\u0088\u0002\u0003\u00f1");
              }
              return false;
            });
    try (InputStream in = WebSocketCasesTest.class.getResourceAsStream("/security/routes.yaml")) {
      gateway =
          TestGateway.with(
                  new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8))
              .backend("core", backend.url())
              .callers(
                  new TestGateway.Callers()
                      .token("pat-read", "reader", List.of("items:read"), "editor")
                      .token("pat-feed", "feeder", List.of("feed:subscribe"), "editor")
                      .token("cookie-feed", "feeder", List.of("feed:subscribe"), "editor"))
              .start();
    }
  }

  @AfterAll
  static void stop() throws IOException {
    gateway.close();
    backend.close();
  }

  static List<SecurityCase> cases() {
    return SecurityCase.of(Set.of("websocket"));
  }

  @Test
  void every_case_is_here() {
    assertThat(SecurityCase.idsOf("websocket"))
        .containsExactly("WS-001", "WS-002", "WS-003", "WS-005", "WS-008", "WS-009");
  }

  @ParameterizedTest
  @MethodSource("cases")
  void a_case_ends_as_it_must_before_any_backend_sees_it(SecurityCase one) throws Exception {
    int before = backend.requests();
    try (RawClient client = gateway.connect()) {
      RawClient.Answer answer = client.send(one.requestWith(CREDENTIALS)).answer();
      assertThat(one.statuses()).as(one.must()).contains(answer.status());
      assertThat(answer.status()).isNotEqualTo(101);
      assertThat(answer.lines()).noneMatch(line -> line.contains("pat-feed"));
      assertThat(client.isClosed()).isTrue();
      assertThat(backend.requests()).as(one.must()).isEqualTo(before);
    }
  }

  /** WS-001, WS-002, WS-003, WS-005 and WS-009 on HTTP/2. */
  @Test
  void on_http2_the_same_handshakes_end_the_same() throws Exception {
    int before = backend.requests();
    try (RawHttp2Client client = new RawHttp2Client(gateway.address())) {
      assertThat(connect(client, "/ws/feed").status()).isEqualTo(401);
      assertThat(connect(client, "/ws/feed", "authorization", "Bearer pat-read").status())
          .isEqualTo(403);
      assertThat(
              connect(
                      client,
                      "/ws/feed",
                      "cookie",
                      "__Host-scopegate=cookie-feed",
                      "origin",
                      "https://evil.test")
                  .body())
          .contains("cross_site");
      assertThat(connect(client, "/api/items/1", "authorization", "Bearer pat-read").status())
          .isEqualTo(400);
      assertThat(connect(client, "/ws/feed", "sec-websocket-protocol", "bearer, pat-feed").status())
          .isEqualTo(401);
      assertThat(backend.requests()).isEqualTo(before);
    }
  }

  @Test
  void a_session_of_this_origin_opens_a_websocket() throws Exception {
    try (RawClient client = gateway.connect()) {
      client.send(
          HANDSHAKE
              + "X-Request-Id: of-a-session\r\nCookie: __Host-scopegate=cookie-feed; theme=dark\r\nOrigin: http://gw.test\r\n\r\n");
      assertThat(client.answer().status()).isEqualTo(101);
      Received request = backend.next();
      while (!request.values("X-Request-Id").contains("of-a-session")) {
        request = backend.next();
      }
      assertThat(request.values("Cookie")).containsExactly("theme=dark");
    }
  }

  /** WS-008: frames pass as they are, and it is the backend that judges them. */
  @Test
  void frames_that_no_server_takes_reach_it_and_its_close_comes_back() throws Exception {
    byte[] unmasked = {(byte) 0x81, 1, 'x'};
    byte[] endless = {(byte) 0x82, (byte) 0xff, (byte) 0x80, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 'x'};
    assertThat(closeAfter(unmasked)).containsExactly(0x88, 2, 0x03, 0xea);
    assertThat(closeAfter(endless)).containsExactly(0x88, 2, 0x03, 0xf1);
  }

  private static byte[] closeAfter(byte[] frame) throws Exception {
    try (RawClient client = gateway.connect()) {
      client.send(HANDSHAKE + "Authorization: Bearer pat-feed\r\n\r\n");
      assertThat(client.answer().status()).isEqualTo(101);
      client.send(frame);
      return client.bytes(4);
    }
  }

  private static RawHttp2Client.Exchange connect(RawHttp2Client client, String path, String... more)
      throws Exception {
    String[] fields = new String[4 + more.length];
    fields[0] = ":protocol";
    fields[1] = "websocket";
    fields[2] = "sec-websocket-version";
    fields[3] = "13";
    System.arraycopy(more, 0, fields, 4, more.length);
    return client.answer(client.request("CONNECT", path, false, fields));
  }
}
