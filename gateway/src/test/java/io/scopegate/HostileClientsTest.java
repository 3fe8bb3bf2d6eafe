package io.scopegate;

import static org.assertj.core.api.Assertions.assertThat;

import io.scopegate.proxy.RawClient;
import io.scopegate.proxy.RawHttp2Client;
import io.scopegate.proxy.RecordingBackend;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What hostile clients cost a gateway in a process of its own, and the others. */
class HostileClientsTest {
  private static final String ROUTES =
      """
      apiVersion: scopegate/v1
      backend: core
      routes:
        - { match: GET /a, access: public }
        - { match: GET /b, when: { query: { kind: x } }, access: public }
        - { match: GET /b, access: public }
      """;

  private static final String GET = "GET /a HTTP/1.1\r\nHost: gate\r\n\r\n";
  private static final Duration HEAD_TIMEOUT = Duration.ofSeconds(10);
  private static final Duration SLACK = Duration.ofSeconds(3);

  /** What an answer may take without a reason on a machine that others use, too. */
  private static final long MEDIAN_NOISE_NANOS = 500_000;

  private static final long P99_NOISE_NANOS = 2_000_000;

  @TempDir Path folder;

  /** DOS-009, on both versions of HTTP; of fields, as many as can be allowed. */
  @Test
  void names_that_collide_take_less_than_5_ms_of_a_processor() throws Exception {
    String limits = "limits: { headerBytes: 256KiB, headerCount: 1000, targetLength: 64KiB }";
    try (RecordingBackend backend = RecordingBackend.start();
        GatewayProcess gateway =
            GatewayProcess.start(folder, ROUTES, backend.url(), limits, 0, "-Xmx256m");
        RawClient client = new RawClient(gateway.edge());
        RawHttp2Client http2 = new RawHttp2Client(gateway.edge())) {
      String fields = "GET /a HTTP/1.1\r\nHost: gate\r\n" + fields(990) + "\r\n";
      String keys =
          "GET /b?" + String.join("=1&", colliding(2_000)) + "=1 HTTP/1.1\r\nHost: gate\r\n\r\n";
      String[] many = new String[1_200];
      for (int i = 0; i < many.length; i += 2) {
        many[i] = "x" + colliding(2_000).get(i / 2);
        many[i + 1] = "1";
      }
      assertLessThan5Millis("990 fields", gateway, () -> client.send(fields).answer().status());
      assertLessThan5Millis("2,000 keys", gateway, () -> client.send(keys).answer().status());
      assertLessThan5Millis(
          "600 fields over HTTP/2", gateway, () -> http2.answer(http2.get("/a", many)).status());
    }
  }

  /** Names of one hash, both as {@code String} and as {@code AsciiString} have it. */
  private static List<String> colliding(int count) {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      StringBuilder name = new StringBuilder();
      for (int bit = 0; bit < 11; bit++) {
        // `AsciiString` leaves out the bits that letters and digits differ in.
        name.append((i >> bit & 1) == 0 ? "0p" : "p0");
      }
      names.add(name.toString());
    }
    return names;
  }

  private static String fields(int count) {
    StringBuilder fields = new StringBuilder();
    colliding(count).forEach(name -> fields.append("x").append(name).append(": 1\r\n"));
    return fields.toString();
  }

  /** A request. */
  private interface Request {
    /** Sends it and returns the status of its answer. */
    int status() throws IOException, InterruptedException;
  }

  private static void assertLessThan5Millis(String what, GatewayProcess gateway, Request request)
      throws IOException, InterruptedException {
    int count = 100;
    for (int i = 0; i < count; i++) {
      assertThat(request.status()).as(what).isIn(200, 431); // warms up
    }
    Duration before = gateway.processorTime();
    for (int i = 0; i < count; i++) {
      assertThat(request.status()).as(what).isIn(200, 431);
    }
    Duration each = gateway.processorTime().minus(before).dividedBy(count);
    System.out.printf("%s with one hash: %.2f ms of a processor%n", what, each.toNanos() / 1e6);
    assertThat(each).as(what).isLessThan(Duration.ofMillis(5));
  }

  /**
   * DOS-001 as it stands in the cases: 60 seconds of it, in rounds with as many without it in
   * between, because somebody else may use the machine. The middle one of the medians counts, and
   * the best of the p99.
   */
  @Test
  @Tag("long")
  void five_hundred_heads_that_trickle_in_end_in_time_and_others_hardly_notice() throws Exception {
    try (RecordingBackend backend = RecordingBackend.start();
        GatewayProcess gateway = GatewayProcess.start(folder, ROUTES, backend.url())) {
      int asked = ask(gateway.edge(), Duration.ofSeconds(5)).size(); // warms up
      List<List<Long>> idle = new ArrayList<>();
      List<List<Long>> busy = new ArrayList<>();
      int ended = 0;
      for (int round = 0; round < 5; round++) {
        idle.add(ask(gateway.edge(), Duration.ofSeconds(6)));
        CompletableFuture<List<Long>> other =
            CompletableFuture.supplyAsync(() -> ask(gateway.edge(), Duration.ofSeconds(12)));
        ended += trickle(gateway.edge(), other);
        busy.add(other.get());
      }
      System.out.printf(
          "500 heads that trickle in, 5 times 12 s: %d ended; another client's median %.2f ms and"
              + " p99 %.2f ms, idle %.2f and %.2f ms; p99 by round %s, idle %s%n",
          ended,
          at(each(busy, 0.5), 0.5) / 1e6,
          at(each(busy, 0.99), 0) / 1e6,
          at(each(idle, 0.5), 0.5) / 1e6,
          at(each(idle, 0.99), 0) / 1e6,
          millis(each(busy, 0.99)),
          millis(each(idle, 0.99)));
      assertThat(ended).isGreaterThanOrEqualTo(2_500);
      asked += Stream.concat(idle.stream(), busy.stream()).mapToInt(List::size).sum();
      assertThat(backend.requests()).isEqualTo(asked);
      assertThat(at(each(busy, 0.5), 0.5))
          .isLessThan(2 * Math.max(at(each(idle, 0.5), 0.5), MEDIAN_NOISE_NANOS));
      assertThat(at(each(busy, 0.99), 0))
          .isLessThan(2 * Math.max(at(each(idle, 0.99), 0), P99_NOISE_NANOS));
    }
  }

  /** Keeps 500 slow heads on their way until something is done; returns how many were ended. */
  private static int trickle(InetSocketAddress edge, CompletableFuture<?> until)
      throws IOException {
    List<SlowHead> attackers = new ArrayList<>();
    int ended = 0;
    while (!until.isDone()) {
      while (attackers.size() < 500) {
        attackers.add(new SlowHead(edge));
      }
      for (SlowHead one : List.copyOf(attackers)) {
        if (one.isEnded()) {
          attackers.remove(one);
          ended++;
        }
        assertThat(one.age()).isLessThan(HEAD_TIMEOUT.plus(SLACK));
      }
      LockSupport.parkNanos(50_000_000);
    }
    for (SlowHead one : attackers) {
      one.channel.close();
    }
    return ended;
  }

  private static List<Long> each(List<List<Long>> rounds, double part) {
    return rounds.stream().map(times -> at(times, part)).toList();
  }

  private static String millis(List<Long> times) {
    return times.stream().map(nanos -> "%.2f".formatted(nanos / 1e6)).toList().toString();
  }

  private static long at(List<Long> times, double part) {
    List<Long> sorted = new ArrayList<>(times);
    Collections.sort(sorted);
    return sorted.get((int) (sorted.size() * part));
  }

  /** Asks now and then for a while; returns how long each answer took. */
  private static List<Long> ask(InetSocketAddress edge, Duration time) {
    List<Long> times = new ArrayList<>();
    long end = System.nanoTime() + time.toNanos();
    try (RawClient client = new RawClient(edge)) {
      while (System.nanoTime() < end) {
        long start = System.nanoTime();
        assertThat(client.send(GET).answer().status()).isEqualTo(200);
        times.add(System.nanoTime() - start);
        LockSupport.parkNanos(10_000_000);
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return times;
  }

  /** A head without an end, another field of which is sent every four seconds. */
  private static final class SlowHead {
    private static final long PAUSE = Duration.ofSeconds(4).toNanos();

    private final SocketChannel channel;
    private final long start = System.nanoTime();
    private long sent = start;

    SlowHead(InetSocketAddress edge) throws IOException {
      this.channel = SocketChannel.open(edge);
      channel.write(bytes("GET /a HTTP/1.1\r\nHost: gate\r\n"));
      channel.configureBlocking(false);
    }

    private static ByteBuffer bytes(String text) {
      return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
    }

    Duration age() {
      return Duration.ofNanos(System.nanoTime() - start);
    }

    /** Sends more if it is time, and says whether the gateway has ended it. */
    boolean isEnded() throws IOException {
      try {
        ByteBuffer answer = ByteBuffer.allocate(4096);
        int length = channel.read(answer);
        if (length != 0) {
          if (length > 0) {
            assertThat(new String(answer.array(), 0, length, StandardCharsets.US_ASCII))
                .startsWith("HTTP/1.1 408 ");
          }
          channel.close();
          return true;
        }
        if (System.nanoTime() - sent > PAUSE) {
          sent = System.nanoTime();
          channel.write(bytes("X-a: b\r\n"));
        }
        return false;
      } catch (SocketException e) {
        channel.close();
        return true; // reset
      }
    }
  }
}
