package io.scopegate;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Bodies pass through a gateway whose heap could hold none of them. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "resident memory is read from /proc")
class LargeBodiesTest {
  private static final long MIB = 1 << 20;
  private static final String ROUTES =
      """
      apiVersion: scopegate/v1
      backend: core
      routes: [{ match: "GET,POST /data", access: public }]
      """;

  @TempDir Path folder;

  @Test
  void a_body_larger_than_the_heap_passes_either_way() throws Exception {
    pass(256 * MIB);
  }

  @Test
  @Tag("long")
  void a_body_of_1_gib_passes_either_way_in_a_heap_of_128_mib() throws Exception {
    pass(1024 * MIB);
  }

  private void pass(long length) throws Exception {
    try (Source backend = new Source(length);
        GatewayProcess gateway = GatewayProcess.start(folder, ROUTES, backend.url(), "-Xmx128m")) {
      long before = gateway.residentMiB();
      try (Socket client = new Socket(gateway.edge().getAddress(), gateway.edge().getPort())) {
        client.getOutputStream().write(head("GET", 0));
        skipHead(client.getInputStream());
        assertThat(checked(client.getInputStream(), length)).isEqualTo(length);
        client.getOutputStream().write(head("POST", length));
        pour(client.getOutputStream(), length);
        skipHead(client.getInputStream());
      }
      assertThat(backend.received.get()).isEqualTo(length);
      System.out.printf(
          "%d MiB either way with -Xmx128m: resident memory %d -> %d MiB%n",
          length / MIB, before, gateway.residentMiB());
    }
  }

  @Test
  void eight_bodies_each_way_pass_at_once_in_a_small_heap() throws Exception {
    passAtOnce(8, 32 * MIB, "-Xmx64m", 400);
  }

  @Test
  @Tag("long")
  void fifty_bodies_of_1_gib_each_way_pass_at_once_in_a_heap_of_256_mib() throws Exception {
    passAtOnce(50, 1024 * MIB, "-Xmx256m", 600);
  }

  private void passAtOnce(int each, long length, String heap, long atMostMiB) throws Exception {
    try (Source backend = new Source(length);
        GatewayProcess gateway = GatewayProcess.start(folder, ROUTES, backend.url(), heap)) {
      List<CompletableFuture<Long>> passing = new ArrayList<>();
      ExecutorService clients = Executors.newFixedThreadPool(2 * each);
      long start = System.nanoTime();
      for (int i = 0; i < each; i++) {
        passing.add(CompletableFuture.supplyAsync(() -> download(gateway, length), clients));
        passing.add(CompletableFuture.supplyAsync(() -> upload(gateway, length), clients));
      }
      CompletableFuture<Void> all =
          CompletableFuture.allOf(passing.toArray(CompletableFuture[]::new));
      long highest = 0;
      while (!all.isDone()) {
        highest = Math.max(highest, gateway.residentMiB());
        LockSupport.parkNanos(50_000_000);
      }
      clients.shutdown();
      assertThat(passing).allSatisfy(one -> assertThat(one.get()).isEqualTo(length));
      assertThat(backend.whole.get()).isEqualTo(each);
      System.out.printf(
          "%d x %d MiB up and as many down at once with %s: resident memory at most %d MiB, %d s%n",
          each, length / MIB, heap, highest, (System.nanoTime() - start) / 1_000_000_000);
      assertThat(highest).isLessThan(atMostMiB);
    }
  }

  private static long download(GatewayProcess gateway, long length) {
    try (Socket client = new Socket(gateway.edge().getAddress(), gateway.edge().getPort())) {
      client.getOutputStream().write(head("GET", 0));
      skipHead(client.getInputStream());
      return checked(client.getInputStream(), length);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static long upload(GatewayProcess gateway, long length) {
    try (Socket client = new Socket(gateway.edge().getAddress(), gateway.edge().getPort())) {
      client.getOutputStream().write(head("POST", length));
      pour(client.getOutputStream(), length);
      skipHead(client.getInputStream());
      return length;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void a_slow_reader_does_not_make_the_gateway_grow() throws Exception {
    long length = 512 * MIB;
    try (Source backend = new Source(length);
        GatewayProcess gateway = GatewayProcess.start(folder, ROUTES, backend.url(), "-Xmx128m");
        Socket slow = new Socket(gateway.edge().getAddress(), gateway.edge().getPort())) {
      slow.getOutputStream().write(head("GET", 0));
      skipHead(slow.getInputStream());
      // The backend stops being read when nothing moves any more, which is the point.
      backend.awaitStandstill();
      long before = gateway.residentMiB();
      assertThat(slow.getInputStream().readNBytes((int) (16 * MIB))).hasSize((int) (16 * MIB));
      backend.awaitStandstill();
      System.out.printf(
          "a slow reader of %d MiB: backend sent %d MiB, resident memory %d -> %d MiB%n",
          length / MIB, backend.sent / MIB, before, gateway.residentMiB());
      assertThat(backend.sent).isLessThan(64 * MIB);
      assertThat(gateway.residentMiB() - before).isLessThan(32);
    }
  }

  private static byte[] head(String method, long length) {
    String body = length == 0 ? "" : "Content-Length: " + length + "\r\n";
    return (method + " /data HTTP/1.1\r\nHost: gate\r\n" + body + "\r\n")
        .getBytes(StandardCharsets.US_ASCII);
  }

  private static void skipHead(InputStream in) throws IOException {
    int matched = 0;
    String end = "\r\n\r\n";
    StringBuilder head = new StringBuilder();
    while (matched < end.length()) {
      int next = in.read();
      if (next < 0) {
        throw new IOException("closed in the head: " + head);
      }
      head.append((char) next);
      matched = next == end.charAt(matched) ? matched + 1 : next == '\r' ? 1 : 0;
    }
    assertThat(head.toString()).startsWith("HTTP/1.1 200");
  }

  private static void pour(OutputStream out, long length) throws IOException {
    byte[] piece = new byte[64 * 1024];
    for (long sent = 0; sent < length; sent += piece.length) {
      fill(piece, sent);
      out.write(piece);
    }
  }

  private static void fill(byte[] piece, long from) {
    for (int i = 0; i < piece.length; i += 4096) {
      piece[i] = (byte) ((from + i) >>> 12);
    }
  }

  /** Reads a body and compares its marks; returns how much of it was as poured. */
  private static long checked(InputStream in, long length) throws IOException {
    byte[] expected = new byte[64 * 1024];
    for (long read = 0; read < length; read += expected.length) {
      fill(expected, read);
      byte[] piece = in.readNBytes(expected.length);
      if (!Arrays.equals(piece, expected)) {
        return read;
      }
    }
    return length;
  }

  /** A backend that pours a body out for GET and counts what comes with POST. */
  private static final class Source implements AutoCloseable {
    private final ServerSocket server = new ServerSocket(0, 256, InetAddress.getLoopbackAddress());
    private final CompletableFuture<Long> received = new CompletableFuture<>();
    private final AtomicInteger whole = new AtomicInteger();
    private final long length;
    private volatile long sent;

    Source(long length) throws IOException {
      this.length = length;
      Thread acceptor = new Thread(this::accept, "source");
      acceptor.setDaemon(true);
      acceptor.start();
    }

    String url() {
      return "http://127.0.0.1:" + server.getLocalPort();
    }

    private void accept() {
      while (!server.isClosed()) {
        try {
          Socket socket = server.accept();
          Thread thread = new Thread(() -> serve(socket), "source-connection");
          thread.setDaemon(true);
          thread.start();
        } catch (IOException closed) {
          return;
        }
      }
    }

    private void serve(Socket socket) {
      try (socket) {
        InputStream in = socket.getInputStream();
        OutputStream out = socket.getOutputStream();
        while (true) {
          String method = readHead(in);
          if (method.equals("GET")) {
            out.write(answerHead(length));
            pour(out);
          } else {
            long passed = checked(in, length);
            received.complete(passed);
            if (passed == length) {
              whole.incrementAndGet();
            }
            out.write(answerHead(0));
          }
        }
      } catch (IOException over) {
        // The gateway has closed the connection.
      }
    }

    private static byte[] answerHead(long length) {
      return ("HTTP/1.1 200 OK\r\nContent-Length: " + length + "\r\n\r\n")
          .getBytes(StandardCharsets.US_ASCII);
    }

    private void pour(OutputStream out) throws IOException {
      byte[] piece = new byte[64 * 1024];
      for (long at = 0; at < length; at += piece.length) {
        fill(piece, at);
        out.write(piece);
        sent = at + piece.length;
      }
    }

    private static String readHead(InputStream in) throws IOException {
      StringBuilder head = new StringBuilder();
      while (head.indexOf("\r\n\r\n") < 0) {
        int next = in.read();
        if (next < 0) {
          throw new IOException("closed");
        }
        head.append((char) next);
      }
      return head.substring(0, head.indexOf(" "));
    }

    /** Waits until no more than nothing has been sent for a while. */
    void awaitStandstill() {
      long last = -1;
      long since = System.nanoTime();
      while (System.nanoTime() - since < 500_000_000L) {
        if (sent != last) {
          last = sent;
          since = System.nanoTime();
        }
        LockSupport.parkNanos(1_000_000);
      }
    }

    @Override
    public void close() throws IOException {
      server.close();
    }
  }
}
