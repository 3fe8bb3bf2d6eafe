package io.scopegate.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.scopegate.proxy.RecordingBackend.Conversation;
import io.scopegate.proxy.RecordingBackend.Received;
import io.scopegate.proxy.message.WebSocketFields;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** WebSockets: who may open one, what passes, and how it ends. */
@Timeout(20)
// Text blocks have no CR.
@SuppressWarnings("StringConcatToTextBlock")
class WebSocketTest {
  private static final String KEY = "dGhlIHNhbXBsZSBub25jZQ==";

  /** RFC 6455 §1.3. */
  private static final String ACCEPT = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

  /** RFC 8441 §3. */
  private static final int ENABLE_CONNECT_PROTOCOL = 8;

  private static final String ROUTES =
      """
      apiVersion: scopegate/v1
      backend: core
      routes:
        - { match: "GET /ws", access: public, upgrade: websocket }
        - { match: "GET /plain", access: public }
        - { match: "GET /mine", access: authenticated, upgrade: websocket }
      """;

  /** A text frame of a client, whose mask is 0. */
  private static byte[] clientFrame(String text) {
    byte[] frame = new byte[6 + text.length()];
    frame[0] = (byte) 0x81;
    frame[1] = (byte) (0x80 | text.length());
    System.arraycopy(text.getBytes(StandardCharsets.ISO_8859_1), 0, frame, 6, text.length());
    return frame;
  }

  private static String serverFrame(String text) {
    return "\u0081" + (char) text.length() + text;
  }

  private static String latin1(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  private static String handshake(String path, String... more) {
    return "GET "
        + path
        + " HTTP/1.1\r\nHost: gw.test\r\nConnection: keep-alive, Upgrade\r\nUpgrade: WebSocket\r\n"
        + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: "
        + KEY
        + "\r\n"
        + (more.length == 0 ? "" : String.join("\r\n", more) + "\r\n")
        + "\r\n";
  }

  private static String switching(Received request) {
    return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        + "Sec-WebSocket-Accept: "
        + WebSocketFields.acceptOf(request.value("Sec-WebSocket-Key").orElse(""))
        + "\r\n\r\n";
  }

  /** Returns bytes of the gateway's client half: what a test's backend was sent. */
  private static String read(Conversation conversation, int length) throws IOException {
    StringBuilder bytes = new StringBuilder();
    for (int i = 0; i < length; i++) {
      int next = conversation.read();
      if (next < 0) {
        throw new IOException("ended after " + bytes.length());
      }
      bytes.append((char) next);
    }
    return bytes.toString();
  }

  /** A backend that agrees, and then sends back everything as it comes, without the masks. */
  private static RecordingBackend echo(CompletableFuture<String> ended) throws IOException {
    return RecordingBackend.scripted(
        conversation -> {
          Optional<Received> request = conversation.request();
          if (request.isEmpty()) {
            return false;
          }
          conversation.send(switching(request.get()));
          for (int first = conversation.read(); first >= 0; first = conversation.read()) {
            int length = conversation.read() & 0x7f;
            String mask = read(conversation, 4);
            String payload = read(conversation, length);
            StringBuilder plain = new StringBuilder();
            for (int i = 0; i < length; i++) {
              plain.append((char) (payload.charAt(i) ^ mask.charAt(i & 3)));
            }
            if (first == 0x88) {
              ended.complete(plain.toString());
              conversation.send("\u0088" + (char) length + plain);
              return false;
            }
            conversation.send("" + (char) first + (char) length + plain);
          }
          ended.complete("end");
          return false;
        });
  }

  /** A backend that agrees when the client has sent something, and sends one frame back. */
  private static RecordingBackend agreeingLate(
      CountDownLatch sentEarly, CompletableFuture<Boolean> silent) throws IOException {
    return RecordingBackend.scripted(
        conversation -> {
          Received request = conversation.request().orElseThrow();
          sentEarly.await();
          silent.complete(isSilent(conversation));
          conversation.send(switching(request));
          conversation.send(serverFrame(read(conversation, 9).substring(6)));
          return false;
        });
  }

  /** Says whether the event loops, having read all there is, have sent nothing. */
  private static boolean isSilent(Conversation conversation)
      throws IOException, InterruptedException {
    try {
      for (int i = 0; i < 20; i++) {
        TestGateway.settle();
      }
    } catch (ExecutionException e) {
      throw new AssertionError(e);
    }
    return !conversation.hasBytes();
  }

  private static TestGateway gateway(RecordingBackend backend) throws IOException {
    return TestGateway.with(ROUTES).backend("core", backend.url()).start();
  }

  @Test
  @SuppressWarnings("try") // closed in the middle of it, on purpose
  void a_websocket_passes_both_ways_once_the_backend_has_agreed() throws Exception {
    CompletableFuture<String> ended = new CompletableFuture<>();
    try (RecordingBackend backend = echo(ended);
        TestGateway gateway = gateway(backend);
        RawClient client = gateway.connect()) {
      RawClient.Answer answer = client.send(handshake("/ws", "X-A: b")).answer();
      assertThat(answer.status()).isEqualTo(101);
      assertThat(answer.values("Connection")).containsExactly("Upgrade");
      assertThat(answer.values("Upgrade")).containsExactly("websocket");
      assertThat(answer.values("Sec-WebSocket-Accept")).containsExactly(ACCEPT);
      assertThat(answer.values("Content-Length")).isEmpty();
      Received request = backend.next();
      assertThat(request.startLine()).isEqualTo("GET /ws HTTP/1.1");
      assertThat(request.values("Connection")).containsExactly("Upgrade");
      assertThat(request.values("Upgrade")).containsExactly("websocket");
      assertThat(request.values("Sec-WebSocket-Key")).containsExactly(KEY);
      assertThat(request.values("Sec-WebSocket-Version")).containsExactly("13");
      for (String text : List.of("one", "two", "three")) {
        client.send(clientFrame(text));
        assertThat(new String(client.bytes(2 + text.length()), StandardCharsets.ISO_8859_1))
            .isEqualTo(serverFrame(text));
      }
      assertThat(gateway.server().tunnels().count()).isEqualTo(1);
      client.close();
      assertThat(ended.get(5, TimeUnit.SECONDS)).isEqualTo("end");
    }
  }

  @Test
  void a_close_of_the_client_and_its_echo_pass_and_the_connection_ends() throws Exception {
    CompletableFuture<String> ended = new CompletableFuture<>();
    try (RecordingBackend backend = echo(ended);
        TestGateway gateway = gateway(backend);
        RawClient client = gateway.connect()) {
      assertThat(client.send(handshake("/ws")).answer().status()).isEqualTo(101);
      client.send(new byte[] {(byte) 0x88, (byte) 0x82, 0, 0, 0, 0, 0x03, (byte) 0xe8});
      assertThat(client.bytes(4)).containsExactly(0x88, 2, 0x03, 0xe8);
      assertThat(client.isClosed()).isTrue();
      TestGateway.settle();
      assertThat(gateway.server().tunnels().count()).isZero();
      assertThat(gateway.backend("core").activeRequests()).isZero();
    }
  }

  @Test
  void nothing_of_the_client_passes_before_the_backend_has_agreed() throws Exception {
    CountDownLatch sentEarly = new CountDownLatch(1);
    CompletableFuture<Boolean> silent = new CompletableFuture<>();
    try (RecordingBackend backend = agreeingLate(sentEarly, silent);
        TestGateway gateway = gateway(backend);
        RawClient client = gateway.connect()) {
      client.send(handshake("/ws"));
      backend.next();
      client.send(clientFrame("abc"));
      sentEarly.countDown();
      assertThat(client.answer().status()).isEqualTo(101);
      assertThat(silent.get(5, TimeUnit.SECONDS)).isTrue();
      assertThat(client.bytes(5)).containsExactly(0x81, 3, 'a', 'b', 'c');
    }
  }

  @Test
  void a_row_that_does_not_say_so_opens_no_websocket() throws Exception {
    try (RecordingBackend backend = RecordingBackend.start();
        TestGateway gateway = gateway(backend);
        RawClient client = gateway.connect()) {
      RawClient.Answer answer = client.send(handshake("/plain")).answer();
      assertThat(answer.status()).isEqualTo(400);
      assertThat(answer.body()).contains("no WebSocket can be opened here");
      assertThat(client.isClosed()).isTrue();
      assertThat(backend.requests()).isZero();
    }
  }

  @Test
  void what_follows_a_handshake_that_was_refused_is_never_a_request() throws Exception {
    try (RecordingBackend backend = RecordingBackend.start();
        TestGateway gateway = gateway(backend);
        RawClient client = gateway.connect()) {
      String smuggled = "GET /plain HTTP/1.1\r\nHost: gw.test\r\n\r\n";
      RawClient.Answer answer = client.send(handshake("/mine") + smuggled).answer();
      assertThat(answer.status()).isEqualTo(401);
      assertThat(client.isClosed()).isTrue();
      assertThat(backend.requests()).isZero();
    }
  }

  @Test
  void a_backend_that_does_not_agree_answers_as_ever_and_the_connection_ends() throws Exception {
    try (RecordingBackend backend =
            RecordingBackend.answering("HTTP/1.1 404 Gone\r\nContent-Length: 2\r\n\r\nno");
        TestGateway gateway = gateway(backend);
        RawClient client = gateway.connect()) {
      RawClient.Answer answer =
          client.send(handshake("/ws") + "GET /plain HTTP/1.1\r\nHost: gw.test\r\n\r\n").answer();
      assertThat(answer.status()).isEqualTo(404);
      assertThat(answer.body()).isEqualTo("no");
      assertThat(answer.values("Connection")).containsExactly("close");
      assertThat(client.isClosed()).isTrue();
      assertThat(backend.requests()).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: wrong",
        "Upgrade: websocket\r\nConnection: Upgrade",
        "Upgrade: h2c\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: " + ACCEPT,
        "Connection: Upgrade\r\nSec-WebSocket-Accept: " + ACCEPT,
        "Upgrade: websocket\r\nSec-WebSocket-Accept: " + ACCEPT,
        "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "
            + ACCEPT
            + "\r\nSec_WebSocket_Accept: "
            + ACCEPT
      })
  void a_101_that_does_not_answer_the_key_is_a_failure(String fields) throws Exception {
    try (RecordingBackend backend =
            RecordingBackend.answering(
                "HTTP/1.1 101 Switching Protocols\r\n" + fields + "\r\n\r\n\u0081\u0001x");
        TestGateway gateway = gateway(backend);
        RawClient client = gateway.connect()) {
      RawClient.Answer answer = client.send(handshake("/ws")).answer();
      assertThat(answer.status()).isEqualTo(502);
      assertThat(answer.body()).contains("backend_failed");
      assertThat(client.isClosed()).isTrue();
    }
  }

  @Test
  void a_101_that_nobody_asked_for_is_a_failure() throws Exception {
    try (RecordingBackend backend =
            RecordingBackend.answering(
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                    + "Sec-WebSocket-Accept: "
                    + ACCEPT
                    + "\r\n\r\n");
        TestGateway gateway = gateway(backend);
        RawClient client = gateway.connect()) {
      client.send("GET /plain HTTP/1.1\r\nHost: gw.test\r\n\r\n");
      assertThat(client.answer().status()).isEqualTo(502);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Sec-WebSocket-Version: 8|Sec-WebSocket-Key: " + KEY,
        "Sec-WebSocket-Key: " + KEY,
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Version: 13|Sec-WebSocket-Key: c2hvcnQ=",
        "Sec-WebSocket-Version: 13|Sec-WebSocket-Key: " + KEY + "|Sec-WebSocket-Key: " + KEY,
        "Sec-WebSocket-Version: 13|Sec-WebSocket-Key: " + KEY + "|Content-Length: 3",
        "Sec-WebSocket-Version: 13|Sec-WebSocket-Key: " + KEY + "|Upgrade: h2c"
      })
  void a_handshake_has_one_reading(String fields) throws Exception {
    try (RecordingBackend backend = RecordingBackend.start();
        TestGateway gateway = gateway(backend);
        RawClient client = gateway.connect()) {
      client.send(
          "GET /ws HTTP/1.1\r\nHost: gw.test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
              + fields.replace("|", "\r\n")
              + "\r\n\r\n");
      assertThat(client.answer().status()).isEqualTo(400);
      assertThat(backend.requests()).isZero();
    }
  }

  @Test
  void a_token_among_the_subprotocols_is_no_credential_and_no_backend_sees_it() throws Exception {
    try (RecordingBackend backend = echo(new CompletableFuture<>());
        TestGateway gateway =
            TestGateway.with(ROUTES)
                .backend("core", backend.url())
                .callers(new TestGateway.Callers().token("pat", "bob", List.of("*")))
                .start();
        RawClient stranger = gateway.connect();
        RawClient client = gateway.connect()) {
      String protocols = "Sec-WebSocket-Protocol: bearer, pat";
      assertThat(stranger.send(handshake("/mine", protocols)).answer().status()).isEqualTo(401);
      client.send(handshake("/ws", protocols, "Sec-WebSocket-Protocol: chat,sgat_x , v1"));
      assertThat(client.answer().status()).isEqualTo(101);
      assertThat(backend.next().values("Sec-WebSocket-Protocol"))
          .containsExactly("bearer", "chat, v1");
    }
  }

  @Test
  void on_drain_both_sides_are_told_1001_between_two_frames() throws Exception {
    CompletableFuture<String> ended = new CompletableFuture<>();
    try (RecordingBackend backend = echo(ended);
        TestGateway gateway = gateway(backend);
        RawClient client = gateway.connect()) {
      assertThat(client.send(handshake("/ws")).answer().status()).isEqualTo(101);
      byte[] frame = clientFrame("hello");
      // Half a frame is under way when the drain begins.
      client.send(clientFrame("a"));
      assertThat(client.bytes(3)).containsExactly(0x81, 1, 'a');
      client.send(Arrays.copyOf(frame, 8));
      CompletableFuture<Void> drained = gateway.server().drain(Duration.ofSeconds(10));
      byte[] close = client.bytes(4);
      assertThat(close).startsWith(0x88).endsWith(0x03, 0xe9);
      client.bytes(close[1] - 2);
      client.send(Arrays.copyOfRange(frame, 8, frame.length));
      String reason = ended.get(5, TimeUnit.SECONDS);
      assertThat(reason).startsWith("\u0003\u00e9");
      client.send(new byte[] {(byte) 0x88, (byte) 0x82, 0, 0, 0, 0, 0x03, (byte) 0xe9});
      assertThat(client.isClosed()).isTrue();
      drained.get(5, TimeUnit.SECONDS);
      assertThat(gateway.server().tunnels().count()).isZero();
    }
  }

  @Test
  void a_websocket_that_lies_idle_is_closed() throws Exception {
    try (RecordingBackend backend = echo(new CompletableFuture<>());
        TestGateway gateway =
            TestGateway.with(ROUTES)
                .backend("core", backend.url())
                .settings(settings -> TestGateway.idling(settings, Duration.ofMillis(200)))
                .start();
        RawClient client = gateway.connect()) {
      assertThat(client.send(handshake("/ws")).answer().status()).isEqualTo(101);
      assertThat(client.bytes(4)).containsExactly(0x88, 6, 0x03, 0xe9);
    }
  }

  @Test
  void a_websocket_on_http2_is_one_of_http1_to_the_backend() throws Exception {
    CompletableFuture<String> ended = new CompletableFuture<>();
    try (RecordingBackend backend = echo(ended);
        TestGateway gateway = gateway(backend);
        RawHttp2Client client = new RawHttp2Client(gateway.address())) {
      int stream = connect(client, "/ws", "websocket", false);
      RawHttp2Client.Exchange answer = client.exchange(stream);
      client.await(() -> answer.status() > 0);
      assertThat(client.setting(ENABLE_CONNECT_PROTOCOL)).hasValue(1);
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.value("sec-websocket-accept")).isEmpty();
      Received request = backend.next();
      assertThat(request.startLine()).isEqualTo("GET /ws HTTP/1.1");
      assertThat(request.values("Upgrade")).containsExactly("websocket");
      assertThat(request.values("Connection")).containsExactly("Upgrade");
      assertThat(request.values("Transfer-Encoding")).isEmpty();
      assertThat(request.values("Sec-WebSocket-Key")).hasSize(1);
      client.data(stream, false, latin1(clientFrame("one")));
      client.await(() -> answer.bodyLength() == 5);
      assertThat(answer.body()).isEqualTo(serverFrame("one"));
      CompletableFuture<Void> drained = gateway.server().drain(Duration.ofSeconds(10));
      assertThat(ended.get(5, TimeUnit.SECONDS)).startsWith("\u0003\u00e9");
      client.await(() -> answer.bodyLength() >= 9);
      assertThat(answer.body().substring(5)).startsWith("\u0088").contains("\u0003\u00e9");
      assertThat(client.awaitClose()).isTrue();
      drained.get(5, TimeUnit.SECONDS);
    }
  }

  @Test
  void early_bytes_on_http2_wait_for_the_backend() throws Exception {
    CountDownLatch sentEarly = new CountDownLatch(1);
    CompletableFuture<Boolean> silent = new CompletableFuture<>();
    try (RecordingBackend backend = agreeingLate(sentEarly, silent);
        TestGateway gateway = gateway(backend);
        RawHttp2Client client = new RawHttp2Client(gateway.address())) {
      int stream = connect(client, "/ws", "websocket", false);
      backend.next();
      client.data(stream, false, latin1(clientFrame("abc")));
      sentEarly.countDown();
      RawHttp2Client.Exchange answer = client.answer(stream);
      assertThat(answer.status()).isEqualTo(200);
      assertThat(silent.get(5, TimeUnit.SECONDS)).isTrue();
      assertThat(answer.body()).isEqualTo(serverFrame("abc"));
      assertThat(answer.isEnded()).isTrue();
    }
  }

  @Test
  void on_http2_too_a_row_has_to_say_so_and_credentials_count() throws Exception {
    try (RecordingBackend backend = RecordingBackend.start();
        TestGateway gateway = gateway(backend);
        RawHttp2Client client = new RawHttp2Client(gateway.address())) {
      assertThat(client.answer(connect(client, "/plain", "websocket", false)).status())
          .isEqualTo(400);
      assertThat(client.answer(connect(client, "/mine", "websocket", false)).status())
          .isEqualTo(401);
      assertThat(client.answer(connect(client, "/ws", "other", false)).reset()).isEqualTo(1);
      assertThat(client.answer(connect(client, "/ws", "websocket", true)).reset()).isEqualTo(1);
      int get = client.request("GET", "/ws", false, ":protocol", "websocket");
      assertThat(client.answer(get).reset()).isEqualTo(1);
      assertThat(backend.requests()).isZero();
    }
  }

  /** A backend of HTTP/2 that says whether it takes WebSockets, agrees, and sends one frame. */
  private static RawHttp2Backend agreeing(int takesThem) throws IOException {
    return RawHttp2Backend.scripted(
        stream -> {
          if (!stream.isEnded()) {
            stream
                .head(false, ":status", "200", "sec-websocket-protocol", "chat")
                .data(false, serverFrame("hi"));
          }
        },
        ENABLE_CONNECT_PROTOCOL,
        takesThem);
  }

  private static TestGateway gateway(RawHttp2Backend backend) throws IOException {
    return TestGateway.with(ROUTES).backend("core", backend.url()).start();
  }

  @Test
  @SuppressWarnings("try") // closed in the middle of it, on purpose
  void a_websocket_of_http1_is_an_extended_connect_to_a_backend_of_http2() throws Exception {
    try (RawHttp2Backend backend = agreeing(1);
        TestGateway gateway = gateway(backend);
        RawClient client = gateway.connect()) {
      RawClient.Answer answer =
          client.send(handshake("/ws", "Sec-WebSocket-Protocol: chat")).answer();
      assertThat(answer.status()).isEqualTo(101);
      assertThat(answer.values("Sec-WebSocket-Accept")).containsExactly(ACCEPT);
      assertThat(answer.values("Connection")).containsExactly("Upgrade");
      assertThat(answer.values("Upgrade")).containsExactly("websocket");
      assertThat(answer.values("Sec-WebSocket-Protocol")).containsExactly("chat");
      assertThat(latin1(client.bytes(4))).isEqualTo(serverFrame("hi"));
      client.send(clientFrame("one"));
      client.send(new byte[] {(byte) 0x88, (byte) 0x82, 0, 0, 0, 0, 0x03, (byte) 0xe8});
      client.close();
      RawHttp2Backend.Stream stream = backend.next();
      assertThat(stream.value(":method")).hasValue("CONNECT");
      assertThat(stream.value(":protocol")).hasValue("websocket");
      assertThat(stream.value(":scheme")).hasValue("http");
      assertThat(stream.value(":path")).hasValue("/ws");
      assertThat(stream.value(":authority")).hasValue("gw.test");
      assertThat(stream.value("sec-websocket-version")).hasValue("13");
      assertThat(stream.value("sec-websocket-protocol")).hasValue("chat");
      assertThat(stream.value("sec-websocket-key")).isEmpty();
      assertThat(stream.value("upgrade")).isEmpty();
      assertThat(stream.value("connection")).isEmpty();
      assertThat(stream.body()).startsWith(latin1(clientFrame("one")));
    }
  }

  @Test
  void a_websocket_of_http2_is_one_of_http2_to_the_backend() throws Exception {
    try (RawHttp2Backend backend = agreeing(1);
        TestGateway gateway = gateway(backend);
        RawHttp2Client client = new RawHttp2Client(gateway.address())) {
      int stream = connect(client, "/ws", "websocket", false);
      RawHttp2Client.Exchange answer = client.exchange(stream);
      client.await(() -> answer.bodyLength() == 4);
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.value("sec-websocket-accept")).isEmpty();
      assertThat(answer.body()).isEqualTo(serverFrame("hi"));
      client.data(stream, true, latin1(clientFrame("bye")));
      RawHttp2Backend.Stream received = backend.next();
      assertThat(received.body()).isEqualTo(latin1(clientFrame("bye")));
      assertThat(received.value(":protocol")).hasValue("websocket");
      received.data(true, serverFrame("bye"));
      assertThat(client.answer(stream).isEnded()).isTrue();
      assertThat(answer.body()).endsWith(serverFrame("bye"));
      TestGateway.settle();
      assertThat(gateway.server().tunnels().count()).isZero();
      assertThat(gateway.backend("core").activeRequests()).isZero();
    }
  }

  @Test
  void a_backend_of_http2_that_does_not_say_that_it_takes_them_is_not_asked() throws Exception {
    try (RawHttp2Backend backend = agreeing(0);
        TestGateway gateway = gateway(backend);
        RawClient client = gateway.connect();
        RawHttp2Client other = new RawHttp2Client(gateway.address())) {
      RawClient.Answer answer = client.send(handshake("/ws")).answer();
      assertThat(answer.status()).isEqualTo(502);
      assertThat(answer.body()).contains("the backend takes no WebSockets");
      assertThat(client.isClosed()).isTrue();
      assertThat(other.answer(connect(other, "/ws", "websocket", false)).status()).isEqualTo(502);
      assertThat(backend.heads()).isZero();
      assertThat(gateway.backend("core").activeRequests()).isZero();
    }
  }

  @Test
  void a_backend_of_http2_that_does_not_agree_answers_as_ever() throws Exception {
    try (RawHttp2Backend backend =
            RawHttp2Backend.scripted(
                stream -> {
                  boolean ends = stream.number() == 2;
                  stream.head(ends, ":status", ends ? "200" : "404");
                  if (!ends) {
                    stream.data(true, "no");
                  }
                },
                ENABLE_CONNECT_PROTOCOL,
                1);
        TestGateway gateway = gateway(backend);
        RawClient client = gateway.connect();
        RawClient other = gateway.connect()) {
      RawClient.Answer answer = client.send(handshake("/ws")).answer();
      assertThat(answer.status()).isEqualTo(404);
      assertThat(answer.body()).isEqualTo("no");
      assertThat(client.isClosed()).isTrue();
      assertThat(other.send(handshake("/ws")).answer().status()).isEqualTo(502);
    }
  }

  private static int connect(RawHttp2Client client, String path, String protocol, boolean end)
      throws IOException {
    return client.request(
        "CONNECT", path, end, ":protocol", protocol, "sec-websocket-version", "13");
  }
}
