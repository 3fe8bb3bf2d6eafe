package io.scopegate.command;

import io.scopegate.endpoint.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * A request to try, and what must come back. Immutable.
 *
 * @param title what it shows
 * @param credential the bearer as a shell words it, if one is sent
 * @param token the bearer itself; empty if none is sent
 * @param code of a refusal; empty for an answer of the backend
 */
record Attempt(
    String title,
    String method,
    String url,
    String credential,
    String token,
    int status,
    Optional<String> code) {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /** What came back, in words, and whether it is what must. */
  record Outcome(boolean asExpected, String words) {}

  /** Returns the line that tries it in a shell. */
  String curl() {
    return "curl -i "
        + (method.equals("GET") ? "" : "-X " + method + " ")
        + (credential.isEmpty() ? "" : "-H \"Authorization: Bearer " + credential + "\" ")
        + url;
  }

  /** Tries it. */
  Outcome perform(HttpClient client) throws InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(url))
            .timeout(PATIENCE)
            .method(method, BodyPublishers.noBody());
    if (!token.isEmpty()) {
      request.header("Authorization", "Bearer " + token);
    }
    try {
      HttpResponse<String> response = client.send(request.build(), BodyHandlers.ofString());
      return outcome(response);
    } catch (IOException e) {
      return new Outcome(false, "no answer: " + e);
    }
  }

  private Outcome outcome(HttpResponse<String> response) {
    JsonNode body;
    try {
      body = Json.read(response.body().isEmpty() ? "{}" : response.body());
    } catch (JacksonException e) {
      return new Outcome(false, response.statusCode() + ", and what came is not JSON");
    }
    String found = body.path("code").asString("");
    StringBuilder words = new StringBuilder().append(response.statusCode());
    if (!found.isEmpty()) {
      words.append(' ').append(found);
      words.append(": ").append(body.path("detail").asString(""));
    }
    String subject = body.path("fields").path("X-scopegate-subject").asString("");
    if (!subject.isEmpty()) {
      words.append(" from the backend, which was told: ").append(told(body.path("fields")));
    }
    boolean asExpected = response.statusCode() == status && found.equals(code.orElse(""));
    return new Outcome(asExpected, words.toString());
  }

  private static String told(JsonNode fields) {
    return String.join(
        "; ",
        fields.properties().stream()
            .filter(field -> field.getKey().startsWith("X-scopegate-"))
            .map(field -> field.getKey().substring(12) + "=" + field.getValue().asString())
            .toList());
  }
}
