package io.scopegate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.scopegate.command.Shell;
import io.scopegate.proxy.RawClient;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A whole gateway: it starts whole or not at all, and reloads without losing a request. */
class GatewayTest {
  @TempDir Path folder;

  /** Two tables that differ in permission, backend and catalogue, and nothing else. */
  private static String table(String permission, String backend) {
    return """
        apiVersion: scopegate/v1
        permissions: { %1$s: It, common: Of both }
        roles: { organization: { MEMBER: { grants: ["*"] } } }
        places: { organization: [{ is: acme }] }
        backend: %2$s
        routes:
          - { match: GET /it, require: %1$s }
        """
        .formatted(permission, backend);
  }

  private static final String IDENTITIES =
      """
      apiVersion: scopegate/v1
      organizations: { acme: { members: { ann: [MEMBER] } } }
      tokens: [{ subject: ann, name: all, scopes: ["*"] }]
      """;

  @Test
  void reloads_under_load_fail_no_request_and_mix_no_tables() throws Exception {
    reloadUnderLoad(20);
  }

  @Test
  @Tag("long")
  void two_hundred_reloads_under_load_fail_no_request_and_mix_no_tables() throws Exception {
    reloadUnderLoad(200);
  }

  private void reloadUnderLoad(int reloads) throws Exception {
    String one = table("one", "core");
    String two = table("two", "old");
    try (RunningGateway gateway = new RunningGateway(folder, one, false)) {
      String token = Objects.requireNonNull(gateway.load(IDENTITIES).get("ann/all"));
      Load load = new Load(gateway, token, 3);
      for (int i = 1; i <= reloads; i++) {
        Files.writeString(gateway.routes(), i % 2 == 0 ? one : two);
        HttpResponse<String> reload = gateway.admin("POST", "/api/v1/reload", "");
        assertThat(reload.statusCode()).as(reload.body()).isEqualTo(200);
        load.awaitMore(5);
      }
      load.end();
      assertThat(load.failures).isEmpty();
      assertThat(load.answers.get()).isGreaterThan(5 * reloads);
      assertThat(load.seen).contains("core", "old");
      assertThat(gateway.core().rest())
          .isNotEmpty()
          .allSatisfy(
              request ->
                  assertThat(request.values("X-Scopegate-Permissions"))
                      .containsExactly("common one"));
    }
  }

  /** Clients that ask the same again and again on connections of their own. */
  private static final class Load {
    final Queue<String> failures = new ConcurrentLinkedQueue<>();
    final Set<String> seen = ConcurrentHashMap.newKeySet();
    final AtomicInteger answers = new AtomicInteger();
    private final AtomicBoolean ended = new AtomicBoolean();
    private final Thread[] threads;

    Load(RunningGateway gateway, String token, int clients) {
      String request =
          "GET /it HTTP/1.1\r\nHost: gate\r\nAuthorization: Bearer " + token + "\r\n\r\n";
      threads = new Thread[clients];
      for (int i = 0; i < clients; i++) {
        threads[i] = new Thread(() -> ask(gateway, request), "load-" + i);
        threads[i].start();
      }
    }

    private void ask(RunningGateway gateway, String request) {
      try (RawClient client = new RawClient(gateway.edge())) {
        while (!ended.get()) {
          RawClient.Answer answer = client.send(request).answer();
          if (answer.status() != 200) {
            failures.add(answer.status() + " " + answer.body());
          }
          seen.add(answer.body());
          answers.incrementAndGet();
        }
      } catch (IOException e) {
        failures.add(e.toString());
      }
    }

    void awaitMore(int more) {
      int enough = answers.get() + more;
      while (answers.get() < enough && failures.isEmpty()) {
        Thread.onSpinWait();
      }
    }

    void end() throws InterruptedException {
      ended.set(true);
      for (Thread thread : threads) {
        thread.join();
      }
    }
  }

  @Test
  void a_changed_table_is_in_force_without_a_request_when_it_is_watched() throws Exception {
    try (RunningGateway gateway = new RunningGateway(folder, table("one", "core"), true)) {
      Files.writeString(gateway.routes(), table("two", "old"));
      long end = System.nanoTime() + 10_000_000_000L;
      while (!gateway.admin("GET", "/readyz", "").body().contains("\"generation\": 2")) {
        assertThat(System.nanoTime()).as("not reloaded in time").isLessThan(end);
        Thread.onSpinWait();
      }
    }
  }

  @Test
  void a_gateway_that_cannot_have_its_address_leaves_nothing_behind() throws Exception {
    try (ServerSocket taken = new ServerSocket(0)) {
      Shell shell = new Shell();
      Files.writeString(folder.resolve("routes.yaml"), table("one", "core"));
      Files.writeString(
          folder.resolve("gateway.yaml"),
          """
          apiVersion: scopegate/v1
          routes: routes.yaml
          listeners: [{ address: "127.0.0.1:0" }, { address: "127.0.0.1:%d" }]
          admin: { address: "127.0.0.1:0" }
          backends: { core: { urls: ["http://127.0.0.1:9"] } }
          """
              .formatted(taken.getLocalPort()));
      for (int i = 0; i < 2; i++) {
        // The second time shows that the store of the first was closed.
        Shell.Result result = shell.run("run", "-c", folder.resolve("gateway.yaml").toString());
        assertThat(result.code()).isEqualTo(2);
        assertThat(result.err())
            .startsWith("scopegate: cannot listen on `127.0.0.1:" + taken.getLocalPort() + "`");
      }
    }
  }

  @Test
  void a_broken_table_starts_nothing_and_all_its_problems_are_told() throws Exception {
    Files.copy(Path.of("src/test/resources/command/broken.yaml"), folder.resolve("routes.yaml"));
    Files.writeString(
        folder.resolve("gateway.yaml"),
        """
        apiVersion: scopegate/v1
        routes: routes.yaml
        listeners: [{ address: "127.0.0.1:0" }]
        backends: { core: { urls: ["http://127.0.0.1:9"] } }
        """);
    Shell.Result result = new Shell().run("run", "-c", folder.resolve("gateway.yaml").toString());
    assertThat(result.code()).isEqualTo(2);
    assertThat(result.out()).isEmpty();
    assertThat(result.err().lines()).hasSize(10).allMatch(line -> line.matches(".*:\\d+:\\d+: .*"));
    assertThat(folder.resolve("data")).doesNotExist();
  }

  @Test
  void an_admin_token_that_could_be_guessed_is_refused() throws Exception {
    Files.writeString(folder.resolve("routes.yaml"), table("one", "core"));
    Files.writeString(
        folder.resolve("gateway.yaml"),
        """
        apiVersion: scopegate/v1
        routes: routes.yaml
        listeners: [{ address: "127.0.0.1:0" }]
        backends: { core: { urls: ["http://127.0.0.1:9"] } }
        """);
    for (String token : new String[] {"", "short", "not only visible ascii\u00e9"}) {
      Shell.Result result =
          new Shell(Map.of("SCOPEGATE_ADMIN_TOKEN", token))
              .run("run", "-c", folder.resolve("gateway.yaml").toString());
      assertThat(result.code()).isEqualTo(2);
      assertThat(result.err()).contains("at least 16").doesNotContain("short");
    }
  }

  @Test
  void while_it_drains_it_is_not_ready_and_takes_no_connection() throws Exception {
    try (RunningGateway gateway = new RunningGateway(folder, table("one", "core"), false)) {
      assertThat(gateway.admin("GET", "/readyz", "").statusCode()).isEqualTo(200);
      gateway.gateway().drain();
      assertThat(gateway.admin("GET", "/readyz", "").statusCode()).isEqualTo(503);
      assertThatThrownBy(() -> new RawClient(gateway.edge()).close())
          .isInstanceOf(IOException.class);
    }
  }

  @Test
  void the_metrics_tell_where_each_endpoint_stands() throws Exception {
    try (RunningGateway gateway = new RunningGateway(folder, table("one", "core"), false)) {
      String endpoint = gateway.core().url().substring("http://".length());
      assertThat(gateway.admin("GET", "/metrics", "").body().lines())
          .contains(
              "scopegate_backend_endpoint_state{backend=\"core\",endpoint=\""
                  + endpoint
                  + "\",state=\"closed\",url=\""
                  + endpoint
                  + "\"} 1.0",
              "scopegate_backend_ejections_total{backend=\"core\"} 0.0",
              "scopegate_backend_retries_total{backend=\"core\",outcome=\"granted\"} 0.0",
              "scopegate_backend_requests_waiting{backend=\"core\"} 0.0");
    }
  }
}
