package io.scopegate;

import static org.assertj.core.api.Assertions.assertThat;

import io.scopegate.proxy.RawClient;
import io.scopegate.proxy.RawHttp2Client;
import io.scopegate.proxy.RecordingBackend;
import io.scopegate.proxy.message.WebSocketFields;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A gateway in a process of its own is told to end while clients are at it. */
class TerminationTest {
  private static final String ROUTES =
      """
      apiVersion: scopegate/v1
      backend: core
      routes:
        - { match: GET /healthz, access: public }
        - { match: GET /ws, access: public, upgrade: websocket }
      """;

  /** A client's close frame with 1001, whose mask is 0. */
  private static final byte[] CLOSE = {(byte) 0x88, (byte) 0x82, 0, 0, 0, 0, 0x03, (byte) 0xe9};

  private static final int STREAMS = 50;

  @TempDir Path folder;

  private static final String HANDSHAKE =
      """
      GET /ws HTTP/1.1
      Host: gate
      Connection: Upgrade
      Upgrade: websocket
      Sec-WebSocket-Version: 13
      Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==

      """
          .replace("\n", "\r\n");

  @Test
  void on_sigterm_no_request_fails_and_the_exit_code_is_0() throws Exception {
    terminateUnderLoad(4, 200, 0);
  }

  @Test
  @Tag("long")
  void on_sigterm_under_a_longer_load_no_request_fails() throws Exception {
    terminateUnderLoad(16, 20_000, 0);
  }

  @Test
  @Tag("long")
  void on_sigterm_under_700_requests_a_second_of_both_versions_no_request_fails() throws Exception {
    for (int i = 1; i <= 5; i++) {
      int answered = terminateUnderLoad(16, 15_000, 700);
      System.out.printf(
          "SIGTERM %d under 700 requests/s, half of them HTTP/2: 0 of %,d failed%n", i, answered);
    }
  }

  @Test
  void on_sigterm_websockets_are_told_1001() throws Exception {
    terminateWithWebSockets(20);
  }

  @Test
  @Tag("long")
  void on_sigterm_500_websockets_of_both_versions_are_told_1001() throws Exception {
    terminateWithWebSockets(500);
  }

  @Test
  void who_is_killed_leaves_nothing_in_the_temporary_folder() throws Exception {
    Path temporary = Files.createDirectory(folder.resolve("tmp"));
    try (RecordingBackend backend = RecordingBackend.start();
        GatewayProcess gateway =
            GatewayProcess.start(folder, ROUTES, backend.url(), "-Djava.io.tmpdir=" + temporary)) {
      gateway.kill();
    }
    assertThat(temporary).isEmptyDirectory();
  }

  /** Half of them over HTTP/1 and half over HTTP/2. */
  private void terminateWithWebSockets(int count) throws Exception {
    try (RecordingBackend backend = RecordingBackend.scripted(TerminationTest::serveWebSocket);
        GatewayProcess gateway = GatewayProcess.start(folder, ROUTES, backend.url())) {
      List<RawClient> http1 = new ArrayList<>();
      Map<RawHttp2Client, List<Integer>> http2 = new LinkedHashMap<>();
      for (int i = 0; i < count / 2; i++) {
        RawClient client = new RawClient(gateway.edge());
        client.send(HANDSHAKE);
        assertThat(client.answer().status()).isEqualTo(101);
        http1.add(client);
      }
      for (int i = 0; i < count / 2; i += STREAMS) {
        RawHttp2Client client = new RawHttp2Client(gateway.edge());
        List<Integer> streams = new ArrayList<>();
        for (int j = i; j < Math.min(count / 2, i + STREAMS); j++) {
          int stream =
              client.request(
                  "CONNECT", "/ws", false, ":protocol", "websocket", "sec-websocket-version", "13");
          client.await(() -> client.exchange(stream).status() > 0);
          assertThat(client.exchange(stream).status()).isEqualTo(200);
          streams.add(stream);
        }
        http2.put(client, streams);
      }
      gateway.terminate();
      for (RawClient client : http1) {
        byte[] head = client.bytes(4);
        assertThat(head).startsWith(0x88).endsWith(0x03, 0xe9);
        client.bytes(head[1] - 2);
        client.send(CLOSE);
        client.close();
      }
      String close = new String(CLOSE, StandardCharsets.ISO_8859_1);
      for (Map.Entry<RawHttp2Client, List<Integer>> connection : http2.entrySet()) {
        RawHttp2Client client = connection.getKey();
        for (int stream : connection.getValue()) {
          RawHttp2Client.Exchange exchange = client.exchange(stream);
          client.await(() -> exchange.body().length() >= 4);
          assertThat(exchange.body()).startsWith("\u0088").contains("\u0003\u00e9");
          client.data(stream, true, close);
        }
      }
      assertThat(gateway.exitCode(GatewayProcess.DRAIN_SECONDS + 5)).isZero();
      for (RawHttp2Client client : http2.keySet()) {
        client.close();
      }
      System.out.printf("SIGTERM with %d WebSockets: all were told 1001, exit code 0%n", count);
    }
  }

  /** Agrees, and waits for the close frame, which it sends back. */
  private static boolean serveWebSocket(RecordingBackend.Conversation conversation)
      throws IOException {
    Optional<RecordingBackend.Received> request = conversation.request();
    if (request.isEmpty()) {
      return false;
    }
    conversation.send(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + "Sec-WebSocket-Accept: "
            + WebSocketFields.acceptOf(request.get().value("Sec-WebSocket-Key").orElse(""))
            + "\r\n\r\n");
    if (conversation.read() == 0x88) {
      conversation.send("\u0088\u0002\u0003\u00e9");
    }
    return false;
  }

  /** The state of one load. Safe from any thread. */
  private static final class Load {
    private final Queue<String> failures = new ConcurrentLinkedQueue<>();
    private final AtomicInteger answers = new AtomicInteger();
    private final long pauseNanos;

    Load(int clients, int perSecond) {
      this.pauseNanos = perSecond == 0 ? 0 : 1_000_000_000L * clients / perSecond;
    }

    void pause() {
      LockSupport.parkNanos(pauseNanos);
    }
  }

  /** Returns how many requests were answered, all of them with 200. */
  private int terminateUnderLoad(int clients, int requestsBefore, int perSecond) throws Exception {
    try (RecordingBackend backend = RecordingBackend.start();
        GatewayProcess gateway = GatewayProcess.start(folder, ROUTES, backend.url())) {
      Load load = new Load(clients, perSecond);
      List<Thread> running = new ArrayList<>();
      for (int i = 0; i < clients; i++) {
        boolean http2 = i % 2 == 1;
        Thread client =
            new Thread(
                () -> {
                  try {
                    if (http2) {
                      askOverHttp2(gateway.edge(), load);
                    } else {
                      ask(gateway.edge(), load);
                    }
                  } catch (IOException | InterruptedException e) {
                    load.failures.add(e.toString());
                  }
                });
        client.start();
        running.add(client);
      }
      while (load.answers.get() < requestsBefore && load.failures.isEmpty()) {
        LockSupport.parkNanos(1_000_000);
      }
      gateway.terminate();
      int exitCode = gateway.exitCode(GatewayProcess.DRAIN_SECONDS + 2);
      for (Thread client : running) {
        client.join();
      }
      assertThat(load.failures).isEmpty();
      assertThat(exitCode).isZero();
      return load.answers.get();
    }
  }

  /** Asks until it is told that the connection ends. */
  private static void ask(InetSocketAddress edge, Load load) throws IOException {
    try (RawClient client = new RawClient(edge)) {
      boolean goesOn = true;
      while (goesOn) {
        load.pause();
        RawClient.Answer answer =
            client.send("GET /healthz HTTP/1.1\r\nHost: gate\r\n\r\n").answer();
        if (answer.status() != 200) {
          load.failures.add(answer.status() + " " + answer.body());
        }
        load.answers.incrementAndGet();
        goesOn = !answer.values("Connection").contains("close");
      }
    }
  }

  /** Asks until it is told that no more streams are wanted. */
  private static void askOverHttp2(InetSocketAddress edge, Load load)
      throws IOException, InterruptedException {
    try (RawHttp2Client client = new RawHttp2Client(edge)) {
      while (client.goAway() < 0) {
        load.pause();
        RawHttp2Client.Exchange answer = client.answer(client.get("/healthz"));
        if (answer.status() != 200 || !answer.isEnded()) {
          load.failures.add("HTTP/2: " + answer.status() + ", reset " + answer.reset());
          return;
        }
        load.answers.incrementAndGet();
      }
    }
  }
}
