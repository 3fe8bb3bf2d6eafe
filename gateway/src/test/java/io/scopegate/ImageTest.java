package io.scopegate;

import static org.assertj.core.api.Assertions.assertThat;

import io.scopegate.UnpackedImage.Contained;
import io.scopegate.UnpackedImage.Said;
import io.scopegate.proxy.RecordingBackend;
import io.scopegate.store.PostgresAccess;
import io.scopegate.store.PostgresServer;
import io.scopegate.tls.TestAuthority;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/** The container image at work: {@code ./mvnw -Pimage verify}. */
@Tag("image")
@Timeout(180)
class ImageTest {
  private static final TestAuthority AUTHORITY = new TestAuthority("authority");
  private static final String CONFIG = "/etc/scopegate/gateway.yaml";
  private static final String NAME_SERVER = "127.77.0.1";
  private static final String ROUTES =
      """
      apiVersion: scopegate/v1
      permissions: { work:read: Read }
      roles: { organization: { MEMBER: { grants: [work:read] } } }
      places: { organization: [{ path: org }] }
      backend: core
      routes: [{ match: "GET /api/orgs/{org}/items", require: work:read }]
      """;
  private static final String IDENTITIES =
      """
      apiVersion: scopegate/v1
      organizations: { acme: { members: { bob: [MEMBER] } } }
      """;

  @TempDir private static Path folder;
  private static UnpackedImage image;
  private static NameServer names;

  private final HttpClient client = HttpClient.newBuilder().sslContext(AUTHORITY.client()).build();

  @BeforeAll
  static void unpack() throws Exception {
    image = UnpackedImage.of(Path.of("target/scopegate-image.tar"), folder);
    names = new NameServer(NAME_SERVER);
    Files.writeString(image.root().resolve("etc/resolv.conf"), "nameserver " + NAME_SERVER + "\n");
    Files.writeString(image.config().resolve("routes.yaml"), ROUTES);
    Files.writeString(image.config().resolve("identities.yaml"), IDENTITIES);
    TestAuthority.write(image.config(), "tls", AUTHORITY.server("localhost"));
    // The chart gives the group of its volumes to the user.
    try (Stream<Path> files = Files.list(image.config())) {
      for (Path file : files.toList()) {
        Files.setAttribute(file, "unix:uid", 65532);
      }
    }
  }

  @AfterAll
  static void close() {
    names.close();
  }

  private static void configure(String backend, int port, int tlsPort) throws IOException {
    Files.writeString(
        image.config().resolve("gateway.yaml"),
        """
        apiVersion: scopegate/v1
        routes: routes.yaml
        data: /var/lib/scopegate
        listeners:
          - { address: "127.0.0.1:%d" }
          - { address: "127.0.0.1:%d", tls: { certificate: tls.crt, key: tls.key } }
        admin: { address: "127.0.0.1:0" }
        drain: 5s
        backends: { core: { urls: ["%s"] } }
        """
            .formatted(port, tlsPort, backend));
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  /** Makes a token of one who may, while no gateway runs. */
  private static String token() throws Exception {
    Said imported = image.run("", "import", "-c", CONFIG, "/etc/scopegate/identities.yaml");
    assertThat(imported.exitCode()).as(imported.text()).isZero();
    Said made =
        image.run(
            "",
            "token",
            "create",
            "-c",
            CONFIG,
            "--subject",
            "bob",
            "--name",
            "n" + System.nanoTime(),
            "--scopes",
            "work:read",
            "--output",
            "json");
    assertThat(made.exitCode()).as(made.text()).isZero();
    return JsonMapper.shared().readTree(made.text()).get("value").asString();
  }

  private static HttpRequest request(String edge, String token) {
    return HttpRequest.newBuilder(URI.create(edge + "/api/orgs/acme/items"))
        .header("Authorization", "Bearer " + token)
        .build();
  }

  @Test
  void it_enforces_with_its_own_libraries_and_classes_and_writes_nothing_to_tmp() throws Exception {
    int port = freePort();
    int tlsPort = freePort();
    try (RecordingBackend backend = RecordingBackend.start()) {
      configure(backend.url().replace("127.0.0.1", "core.test"), port, tlsPort);
      String token = token();
      try (Contained gateway = image.start("", "run", "-c", CONFIG)) {
        gateway.line("runs: ");
        for (String edge : List.of("http://127.0.0.1:" + port, "https://localhost:" + tlsPort)) {
          HttpResponse<String> answer = client.send(request(edge, token), BodyHandlers.ofString());
          assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
          assertThat(backend.next().value("X-Scopegate-Subject")).contains("bob");
          assertThat(client.send(request(edge, "none"), BodyHandlers.ofString()).statusCode())
              .isEqualTo(401);
        }
        assertThat(names.asked()).contains("core.test.");
        List<String> libraries =
            Files.readAllLines(gateway.told().resolve("maps")).stream()
                .filter(line -> line.contains(".so") || line.endsWith(".aot"))
                .map(line -> line.substring(line.indexOf('/')))
                .distinct()
                .toList();
        // Unpacked into a temporary folder, they would be files of another mount.
        assertThat(libraries)
            .allMatch(library -> library.startsWith(image.root().toString()))
            .anyMatch(library -> library.endsWith("/opt/scopegate/classes.aot"))
            .anyMatch(library -> library.contains("/native/libnetty_transport_native_epoll_"))
            .anyMatch(library -> library.contains("/native/libnetty_tcnative_"))
            .anyMatch(library -> library.endsWith("/native/libsqlitejdbc.so"));
        assertThat(gateway.told().resolve("root/tmp")).isEmptyDirectory();
        assertThat(Files.readAllLines(gateway.told().resolve("status")))
            .contains("Uid:\t65532\t65532\t65532\t65532", "Gid:\t65532\t65532\t65532\t65532");
      }
    }
  }

  @Test
  void on_sigterm_it_answers_what_it_has_and_ends_with_0() throws Exception {
    int port = freePort();
    CountDownLatch arrived = new CountDownLatch(1);
    CountDownLatch terminated = new CountDownLatch(1);
    try (RecordingBackend backend =
        RecordingBackend.scripted(
            conversation -> {
              if (conversation.request().isEmpty()) {
                return false;
              }
              arrived.countDown();
              terminated.await();
              conversation.send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nlate");
              return true;
            })) {
      configure(backend.url().replace("127.0.0.1", "localhost"), port, freePort());
      String token = token();
      try (Contained gateway = image.start("", "run", "-c", CONFIG)) {
        gateway.line("runs: ");
        CompletableFuture<HttpResponse<String>> late =
            client.sendAsync(request("http://127.0.0.1:" + port, token), BodyHandlers.ofString());
        arrived.await();
        gateway.terminate();
        terminated.countDown();
        assertThat(late.get().body()).isEqualTo("late");
        assertThat(gateway.exitCode()).isZero();
      }
    }
  }

  @Test
  void commands_that_end_at_once_work_as_well() throws Exception {
    configure("http://127.0.0.1:1", 0, 0);
    assertThat(image.run("", "check", "-c", CONFIG).exitCode()).isZero();

    Path wrong = image.config().resolve("wröng.yaml");
    Files.writeString(wrong, ROUTES.replace("require: work:read", "require: work:raed"));
    Said said = image.run("", "check", "-r", "/etc/scopegate/wröng.yaml");

    assertThat(said.exitCode()).isEqualTo(2);
    assertThat(said.text())
        .contains("wröng.yaml:6:")
        .contains("unknown permission `work:raed`; did you mean `work:read`?");
  }

  @Test
  void options_of_the_chart_come_after_those_of_the_image() throws Exception {
    Said said = image.run("-XX:-UseParallelGC -XX:+UseZGC -Xlog:gc+init", "--version");

    assertThat(said.exitCode()).as(said.text()).isZero();
    assertThat(said.text()).contains("The Z Garbage Collector");
  }

  @Test
  void a_shared_store_is_reached_by_a_name_that_the_system_resolves() throws Exception {
    PostgresAccess access = PostgresServer.database();
    int port = freePort();
    Files.writeString(image.config().resolve("password"), "postgres");
    try (RecordingBackend backend = RecordingBackend.start()) {
      configure(backend.url(), port, freePort());
      Files.writeString(
          image.config().resolve("gateway.yaml"),
          "store: { url: \"%s\", user: postgres, password: { file: password } }%n"
              .formatted(access.url().replace("127.0.0.1", "db.test")),
          StandardOpenOption.APPEND);
      String token = token();
      assertThat(names.asked()).contains("db.test.");
      try (Contained gateway = image.start("", "run", "-c", CONFIG)) {
        gateway.line("runs: ");
        assertThat(status(port, token)).isEqualTo(200);
      }
    }
  }

  @Test
  void it_starts_faster_with_the_classes_that_are_kept() throws Exception {
    int port = freePort();
    try (RecordingBackend backend = RecordingBackend.start()) {
      configure(backend.url(), port, freePort());
      String token = token();
      List<Long> with = new ArrayList<>();
      List<Long> without = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        with.add(millisToFirst200("", port, token));
        without.add(millisToFirst200("-XX:AOTMode=off", port, token));
      }
      System.out.printf(
          "from start to the first enforced 200 in the image: %s ms, without the AOT cache %s ms%n",
          with, without);
      assertThat(median(with)).isLessThan(median(without));
    }
  }

  private long millisToFirst200(String javaOptions, int port, String token) throws Exception {
    long start = System.nanoTime();
    try (Contained gateway = image.start(javaOptions, "run", "-c", CONFIG)) {
      gateway.line("runs: ");
      assertThat(status(port, token)).isEqualTo(200);
      return (System.nanoTime() - start) / 1_000_000;
    }
  }

  private int status(int port, String token) throws Exception {
    HttpRequest request = request("http://127.0.0.1:" + port, token);
    return client.send(request, BodyHandlers.ofString()).statusCode();
  }

  private static long median(List<Long> values) {
    return values.stream().sorted().skip(values.size() / 2).findFirst().orElseThrow();
  }

  @Test
  void there_is_no_shell_and_nobody_but_root_can_change_the_program() throws Exception {
    try (Stream<Path> walk = Files.walk(image.root())) {
      assertThat(walk.filter(file -> Files.isRegularFile(file) && Files.isExecutable(file)))
          .extracting(file -> file.getFileName().toString())
          .allMatch(
              name ->
                  name.equals("java")
                      || name.equals("jspawnhelper")
                      || name.startsWith("ld-linux"));
    }
    try (Stream<Path> walk = Files.walk(image.root())) {
      List<String> open =
          walk.filter(file -> (mode(file) & 0022) != 0)
              .map(file -> image.root().relativize(file).toString())
              .toList();
      assertThat(open).containsExactlyInAnyOrder("tmp", "var/lib/scopegate");
    }
  }

  private static int mode(Path file) {
    try {
      return (int) Files.getAttribute(file, "unix:mode");
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
