package io.scopegate.command;

import io.scopegate.Gateway;
import io.scopegate.admin.AdminTokenFile;
import io.scopegate.config.ConfigReader;
import io.scopegate.config.GatewayConfig;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/** A gateway with everything around it that one needs to try it, in a folder of its own. */
final class Quickstart implements AutoCloseable {
  private final Path folder;
  private final ExampleBackend backend;
  private final Gateway gateway;
  private final HttpClient client =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .proxy(HttpClient.Builder.NO_PROXY)
          .build();
  private final Map<String, JsonNode> tokens = new HashMap<>();

  private Quickstart(Path folder, ExampleBackend backend, Gateway gateway) {
    this.folder = folder;
    this.backend = backend;
    this.gateway = gateway;
  }

  /** Starts it on free ports of the loopback address, with identities loaded. */
  static Quickstart start(Surroundings surroundings) throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory("scopegate-quickstart-");
    ExampleBackend backend = ExampleBackend.start();
    copy("routes.yaml", folder);
    copy("identities.yaml", folder);
    Files.writeString(
        folder.resolve("gateway.yaml"),
        """
        apiVersion: scopegate/v1
        routes: routes.yaml
        listeners: [{ address: "127.0.0.1:0" }]
        admin: { address: "127.0.0.1:0" }
        drain: 2s
        backends:
          example: { urls: ["%s"] }
        """
            .formatted(backend.url()));
    // No variable of the caller reaches in: it must look the same everywhere.
    ConfigReader.Outcome read =
        ConfigReader.read(folder.resolve("gateway.yaml"), List.of(), Map.of());
    GatewayConfig config = read.config().orElseThrow(() -> Failure.problems(read.problems()));
    Gateway gateway =
        RunCommand.start(
            config,
            true,
            new Surroundings(
                surroundings.out(),
                surroundings.err(),
                Map.of(),
                surroundings.clock(),
                surroundings.random(),
                surroundings.colours()));
    Quickstart quickstart = new Quickstart(folder, backend, gateway);
    quickstart.loadIdentities();
    return quickstart;
  }

  private static void copy(String name, Path folder) throws IOException {
    try (InputStream file = Quickstart.class.getResourceAsStream("/quickstart/" + name)) {
      if (file == null) {
        throw new IOException("the program lacks its quickstart/" + name);
      }
      Files.copy(file, folder.resolve(name));
    }
  }

  private void loadIdentities() throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(adminUrl() + "/api/v1/identities"))
            .header("Authorization", "Bearer " + adminToken())
            .PUT(BodyPublishers.ofFile(folder.resolve("identities.yaml")))
            .build();
    HttpResponse<String> response = client.send(request, BodyHandlers.ofString());
    JsonNode told = new AdminReply(response.statusCode(), response.body()).orFail();
    told.path("tokens")
        .values()
        .forEach(
            token ->
                tokens.put(
                    token.path("subject").asString() + "/" + token.path("name").asString(), token));
  }

  /** Returns what there is to try, in this order. */
  List<Attempt> attempts() throws IOException {
    String items = url() + "/api/orgs/acme/projects/api/items";
    String readOnly = "mia/read-only";
    return List.of(
        attempt(
            "allowed: mia is a member, and her token carries it",
            "POST",
            items,
            "mia/everything",
            200,
            ""),
        attempt(
            "refused for the token's sake: mia may write, this token of hers may not",
            "POST",
            items,
            readOnly,
            403,
            "insufficient_scope"),
        attempt(
            "refused for the role's sake: vera may not write, whatever her token carries",
            "POST",
            items,
            "vera/everything",
            403,
            "insufficient_role"),
        new Attempt(
            "refused: nobody is anybody without a credential",
            "GET",
            items,
            "",
            "",
            401,
            Optional.of("credential_missing")),
        attempt("allowed, until the token is revoked", "GET", items, readOnly, 200, ""),
        new Attempt(
            "revoked, at the admin address",
            "DELETE",
            adminUrl() + "/api/v1/tokens/" + token(readOnly).path("id").asString(),
            "$(cat " + AdminTokenFile.in(folder.resolve("data")) + ")",
            adminToken(),
            204,
            Optional.empty()),
        attempt(
            "refused from the next request on", "GET", items, readOnly, 401, "credential_invalid"));
  }

  private Attempt attempt(
      String title, String method, String url, String token, int status, String code) {
    String value = token(token).path("value").asString();
    return new Attempt(
        title,
        method,
        url,
        "$" + variable(token),
        value,
        status,
        code.isEmpty() ? Optional.empty() : Optional.of(code));
  }

  private JsonNode token(String name) {
    JsonNode token = tokens.get(name);
    if (token == null) {
      throw Failure.broken("the example token " + name + " was not created");
    }
    return token;
  }

  /** Returns the lines that name the tokens for a shell. */
  List<String> variables() {
    return tokens.entrySet().stream()
        .map(entry -> variable(entry.getKey()) + "=" + entry.getValue().path("value").asString())
        .sorted()
        .toList();
  }

  private static String variable(String token) {
    return token.replaceAll("[^A-Za-z]", "_").toUpperCase(java.util.Locale.ROOT);
  }

  Gateway gateway() {
    return gateway;
  }

  HttpClient client() {
    return client;
  }

  Path folder() {
    return folder;
  }

  private String url() {
    return "http://127.0.0.1:" + gateway.listeners().get(0).getPort();
  }

  private String adminUrl() {
    return "http://127.0.0.1:" + gateway.admin().getPort();
  }

  private String adminToken() throws IOException {
    return AdminTokenFile.read(folder.resolve("data")).orElseThrow();
  }

  /** Stops everything and leaves nothing behind. */
  @Override
  public void close() {
    gateway.close();
    backend.close();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      // A temporary folder that stays behind harms nobody.
    }
  }
}
