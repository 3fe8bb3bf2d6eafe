package io.scopegate;

import static org.assertj.core.api.Assertions.assertThat;

import io.scopegate.proxy.RawClient;
import io.scopegate.proxy.RecordingBackend;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A gateway in a process of its own is told to end while clients are at it. */
class TerminationTest {
  private static final String ROUTES =
      """
      apiVersion: scopegate/v1
      backend: core
      routes: [{ match: GET /healthz, access: public }]
      """;

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
    try (RecordingBackend backend = RecordingBackend.start();
        GatewayProcess gateway = GatewayProcess.start(folder, ROUTES, backend.url())) {
      Queue<String> failures = new ConcurrentLinkedQueue<>();
      AtomicInteger answers = new AtomicInteger();
      List<Thread> load = new ArrayList<>();
      for (int i = 0; i < clients; i++) {
        Thread client = new Thread(() -> ask(gateway.edge(), failures, answers));
        client.start();
        load.add(client);
      }
      while (answers.get() < requestsBefore && failures.isEmpty()) {
        Thread.onSpinWait();
      }
      gateway.terminate();
      int exitCode = gateway.exitCode(GatewayProcess.DRAIN_SECONDS + 2);
      for (Thread client : load) {
        client.join();
      }
      assertThat(failures).isEmpty();
      assertThat(exitCode).isZero();
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
}
