package io.scopegate.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.scopegate.event.GatewayEvents;
import io.scopegate.policy.Decision;
import io.scopegate.proxy.message.HeadLimits;
import java.io.IOException;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What one client may take up, with the attack cases on slowness and size. */
@Timeout(30)
// Text blocks have no CR.
@SuppressWarnings("StringConcatToTextBlock")
class LimitsTest {
  private static final String GET = "GET /a HTTP/1.1\r\nHost: gw.test\r\n\r\n";
  private static final HeadLimits HEADS = HeadLimits.STANDARD;
  private static final int MAX_CONCURRENT_STREAMS = 3;

  private static TestGateway with(
      RecordingBackend backend, HeadLimits heads, ConnectionLimits connections) throws IOException {
    return TestGateway.with(TestGateway.OPEN)
        .backend("core", backend.url())
        .frontend(FrontendSettings.standard().with(heads, connections))
        .start();
  }

  private static ConnectionLimits connections(int all, int perAddress) {
    return new ConnectionLimits(all, perAddress, 100, 10, 4096);
  }

  @Test
  void every_case_of_slowness_and_size_has_its_test() {
    // DOS-001, 003, 004, 006, 009, 011 are here, 001 and 009 at full size in HostileClientsTest;
    // DOS-013 is about TLS: TlsGatewayTest.
    assertThat(SecurityCase.idsOf("slow-and-size"))
        .containsExactly(
            "DOS-001", "DOS-003", "DOS-004", "DOS-006", "DOS-009", "DOS-011", "DOS-013");
  }

  /** DOS-011. */
  @Test
  void connections_over_the_limit_are_reset_and_the_others_served() throws Exception {
    try (RecordingBackend backend = RecordingBackend.start();
        TestGateway gateway = with(backend, HEADS, connections(3, 3))) {
      List<RawClient> within = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        RawClient client = gateway.connect();
        within.add(client);
        assertThat(client.send(GET).answer().status()).isEqualTo(200);
      }
      for (int i = 0; i < 5; i++) {
        assertThat(isRefused(gateway)).isTrue();
      }
      assertThat(gateway.server().refusedConnections()).isEqualTo(5);
      for (RawClient client : within) {
        assertThat(client.send(GET).answer().status()).isEqualTo(200);
      }
      within.remove(0).close();
      // The place is free as soon as the gateway has seen the end.
      assertThat(statusOfNextWithin(gateway)).isEqualTo(200);
      for (RawClient client : within) {
        client.close();
      }
    }
  }

  /** Says whether a new connection is reset, which may be before it stands for its client. */
  private static boolean isRefused(TestGateway gateway) throws IOException {
    try (RawClient over = gateway.connect()) {
      return over.isClosed();
    } catch (SocketException e) {
      return true;
    }
  }

  private static int statusOfNextWithin(TestGateway gateway) throws Exception {
    while (gateway.server().openConnections() >= 3) {
      TestGateway.settle();
    }
    try (RawClient next = gateway.connect()) {
      return next.send(GET).answer().status();
    }
  }

  @Test
  void one_address_cannot_take_all_connections_but_a_trusted_proxy_can() throws Exception {
    ConnectionLimits limits = connections(10, 1);
    FrontendSettings trusting =
        new FrontendSettings(
            Duration.ofSeconds(10),
            Duration.ofSeconds(10),
            Duration.ofSeconds(10),
            1 << 20,
            TrustedProxies.parse(List.of("127.0.0.0/8")),
            HEADS,
            limits);
    try (RecordingBackend backend = RecordingBackend.start();
        TestGateway gateway = with(backend, HEADS, limits);
        TestGateway behindProxy =
            TestGateway.with(TestGateway.OPEN)
                .backend("core", backend.url())
                .frontend(trusting)
                .start()) {
      try (RawClient first = gateway.connect()) {
        assertThat(first.send(GET).answer().status()).isEqualTo(200);
        assertThat(isRefused(gateway)).isTrue();
      }
      try (RawClient first = behindProxy.connect();
          RawClient second = behindProxy.connect()) {
        assertThat(first.send(GET).answer().status()).isEqualTo(200);
        assertThat(second.send(GET).answer().status()).isEqualTo(200);
      }
    }
  }

  @Test
  void a_connection_ends_after_as_many_requests_as_it_may_carry() throws Exception {
    ConnectionLimits limits = new ConnectionLimits(10, 10, 2, 10, 4096);
    try (RecordingBackend backend = RecordingBackend.start();
        TestGateway gateway = with(backend, HEADS, limits);
        RawClient client = gateway.connect();
        RawHttp2Client http2 = new RawHttp2Client(gateway.address())) {
      assertThat(client.send(GET).answer().values("Connection")).isEmpty();
      assertThat(client.send(GET).answer().values("Connection")).containsExactly("close");
      assertThat(client.isClosed()).isTrue();
      assertThat(http2.answer(http2.get("/a")).status()).isEqualTo(200);
      assertThat(http2.answer(http2.get("/a")).status()).isEqualTo(200);
      assertThat(http2.awaitClose()).isTrue();
      assertThat(http2.goAway()).isZero();
    }
  }

  /** DOS-004, with each limit. */
  @Test
  void heads_over_a_limit_are_refused_on_both_protocols() throws Exception {
    try (RecordingBackend backend = RecordingBackend.start();
        TestGateway gateway = with(backend, new HeadLimits(100, 2000, 10), connections(99, 99));
        RawHttp2Client http2 = new RawHttp2Client(gateway.address())) {
      String longTarget = "/" + "a".repeat(120);
      String longValue = "b".repeat(2100);
      assertThat(status(gateway, "GET " + longTarget + " HTTP/1.1\r\nHost: gw.test\r\n\r\n"))
          .isEqualTo(414);
      String start = "GET /a HTTP/1.1\r\nHost: gw.test\r\n";
      assertThat(status(gateway, start + "X-A: " + longValue + "\r\n\r\n")).isEqualTo(431);
      assertThat(status(gateway, start + "X-A: b\r\n".repeat(10) + "\r\n")).isEqualTo(431);
      assertThat(status(gateway, start + "X-A: b\r\n".repeat(9) + "\r\n")).isEqualTo(200);
      assertThat(http2.answer(http2.get(longTarget)).status()).isEqualTo(414);
      String[] many = new String[20];
      for (int i = 0; i < many.length; i += 2) {
        many[i] = "x-a";
        many[i + 1] = "b";
      }
      assertThat(http2.answer(http2.get("/a", many)).status()).isEqualTo(431);
      assertThat(http2.setting(MAX_CONCURRENT_STREAMS)).hasValue(10);
      assertThat(backend.requests()).isEqualTo(1);
    }
  }

  @Test
  void heads_may_be_larger_than_by_default() throws Exception {
    try (RecordingBackend backend = RecordingBackend.start();
        TestGateway gateway =
            with(backend, new HeadLimits(64 * 1024, 256 * 1024, 500), connections(9, 9))) {
      String target = "/" + "a".repeat(60_000);
      String request =
          "GET "
              + target
              + " HTTP/1.1\r\nHost: gw.test\r\n"
              + "X-A: b\r\n".repeat(300)
              + "X-B: "
              + "c".repeat(100_000)
              + "\r\n\r\n";
      assertThat(status(gateway, request)).isEqualTo(200);
      assertThat(backend.next().value("X-B").orElse("")).hasSize(100_000);
    }
  }

  private static int status(TestGateway gateway, String request) throws IOException {
    try (RawClient client = gateway.connect()) {
      return client.send(request).answer().status();
    }
  }

  /** Starts a gateway that gives a head 300 ms, and all else long. */
  private static TestGateway impatient(RecordingBackend backend) throws IOException {
    FrontendSettings settings =
        new FrontendSettings(
            Duration.ofMillis(300),
            Duration.ofSeconds(9),
            Duration.ofSeconds(9),
            1000,
            TrustedProxies.none());
    return TestGateway.with(TestGateway.OPEN)
        .backend("core", backend.url())
        .frontend(settings)
        .start();
  }

  /** DOS-001: the time of a head counts from its first byte, not from its last. */
  @Test
  void a_head_that_trickles_in_is_ended_when_its_time_is_over() throws Exception {
    try (RecordingBackend backend = RecordingBackend.start();
        TestGateway gateway = impatient(backend);
        RawClient client = gateway.connect()) {
      long start = System.nanoTime();
      client.send("GET /a HTTP/1.1\r\nHost: gw.test\r\n");
      while (!client.hasBytes() && System.nanoTime() - start < 5_000_000_000L) {
        client.send("X-a: b\r\n");
        TestGateway.settle();
        LockSupport.parkNanos(20_000_000);
      }
      assertThat(client.answer().status()).isEqualTo(408);
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(4));
      assertThat(backend.requests()).isZero();
    }
    assertThat(FrontendSettings.standard().headTimeout()).isEqualTo(Duration.ofSeconds(10));
  }

  /** Bytes that may still become either version of HTTP are a head, too. */
  @ParameterizedTest
  @ValueSource(strings = {"P", "PRI * HT"})
  void a_preface_that_does_not_go_on_is_ended_when_the_time_of_a_head_is_over(String begin)
      throws Exception {
    try (RecordingBackend backend = RecordingBackend.start();
        TestGateway gateway = impatient(backend);
        RawClient client = gateway.connect()) {
      long start = System.nanoTime();
      client.send(begin);
      assertThat(client.answer().status()).isEqualTo(408);
      assertThat(Duration.ofNanos(System.nanoTime() - start))
          .isBetween(Duration.ofMillis(250), Duration.ofSeconds(4));
      assertThat(backend.requests()).isZero();
    }
  }

  /** DOS-003: who never reads is cut; that the backend stops before is in BackpressureTest. */
  @Test
  void a_client_that_never_reads_is_cut() throws Exception {
    FrontendSettings impatient =
        new FrontendSettings(
            Duration.ofSeconds(9),
            Duration.ofMillis(300),
            Duration.ofSeconds(9),
            1000,
            TrustedProxies.none());
    String part = "z".repeat(1 << 20);
    try (RecordingBackend backend =
            RecordingBackend.scripted(
                conversation -> {
                  conversation.request();
                  conversation.send("HTTP/1.1 200 OK\r\nContent-Length: 104857600\r\n\r\n");
                  for (int i = 0; i < 100; i++) {
                    conversation.send(part);
                  }
                  return true;
                });
        TestGateway gateway =
            TestGateway.with(TestGateway.OPEN)
                .backend("core", backend.url())
                .frontend(impatient)
                .start();
        RawClient client = new RawClient(gateway.address(), 4096)) {
      client.send(GET);
      assertThat(backend.nextBrokenOff()).isNotEmpty();
      assertThat(client.isReset()).isTrue();
    }
  }

  /** DOS-006: one request after the other, and no more read than is held. */
  @Test
  @SuppressWarnings("try") // closed in the middle of it, on purpose
  void requests_without_end_from_who_never_reads_reach_the_backend_one_by_one() throws Exception {
    String answer = "HTTP/1.1 200 OK\r\nContent-Length: 30000\r\n\r\n" + "z".repeat(30_000);
    try (RecordingBackend backend = RecordingBackend.answering(answer);
        TestGateway gateway = with(backend, HEADS, connections(9, 9));
        RawClient client = new RawClient(gateway.address(), 4096)) {
      Thread sender =
          new Thread(
              () -> {
                try {
                  for (int i = 0; i < 100_000; i++) {
                    client.send(GET);
                  }
                } catch (IOException e) {
                  // It ends when the client is closed.
                }
              });
      sender.start();
      int before = -1;
      int still = 0;
      while (still < 5) {
        int now = backend.requests();
        still = now == before && now > 0 ? still + 1 : 0;
        before = now;
        LockSupport.parkNanos(50_000_000);
      }
      assertThat(before).isLessThan(200);
      client.close();
      sender.join();
    }
  }

  /** DOS-009: names are compared one by one and never hashed, and there are only so many. */
  @Test
  void names_that_collide_cost_no_more_than_others() throws Exception {
    StringBuilder names = new StringBuilder();
    for (int i = 0; i < 64; i++) {
      StringBuilder name = new StringBuilder("X-");
      for (int bit = 0; bit < 6; bit++) {
        name.append((i >> bit & 1) == 0 ? "Aa" : "BB"); // equal hashes
      }
      names.append(name).append(": 1\r\n");
    }
    String request = "GET /a HTTP/1.1\r\nHost: gw.test\r\n" + names + "\r\n";
    StringBuilder tooMany = new StringBuilder("GET /a HTTP/1.1\r\nHost: gw.test\r\n");
    for (int i = 0; i < 2000; i++) {
      tooMany.append("AaBB").append(i).append(": 1\r\n");
    }
    try (RecordingBackend backend = RecordingBackend.start();
        TestGateway gateway = with(backend, HEADS, connections(9, 9));
        RawClient client = gateway.connect()) {
      for (int i = 0; i < 50; i++) {
        assertThat(client.send(request).answer().status()).isEqualTo(200);
      }
      assertThat(status(gateway, tooMany + "\r\n")).isEqualTo(431);
    }
  }

  /** Thrown in the middle of an event loop, where a request is decided or told of. */
  @ParameterizedTest
  @ValueSource(strings = {"stack", "memory", "class", "defect"})
  void an_error_ends_its_connection_and_no_loop(String kind) throws Exception {
    AtomicReference<String> armed = new AtomicReference<>("");
    GatewayEvents failing =
        new GatewayEvents() {
          @Override
          public void decided(Decision decision) {
            fail("decided");
          }

          @Override
          public void completed(
              @Nullable Decision decision, String method, int status, long nanos) {
            fail("completed");
          }

          private void fail(String where) {
            if (armed.compareAndSet(where, "")) {
              throw new Thrown(kind).error();
            }
          }
        };
    try (RecordingBackend backend = RecordingBackend.start();
        TestGateway gateway =
            TestGateway.with(TestGateway.OPEN)
                .backend("core", backend.url())
                .events(failing)
                .start()) {
      for (String where : List.of("decided", "completed")) {
        for (int i = 0; i < 4; i++) {
          armed.set(where);
          try (RawClient victim = gateway.connect()) {
            victim.send(GET);
            victim.untilClosed();
          }
          assertThat(armed.get()).isEmpty();
        }
      }
      for (int i = 0; i < 8; i++) {
        assertThat(status(gateway, GET)).isEqualTo(200);
      }
      // Whoever is left open would be here until the test is out of time.
      while (gateway.server().openConnections() > 0) {
        TestGateway.settle();
      }
    }
  }

  /** What a handler may throw. */
  private record Thrown(String kind) {
    Error error() {
      return switch (kind) {
        case "stack" -> new StackOverflowError("of a test");
        case "memory" -> new OutOfMemoryError("of a test");
        case "class" -> new NoClassDefFoundError("of a test");
        default -> new AssertionError("of a test");
      };
    }
  }
}
