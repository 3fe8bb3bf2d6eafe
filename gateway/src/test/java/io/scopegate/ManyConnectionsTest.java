package io.scopegate;

import static org.assertj.core.api.Assertions.assertThat;

import io.scopegate.proxy.RawClient;
import io.scopegate.proxy.RecordingBackend;
import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What many connections cost a gateway in a process of its own, and what becomes of too many. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "memory and descriptors are those of /proc")
class ManyConnectionsTest {
  private static final String ROUTES =
      """
      apiVersion: scopegate/v1
      backend: core
      routes:
        - { match: GET /a, access: public }
        - { match: GET /mine, access: authenticated }
      """;

  private static final String GET = "GET /a HTTP/1.1\r\nHost: gate\r\n\r\n";
  private static final int MIB = 1 << 20;

  @TempDir Path folder;

  private static List<SocketChannel> open(GatewayProcess gateway, int count) throws IOException {
    List<SocketChannel> channels = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      channels.add(SocketChannel.open(gateway.edge()));
    }
    return channels;
  }

  private static void close(List<SocketChannel> channels) throws IOException {
    for (SocketChannel channel : channels) {
      channel.close();
    }
  }

  @Test
  void without_descriptors_it_still_answers_and_does_not_spin_and_then_goes_on() throws Exception {
    String limits = "limits: { connections: 5000, connectionsPerAddress: 5000 }";
    try (RecordingBackend backend = RecordingBackend.start();
        GatewayProcess gateway = GatewayProcess.start(folder, ROUTES, backend.url(), limits, 256);
        RawClient served = new RawClient(gateway.edge());
        RawClient stranger = new RawClient(gateway.edge());
        RawClient broken = new RawClient(gateway.edge());
        RawClient http2 = new RawClient(gateway.edge())) {
      assertThat(served.send(GET).answer().status()).isEqualTo(200);
      List<SocketChannel> idle = open(gateway, 400);
      // The last of them are not accepted, for want of descriptors; that is what it waits on now.
      LockSupport.parkNanos(Duration.ofMillis(500).toNanos());
      Duration before = gateway.processorTime();
      LockSupport.parkNanos(Duration.ofSeconds(2).toNanos());
      Duration spent = gateway.processorTime().minus(before);
      assertThat(spent).isLessThan(Duration.ofSeconds(1));
      // Whatever these need for the first time has to be there already.
      assertThat(served.send(GET).answer().status()).isIn(200, 502, 503);
      stranger.send("GET /mine HTTP/1.1\r\nHost: gate\r\n\r\n");
      assertThat(stranger.answer().body()).contains("credential_missing");
      stranger.send("GET /nowhere HTTP/1.1\r\nHost: gate\r\nAuthorization: Bearer x\r\n\r\n");
      assertThat(stranger.answer().body()).contains("credential_invalid");
      assertThat(broken.send("GET\r\n\r\n").answer().body()).contains("bad_request");
      http2.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\u0004\0\0\0\0\0");
      assertThat(http2.bytes(9)[3]).isEqualTo((byte) 4);
      close(idle);
      try (RawClient later = new RawClient(gateway.edge())) {
        assertThat(later.send(GET).answer().status()).isEqualTo(200);
      }
    }
  }

  @Test
  @Tag("long")
  void idle_connections_take_8_kib_each() throws Exception {
    int count = 15_000;
    String limits =
        "limits: { connections: 16000, connectionsPerAddress: 16000, idleTimeout: 10m }";
    try (RecordingBackend backend = RecordingBackend.start();
        GatewayProcess gateway =
            GatewayProcess.start(
                folder, ROUTES, backend.url(), limits, 0, "-Xmx512m", "-XX:+UseSerialGC")) {
      List<SocketChannel> warm = open(gateway, 200);
      ask(warm);
      close(warm);
      long before = gateway.residentKiB();
      List<SocketChannel> idle = open(gateway, count);
      ask(idle.subList(0, count / 2));
      try (RawClient served = new RawClient(gateway.edge())) {
        assertThat(served.send(GET).answer().status()).isEqualTo(200);
      }
      long after = gateway.residentKiB();
      System.out.printf(
          "%d idle connections, half of them used: resident memory %d -> %d KiB, %.1f KiB each%n",
          count, before, after, (after - before) / (double) count);
      close(idle);
      assertThat(after - before).isLessThanOrEqualTo(8L * count);
    }
  }

  private static void ask(List<SocketChannel> channels) throws IOException {
    ByteBuffer answer = ByteBuffer.allocate(4096);
    for (SocketChannel channel : channels) {
      channel.write(ByteBuffer.wrap(GET.getBytes(StandardCharsets.US_ASCII)));
      answer.clear();
      while (!new String(answer.array(), 0, answer.position(), StandardCharsets.US_ASCII)
          .endsWith("ok")) {
        if (channel.read(answer) < 0) {
          throw new IOException("closed without an answer");
        }
      }
    }
  }

  @Test
  @Tag("long")
  void slow_readers_do_not_make_the_gateway_grow_by_300_mib() throws Exception {
    int readers = 200;
    String part = "z".repeat(MIB);
    try (RecordingBackend backend =
            RecordingBackend.scripted(
                conversation -> {
                  if (conversation.request().isEmpty()) {
                    return false;
                  }
                  conversation.send("HTTP/1.1 200 OK\r\nContent-Length: 104857600\r\n\r\n");
                  for (int i = 0; i < 100; i++) {
                    conversation.send(part);
                  }
                  return true;
                });
        GatewayProcess gateway = GatewayProcess.start(folder, ROUTES, backend.url(), "-Xmx256m")) {
      long before = gateway.residentMiB();
      List<SocketChannel> channels = new ArrayList<>();
      for (int i = 0; i < readers; i++) {
        SocketChannel channel = SocketChannel.open();
        channel.setOption(StandardSocketOptions.SO_RCVBUF, 4096);
        channel.connect(gateway.edge());
        channel.write(ByteBuffer.wrap(GET.getBytes(StandardCharsets.US_ASCII)));
        channels.add(channel);
      }
      LockSupport.parkNanos(Duration.ofSeconds(15).toNanos());
      long after = gateway.residentMiB();
      System.out.printf(
          "%d slow readers of 100 MiB: resident memory %d -> %d MiB%n", readers, before, after);
      close(channels);
      assertThat(after - before).isLessThanOrEqualTo(300);
    }
  }
}
