package io.scopegate;

import static org.assertj.core.api.Assertions.assertThat;

import io.scopegate.proxy.RawClient;
import io.scopegate.proxy.RecordingBackend;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A gateway in a process of its own is told to end while clients are at it. */
class TerminationTest {
  private static final int DRAIN_SECONDS = 5;
  private static final Pattern EDGE = Pattern.compile("runs: http://127\\.0\\.0\\.1:([0-9]+)");

  @TempDir Path folder;

  @Test
  void on_sigterm_no_request_fails_and_the_exit_code_is_0() throws Exception {
    terminateUnderLoad(3, 200);
  }

  @Test
  @Tag("long")
  void on_sigterm_under_a_longer_load_no_request_fails() throws Exception {
    terminateUnderLoad(16, 20_000);
  }

  private void terminateUnderLoad(int clients, int requestsBefore) throws Exception {
    try (RecordingBackend backend = RecordingBackend.start()) {
      Process gateway = start(backend);
      try {
        InetSocketAddress edge = edge(gateway);
        Queue<String> failures = new ConcurrentLinkedQueue<>();
        AtomicInteger answers = new AtomicInteger();
        List<Thread> load = new ArrayList<>();
        for (int i = 0; i < clients; i++) {
          Thread client = new Thread(() -> ask(edge, failures, answers));
          client.start();
          load.add(client);
        }
        while (answers.get() < requestsBefore && failures.isEmpty()) {
          Thread.onSpinWait();
        }
        gateway.destroy(); // SIGTERM
        assertThat(gateway.waitFor(DRAIN_SECONDS + 2, TimeUnit.SECONDS)).isTrue();
        for (Thread client : load) {
          client.join();
        }
        assertThat(failures).isEmpty();
        assertThat(gateway.exitValue()).isZero();
      } finally {
        gateway.destroyForcibly();
      }
    }
  }

  /** Asks until it is told that the connection ends. */
  private static void ask(InetSocketAddress edge, Queue<String> failures, AtomicInteger answers) {
    try (RawClient client = new RawClient(edge)) {
      boolean goesOn = true;
      while (goesOn) {
        RawClient.Answer answer =
            client.send("GET /healthz HTTP/1.1\r\nHost: gate\r\n\r\n").answer();
        if (answer.status() != 200) {
          failures.add(answer.status() + " " + answer.body());
        }
        answers.incrementAndGet();
        goesOn = !answer.values("Connection").contains("close");
      }
    } catch (IOException e) {
      failures.add(e.toString());
    }
  }

  private Process start(RecordingBackend backend) throws IOException {
    Files.writeString(
        folder.resolve("routes.yaml"),
        """
        apiVersion: scopegate/v1
        backend: core
        routes: [{ match: GET /healthz, access: public }]
        """);
    Files.writeString(
        folder.resolve("gateway.yaml"),
        """
        apiVersion: scopegate/v1
        routes: routes.yaml
        listeners: [{ address: "127.0.0.1:0" }]
        admin: { address: "127.0.0.1:0" }
        drain: %ds
        backends: { core: { urls: ["%s"] } }
        """
            .formatted(DRAIN_SECONDS, backend.url()));
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            "io.scopegate.Main",
            "run",
            "-c",
            folder.resolve("gateway.yaml").toString())
        .redirectError(folder.resolve("err").toFile())
        .start();
  }

  private InetSocketAddress edge(Process gateway) throws IOException {
    BufferedReader out = gateway.inputReader(StandardCharsets.UTF_8);
    String line = out.readLine();
    Matcher matcher = EDGE.matcher(String.valueOf(line));
    assertThat(matcher.find()).as(line + Files.readString(folder.resolve("err"))).isTrue();
    return new InetSocketAddress(
        InetAddress.getLoopbackAddress(), Integer.parseInt(matcher.group(1)));
  }
}
