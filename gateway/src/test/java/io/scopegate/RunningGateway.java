package io.scopegate;

import io.scopegate.config.ConfigReader;
import io.scopegate.config.GatewayConfig;
import io.scopegate.endpoint.Json;
import io.scopegate.file.Problem;
import io.scopegate.guard.PolicySource;
import io.scopegate.proxy.RecordingBackend;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * A whole gateway on free ports in front of recording backends, for tests. Safe from any thread.
 */
public final class RunningGateway implements AutoCloseable {
  /** Its admin token. */
  public static final String ADMIN_TOKEN = "admin-token-of-the-tests";

  private final Gateway gateway;
  private final RecordingBackend core;
  private final RecordingBackend old;
  private final Path routes;
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  /**
   * Starts in this folder with this route table, whose backends are {@code core} and {@code old}.
   */
  public RunningGateway(Path folder, String routesYaml, boolean watch) throws IOException {
    this(folder, routesYaml, watch, "");
  }

  /** The same with further keys of {@code gateway.yaml}, which may use {@code ${WATCHER}}. */
  public RunningGateway(Path folder, String routesYaml, boolean watch, String furtherKeys)
      throws IOException {
    this(folder, routesYaml, watch, furtherKeys, Map.of());
  }

  /** The same with more in the environment. */
  public RunningGateway(
      Path folder,
      String routesYaml,
      boolean watch,
      String furtherKeys,
      Map<String, String> moreEnvironment)
      throws IOException {
    this.routes = folder.resolve("routes.yaml");
    Files.writeString(routes, routesYaml);
    this.core = RecordingBackend.answering(answer("core"));
    this.old = RecordingBackend.answering(answer("old"));
    Path file = folder.resolve("gateway.yaml");
    Files.writeString(
        file,
        """
        apiVersion: scopegate/v1
        routes: routes.yaml
        listeners: [{ address: "127.0.0.1:0" }]
        admin:
          address: "127.0.0.1:0"
          tokens: [{ name: watcher, value: "${WATCHER}", access: read }]
        probes: { address: "127.0.0.1:0" }
        drain: 5s
        backends:
          core: { urls: ["%s"] }
          old: { urls: ["%s"] }
        """
                .formatted(core.url(), old.url())
            + furtherKeys);
    Map<String, String> environment = new HashMap<>(moreEnvironment);
    environment.put("WATCHER", "watcher-token-of-the-tests");
    ConfigReader.Outcome read = ConfigReader.read(file, List.of(), environment);
    GatewayConfig config =
        read.config().orElseThrow(() -> new AssertionError(read.problems().toString()));
    PolicySource.Loaded first = Gateway.policySource(config).read();
    if (first.policy().isEmpty()) {
      throw new AssertionError(first.problems().stream().map(Problem::toString).toList());
    }
    this.gateway =
        Gateway.start(
            config,
            first,
            new Gateway.Surroundings(
                Clock.systemUTC(), new SecureRandom(), Optional.of(ADMIN_TOKEN), watch));
  }

  private static String answer(String body) {
    return "HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
  }

  /** Returns the gateway. */
  public Gateway gateway() {
    return gateway;
  }

  /** Returns the backend {@code core}. */
  public RecordingBackend core() {
    return core;
  }

  /** Returns the file of the route table. */
  public Path routes() {
    return routes;
  }

  /** Returns the address of the edge. */
  public InetSocketAddress edge() {
    return gateway.listeners().get(0);
  }

  /** Sends a request to the edge; without a token if that is empty. */
  public HttpResponse<String> edge(String method, String path, String token)
      throws IOException, InterruptedException {
    return send(edge(), method, path, token, "");
  }

  /** Sends a request to the admin address, with the admin token. */
  public HttpResponse<String> admin(String method, String path, String body)
      throws IOException, InterruptedException {
    return send(gateway.admin(), method, path, ADMIN_TOKEN, body);
  }

  /** Sends a request; without a token if that is empty. */
  public HttpResponse<String> send(
      InetSocketAddress address, String method, String path, String token, String body)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + address.getPort() + path))
            .method(
                method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
    if (!token.isEmpty()) {
      request.header("Authorization", "Bearer " + token);
    }
    return client.send(request.build(), BodyHandlers.ofString());
  }

  /** Loads identities; returns per {@code subject/name} the value of each created token. */
  public Map<String, String> load(String identitiesYaml) throws IOException, InterruptedException {
    HttpResponse<String> response = admin("PUT", "/api/v1/identities", identitiesYaml);
    if (response.statusCode() != 200) {
      throw new AssertionError(response.body());
    }
    Map<String, String> values = new HashMap<>();
    for (JsonNode token : Json.read(response.body()).path("tokens").values()) {
      values.put(
          token.path("subject").asString() + "/" + token.path("name").asString(),
          token.path("value").asString());
    }
    return values;
  }

  @Override
  public void close() throws IOException {
    gateway.close();
    core.close();
    old.close();
  }
}
