package io.scopegate.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.scopegate.RunningGateway;
import io.scopegate.endpoint.Json;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** What the admin address does with tokens, through a whole gateway. */
@Timeout(60)
class TokenEndpointsTest {
  private static final Path RESOURCES = Path.of("src/test/resources/command");

  private RunningGateway gateway;
  private Map<String, String> tokens;

  @BeforeEach
  void a_gateway_with_the_identities_of_the_contract(@TempDir Path folder) throws Exception {
    gateway = new RunningGateway(folder, Files.readString(RESOURCES.resolve("routes.yaml")), false);
    tokens = gateway.load(Files.readString(RESOURCES.resolve("identities.yaml")));
  }

  @AfterEach
  void it_ends() throws Exception {
    gateway.close();
  }

  private String value(String name) {
    return Objects.requireNonNull(tokens.get(name), name);
  }

  private static JsonNode json(HttpResponse<String> response, int status) {
    assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
    return Json.read(response.body());
  }

  private int use(String value) throws Exception {
    return gateway.edge("GET", "/api/me", value).statusCode();
  }

  private JsonNode listed(String subject, String name) throws Exception {
    return json(gateway.admin("GET", "/api/v1/tokens?subject=" + subject, ""), 200)
        .path("tokens")
        .valueStream()
        .filter(one -> one.path("name").asString().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private String id(String subject, String name) throws Exception {
    return listed(subject, name).path("id").asString();
  }

  @Test
  void a_token_is_shown_without_its_value() throws Exception {
    JsonNode listed = listed("bob", "ci");
    String path = "/api/v1/tokens/" + listed.path("id").asString();
    HttpResponse<String> shown = gateway.admin("GET", path, "");
    assertThat(json(shown, 200)).isEqualTo(listed);
    assertThat(shown.body()).doesNotContain(value("bob/ci"));
    assertThat(json(gateway.admin("GET", "/api/v1/tokens/none", ""), 404).path("code").asString())
        .isEqualTo("not_found");
  }

  @Test
  void a_rotated_out_value_is_refused_when_the_rotation_is_acknowledged() throws Exception {
    assertThat(use(value("bob/ci"))).isEqualTo(200);
    String path = "/api/v1/tokens/" + id("bob", "ci") + "/rotate";
    JsonNode rotated = json(gateway.admin("POST", path, "{\"overlap\": \"0s\"}"), 200);
    assertThat(use(value("bob/ci"))).isEqualTo(401);
    assertThat(use(rotated.path("value").asString())).isEqualTo(200);
    JsonNode again = json(gateway.admin("POST", path, ""), 200);
    assertThat(use(rotated.path("value").asString())).isEqualTo(200);
    assertThat(use(again.path("value").asString())).isEqualTo(200);
    assertThat(json(gateway.admin("POST", path, ""), 409).path("code").asString())
        .isEqualTo("conflict");
    json(gateway.admin("POST", "/api/v1/tokens/none/rotate", ""), 404);
    json(gateway.admin("POST", path, "{\"overlap\": \"-1h\"}"), 400);
  }

  @Test
  void a_token_that_has_ended_is_not_rotated() throws Exception {
    String order =
        "{\"subject\": \"bob\", \"name\": \"over\", \"scopes\": [\"*\"],"
            + " \"expires\": \"2020-01-01T00:00:00Z\"}";
    String id = json(gateway.admin("POST", "/api/v1/tokens", order), 201).path("id").asString();
    assertThat(
            json(gateway.admin("POST", "/api/v1/tokens/" + id + "/rotate", ""), 409)
                .path("detail")
                .asString())
        .isEqualTo("token `over` has ended");
  }

  @Test
  void all_tokens_of_a_subject_end_at_once_and_their_number_is_told() throws Exception {
    String second =
        json(
                gateway.admin(
                    "POST",
                    "/api/v1/tokens",
                    "{\"subject\": \"bob\", \"name\": \"second\", \"scopes\": [\"*\"]}"),
                201)
            .path("value")
            .asString();
    assertThat(use(second)).isEqualTo(200);
    assertThat(use(value("bob/ci"))).isEqualTo(200);
    JsonNode told = json(gateway.admin("DELETE", "/api/v1/subjects/bob/tokens", ""), 200);
    assertThat(told.path("revoked").asInt()).isEqualTo(3);
    assertThat(use(second)).isEqualTo(401);
    assertThat(use(value("bob/ci"))).isEqualTo(401);
    assertThat(use(value("alice/all"))).isEqualTo(200);
    JsonNode again = json(gateway.admin("DELETE", "/api/v1/subjects/bob/tokens", ""), 200);
    assertThat(again.path("revoked").asInt()).isZero();
  }

  @Test
  void all_tokens_of_any_subject_end_by_its_name_in_the_query() throws Exception {
    String order = "{\"subject\": \"agents//y\", \"name\": \"a\", \"scopes\": [\"*\"]}";
    String value =
        json(gateway.admin("POST", "/api/v1/tokens", order), 201).path("value").asString();
    assertThat(use(value)).isEqualTo(200);
    JsonNode told = json(gateway.admin("DELETE", "/api/v1/tokens?subject=agents//y", ""), 200);
    assertThat(told.path("subject").asString()).isEqualTo("agents//y");
    assertThat(told.path("revoked").asInt()).isEqualTo(1);
    assertThat(use(value)).isEqualTo(401);
    for (String nobody : List.of("", "?subject=", "?subject=a&subject=b", "?subject=%0a")) {
      json(gateway.admin("DELETE", "/api/v1/tokens" + nobody, ""), 400);
    }
    assertThat(use(value("bob/ci"))).isEqualTo(200);
  }

  @Test
  void leaked_values_are_revoked_at_once_and_told_without_being_repeated() throws Exception {
    String path = "/api/v1/tokens/" + id("bob", "ci") + "/rotate";
    String second = json(gateway.admin("POST", path, ""), 200).path("value").asString();
    assertThat(use(second)).isEqualTo(200);
    String unknown = "sgat_" + "x".repeat(49);
    String body =
        Json.text(
            Map.of(
                "values",
                new String[] {unknown, value("bob/ci"), value("alice/all"), second, "hunter2"}));
    HttpResponse<String> told = gateway.admin("POST", "/api/v1/tokens/leaked", body);
    JsonNode revoked = json(told, 200).path("revoked");
    assertThat(revoked).hasSize(2);
    assertThat(revoked.get(0).path("subject").asString()).isEqualTo("bob");
    assertThat(revoked.get(0).path("name").asString()).isEqualTo("ci");
    assertThat(revoked.get(0).path("values").toString()).isEqualTo("[1,3]");
    assertThat(revoked.get(1).path("name").asString()).isEqualTo("all");
    assertThat(json(told, 200).path("remaining")).isEmpty();
    assertThat(told.body()).doesNotContain("sgat_", "hunter2");
    assertThat(use(value("bob/ci"))).isEqualTo(401);
    assertThat(use(second)).isEqualTo(401);
    assertThat(use(value("alice/all"))).isEqualTo(401);
    assertThat(use(value("bob/one-project"))).isEqualTo(200);
    JsonNode again = json(gateway.admin("POST", "/api/v1/tokens/leaked", body), 200);
    assertThat(again.path("revoked")).isEmpty();
  }

  @Test
  void a_report_of_a_leak_that_cannot_be_read_repeats_nothing_and_ends_nothing() throws Exception {
    String secret = value("bob/ci");
    for (String body :
        new String[] {
          "",
          secret,
          "[\"" + secret + "\"]",
          "{\"values\": " + secret + "}",
          "{\"values\": \"" + secret + "\"}",
          "{\"values\": []}",
          "{\"values\": [\"" + secret + "\", 1]}",
          "{\"values\": [\"" + secret + "\"], \"" + secret + "\": 1}",
          "{\"values\": [\"" + secret + "\"" + ", \"x\"".repeat(1000) + "]}"
        }) {
      HttpResponse<String> refused = gateway.admin("POST", "/api/v1/tokens/leaked", body);
      assertThat(refused.statusCode()).as(body).isEqualTo(400);
      assertThat(refused.body()).doesNotContain(secret.substring(0, 11));
    }
    String huge = "{\"values\": [\"" + secret + "\", \"" + "x".repeat(1 << 20) + "\"]}";
    assertThat(gateway.admin("POST", "/api/v1/tokens/leaked", huge).statusCode()).isEqualTo(413);
    assertThat(use(secret)).isEqualTo(200);
  }

  @Test
  void a_token_that_may_only_read_rotates_and_ends_none() throws Exception {
    String watcher = "watcher-token-of-the-tests";
    var admin = gateway.gateway().admin();
    String token = "/api/v1/tokens/" + id("bob", "ci");
    String leak = "{\"values\": [\"" + value("bob/ci") + "\"]}";
    assertThat(gateway.send(admin, "GET", token, watcher, "").statusCode()).isEqualTo(200);
    assertThat(gateway.send(admin, "POST", token + "/rotate", watcher, "").statusCode())
        .isEqualTo(403);
    assertThat(gateway.send(admin, "POST", "/api/v1/tokens/leaked", watcher, leak).statusCode())
        .isEqualTo(403);
    assertThat(
            gateway.send(admin, "DELETE", "/api/v1/subjects/bob/tokens", watcher, "").statusCode())
        .isEqualTo(403);
    assertThat(use(value("bob/ci"))).isEqualTo(200);
  }
}
