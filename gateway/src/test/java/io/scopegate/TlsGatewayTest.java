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
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
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
                Clock.systemUTC(),
                new SecureRandom(),
                Optional.of(RunningGateway.ADMIN_TOKEN),
                false));
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
    replaceUnderLoad(10);
  }

  @Test
  @Tag("long")
  void certificates_are_replaced_many_times_under_load_without_a_failed_request() throws Exception {
    replaceUnderLoad(300);
  }

  private void replaceUnderLoad(int times) throws Exception {
    start("tls: { certificate: tls.crt, key: tls.key }", core.url());
    AtomicBoolean over = new AtomicBoolean();
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      Future<Long> kept = threads.submit(() -> load(over, false));
      Future<Long> fresh = threads.submit(() -> load(over, true));
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
      System.out.printf(
          "certificates replaced %d times: %d requests on one connection, %d on fresh ones, 0"
              + " failed%n",
          times, kept.get(), fresh.get());
    } finally {
      over.set(true);
      threads.shutdownNow();
    }
  }

  /** Sends requests one after the other; the first that fails ends the test. */
  private long load(AtomicBoolean over, boolean fresh) throws IOException, InterruptedException {
    HttpClient client = client(AUTHORITY.client(), Version.HTTP_1_1);
    long count = 0;
    while (!over.get() || count == 0) {
      HttpClient one = fresh ? client(AUTHORITY.client(), Version.HTTP_1_1) : client;
      assertThat(get(one, gateway().listeners().get(0), "/open").statusCode()).isEqualTo(200);
      count++;
    }
    return count;
  }
}
