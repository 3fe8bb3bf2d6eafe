package io.scopegate;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.pkitesting.X509Bundle;
import io.scopegate.config.ConfigReader;
import io.scopegate.config.GatewayConfig;
import io.scopegate.proxy.RawClient;
import io.scopegate.proxy.RecordingBackend;
import io.scopegate.tls.TestAuthority;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** TLS through a whole gateway. */
class TlsGatewayTest {
  private static final TestAuthority AUTHORITY = new TestAuthority("authority");
  private static final X509Bundle SERVER = AUTHORITY.server("localhost");
  private static final String ROUTES =
      """
      apiVersion: scopegate/v1
      backend: core
      routes:
        - { match: "GET /open", access: public }
        - { match: "GET /known", access: authenticated }
        - { match: "GET /token", access: authenticated, credential: token }
      """;

  @TempDir private Path folder;
  private final RecordingBackend core =
      RecordingBackend.answering("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ncore");
  private @Nullable Gateway running;

  TlsGatewayTest() throws IOException {}

  private Gateway gateway() {
    return Objects.requireNonNull(running);
  }

  @AfterEach
  void close() throws IOException {
    if (running != null) {
      running.close();
    }
    core.close();
  }

  private void start(String listener, String url) throws IOException {
    start(listener, url, Clock.systemUTC(), false);
  }

  private void start(String listener, String url, Clock clock, boolean watch) throws IOException {
    Files.writeString(folder.resolve("routes.yaml"), ROUTES);
    AUTHORITY.write(folder.resolve("ca.crt"));
    TestAuthority.write(folder, "tls", SERVER);
    Path file =
        Files.writeString(
            folder.resolve("gateway.yaml"),
            """
            apiVersion: scopegate/v1
            routes: routes.yaml
            listeners: [{ address: "127.0.0.1:0", %s }]
            admin: { address: "127.0.0.1:0" }
            trustedProxies: ["127.0.0.1"]
            drain: 5s
            backends: { core: { urls: ["%s"], tls: { ca: ca.crt } } }
            """
                .formatted(listener, url)
                .replace(url.startsWith("https") ? "-" : ", tls: { ca: ca.crt }", ""));
    ConfigReader.Outcome read = ConfigReader.read(file, List.of(), Map.of(), Clock.systemUTC());
    GatewayConfig config =
        read.config().orElseThrow(() -> new AssertionError(read.problems().toString()));
    running =
        Gateway.start(
            config,
            Gateway.policySource(config).read(),
            new Gateway.Surroundings(
                clock, new SecureRandom(), Optional.of(RunningGateway.ADMIN_TOKEN), watch));
  }

  private static HttpResponse<String> get(HttpClient client, InetSocketAddress edge, String path)
      throws IOException, InterruptedException {
    return client.send(
        HttpRequest.newBuilder(URI.create("https://localhost:" + edge.getPort() + path)).build(),
        BodyHandlers.ofString());
  }

  private static HttpClient client(SSLContext context, Version version) {
    return HttpClient.newBuilder().sslContext(context).version(version).build();
  }

  private HttpResponse<String> get(SSLContext context, Version version, String path)
      throws IOException, InterruptedException {
    return get(client(context, version), gateway().listeners().get(0), path);
  }

  @Test
  void both_versions_of_http_are_spoken_over_tls_and_the_backend_is_told() throws Exception {
    start("tls: { certificate: tls.crt, key: tls.key }", core.url());
    for (Version version : List.of(Version.HTTP_1_1, Version.HTTP_2)) {
      HttpResponse<String> answer = get(AUTHORITY.client(), version, "/open");
      assertThat(answer.body()).isEqualTo("core");
      assertThat(answer.version()).isEqualTo(version);
      assertThat(core.next().values("X-Forwarded-Proto")).containsExactly("https");
    }
    assertThat(gateway().toString()).startsWith("https://127.0.0.1:");
  }

  @Test
  void http_in_the_clear_is_told_that_tls_is_spoken() throws Exception {
    start("tls: { certificate: tls.crt, key: tls.key }", core.url());
    try (RawClient client = new RawClient(gateway().listeners().get(0))) {
      RawClient.Answer answer =
          client.send("GET /open HTTP/1.1\r\nHost: localhost\r\n\r\n").answer();
      assertThat(answer.status()).isEqualTo(400);
      assertThat(answer.body())
          .contains("\"detail\":\"TLS is spoken here: the scheme is `https`\"");
      assertThat(client.isClosed()).isTrue();
    }
  }

  @Test
  void a_certificate_is_a_credential_of_its_own_kind() throws Exception {
    start(
        "tls: { certificate: tls.crt, key: tls.key, clientCertificates: { ca: ca.crt, required:"
            + " false, subject: { from: commonName, prefix: \"x:\", scopes: full } } }",
        core.url());
    SSLContext bob =
        AUTHORITY.showing(
            AUTHORITY.issue("CN=bob", builder -> builder.addExtendedKeyUsageClientAuth()));
    SSLContext nobody =
        AUTHORITY.showing(
            AUTHORITY.issue("O=any", builder -> builder.addExtendedKeyUsageClientAuth()));
    assertThat(get(bob, Version.HTTP_1_1, "/known").statusCode()).isEqualTo(200);
    RecordingBackend.Received received = core.next();
    assertThat(received.values("X-Scopegate-Subject")).containsExactly("x:bob");
    assertThat(received.values("X-Scopegate-Token")).containsExactly("certificate");
    assertThat(get(bob, Version.HTTP_1_1, "/token").body()).contains("credential_kind");
    assertThat(get(nobody, Version.HTTP_1_1, "/known").body()).contains("credential_invalid");
    assertThat(get(AUTHORITY.client(), Version.HTTP_1_1, "/known").body())
        .contains("credential_missing");
    HttpResponse<String> both =
        client(bob, Version.HTTP_1_1)
            .send(
                HttpRequest.newBuilder(
                        URI.create(
                            "https://localhost:"
                                + gateway().listeners().get(0).getPort()
                                + "/known"))
                    .header("Authorization", "Bearer wrong")
                    .build(),
                BodyHandlers.ofString());
    assertThat(both.body()).contains("credential_invalid");
  }

  @Test
  void a_certificate_that_has_ended_is_no_credential_on_a_connection_that_lives_on()
      throws Exception {
    SettableClock clock = new SettableClock(Instant.now());
    start(
        "tls: { certificate: tls.crt, key: tls.key, clientCertificates: { ca: ca.crt, required:"
            + " false, subject: { from: commonName, prefix: \"x:\", scopes: full } } }",
        core.url(),
        clock,
        false);
    X509Bundle bob =
        AUTHORITY.issue(
            "CN=bob",
            builder ->
                builder
                    .addExtendedKeyUsageClientAuth()
                    .notAfter(Instant.now().plus(Duration.ofHours(1))));
    InetSocketAddress edge = gateway().listeners().get(0);
    List<HttpClient> clients = new ArrayList<>();
    for (Version version : List.of(Version.HTTP_1_1, Version.HTTP_2)) {
      HttpClient client = client(AUTHORITY.showing(bob), version);
      assertThat(get(client, edge, "/known").statusCode()).isEqualTo(200);
      clients.add(client);
    }
    clock.advance(Duration.ofHours(2));
    for (HttpClient client : clients) {
      HttpResponse<String> later = get(client, edge, "/known");
      assertThat(later.statusCode()).isEqualTo(401);
      assertThat(later.body()).contains("credential_invalid");
      assertThat(get(client, edge, "/open").statusCode()).isEqualTo(200);
    }
  }

  @Test
  void the_watch_finds_a_certificate_that_was_replaced() throws Exception {
    start("tls: { certificate: tls.crt, key: tls.key }", core.url(), Clock.systemUTC(), true);
    HttpClient old = client(AUTHORITY.client(), Version.HTTP_1_1);
    InetSocketAddress edge = gateway().listeners().get(0);
    assertThat(name(get(old, edge, "/open"))).isEqualTo("CN=localhost");
    TestAuthority.write(folder, "tls", AUTHORITY.server("new", "localhost"));
    String shown = "";
    for (int i = 0; i < 100 && !shown.equals("CN=new"); i++) {
      LockSupport.parkNanos(100_000_000);
      shown = name(get(client(AUTHORITY.client(), Version.HTTP_1_1), edge, "/open"));
    }
    assertThat(shown).isEqualTo("CN=new");
    assertThat(name(get(old, edge, "/open"))).isEqualTo("CN=localhost");
  }

  private static String name(HttpResponse<String> answer) throws IOException {
    assertThat(answer.statusCode()).isEqualTo(200);
    return answer.sslSession().orElseThrow().getPeerPrincipal().getName();
  }

  /** DOS-013. */
  @Test
  @Tag("long")
  void a_thousand_clients_that_say_nothing_are_gone_within_the_time_of_a_handshake()
      throws Exception {
    start("tls: { certificate: tls.crt, key: tls.key }", core.url());
    InetSocketAddress edge = gateway().listeners().get(0);
    List<Socket> silent = new ArrayList<>();
    long start = System.nanoTime();
    for (int i = 0; i < 1_000; i++) {
      silent.add(new Socket(edge.getAddress(), edge.getPort()));
    }
    HttpClient other = client(AUTHORITY.client(), Version.HTTP_2);
    assertThat(get(other, edge, "/open").statusCode()).isEqualTo(200);
    for (Socket socket : silent) {
      socket.setSoTimeout(15_000);
      assertThat(socket.getInputStream().read()).isEqualTo(-1);
      socket.close();
    }
    long millis = (System.nanoTime() - start) / 1_000_000;
    System.out.printf("1,000 silent connections to TLS: the last was closed after %d ms%n", millis);
    assertThat(millis).isLessThan(12_000);
    assertThat(get(other, edge, "/open").statusCode()).isEqualTo(200);
  }

  @Test
  void a_proxys_announcement_counts_before_the_handshake() throws Exception {
    start("proxyProtocol: true", core.url());
    try (RawClient client = new RawClient(gateway().listeners().get(0))) {
      client.send("PROXY TCP4 203.0.113.7 198.51.100.1 12345 443\r\n");
      assertThat(client.send("GET /open HTTP/1.1\r\nHost: a\r\n\r\n").answer().status())
          .isEqualTo(200);
      assertThat(core.next().values("X-Forwarded-For")).containsExactly("203.0.113.7");
    }
  }

  @Test
  void a_backend_that_cannot_show_who_it_is_gets_nothing() throws Exception {
    start("tls: { certificate: tls.crt, key: tls.key }", core.url().replace("http:", "https:"));
    HttpResponse<String> answer = get(AUTHORITY.client(), Version.HTTP_1_1, "/open");
    assertThat(answer.statusCode()).isEqualTo(502);
    assertThat(answer.body()).contains("backend_unreachable");
  }

  @Test
  void certificates_are_replaced_under_load_without_a_failed_request() throws Exception {
    replaceUnderLoad(4);
  }

  @Test
  @Tag("long")
  void certificates_are_replaced_many_times_under_load_without_a_failed_request() throws Exception {
    replaceUnderLoad(300);
  }

  private void replaceUnderLoad(int times) throws Exception {
    start("tls: { certificate: tls.crt, key: tls.key }", core.url());
    AtomicBoolean over = new AtomicBoolean();
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      Map<String, Future<Long>> loads = new LinkedHashMap<>();
      for (Version version : List.of(Version.HTTP_1_1, Version.HTTP_2)) {
        loads.put("kept " + version, threads.submit(() -> load(over, version, false)));
        loads.put("fresh " + version, threads.submit(() -> load(over, version, true)));
      }
      HttpClient admin = HttpClient.newHttpClient();
      for (int i = 0; i < times; i++) {
        TestAuthority.write(folder, "tls", AUTHORITY.server("localhost", "v" + i));
        HttpResponse<String> reload =
            admin.send(
                HttpRequest.newBuilder(
                        URI.create(
                            "http://127.0.0.1:" + gateway().admin().getPort() + "/api/v1/reload"))
                    .header("Authorization", "Bearer " + RunningGateway.ADMIN_TOKEN)
                    .POST(HttpRequest.BodyPublishers.noBody())
                    .build(),
                BodyHandlers.ofString());
        assertThat(reload.statusCode()).as(reload.body()).isEqualTo(200);
      }
      over.set(true);
      StringBuilder counts = new StringBuilder();
      for (Map.Entry<String, Future<Long>> load : loads.entrySet()) {
        counts.append(", ").append(load.getKey()).append(' ').append(load.getValue().get());
      }
      System.out.printf("certificates replaced %d times: 0 failed of%s%n", times, counts);
    } finally {
      over.set(true);
      threads.shutdownNow();
    }
  }

  /** Sends requests one after the other; the first that fails ends the test. */
  private long load(AtomicBoolean over, Version version, boolean fresh)
      throws IOException, InterruptedException {
    HttpClient client = client(AUTHORITY.client(), version);
    long count = 0;
    while (!over.get() || count == 0) {
      HttpClient one = fresh ? client(AUTHORITY.client(), version) : client;
      HttpResponse<String> answer = get(one, gateway().listeners().get(0), "/open");
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.version()).isEqualTo(version);
      count++;
    }
    return count;
  }
}
