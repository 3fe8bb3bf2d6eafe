package io.scopegate;

import static org.assertj.core.api.Assertions.assertThat;

import io.scopegate.endpoint.Json;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** The maximum that {@code tokens.maxExpiry} sets, wherever tokens are made. */
class TokenLifetimeTest {
  private static final String ROUTES =
      """
      apiVersion: scopegate/v1
      permissions: { work:read: Read }
      roles: { organization: { MEMBER: { grants: ["*"] } } }
      backend: core
      routes:
        - { match: "POST /tokens", backend: self, access: authenticated }
      """;

  private static final String TOKEN =
      "apiVersion: scopegate/v1\ntokens:\n  - { subject: bob, name: %s, scopes: [\"*\"]%s }\n";

  @TempDir static Path folder;

  private static RunningGateway gateway;
  private static String value;

  @BeforeAll
  static void start() throws Exception {
    gateway = new RunningGateway(folder, ROUTES, false, "tokens: { maxExpiry: 30d }\n");
    Map<String, String> values = gateway.load(TOKEN.formatted("first", ", expires: " + days(29)));
    value = Objects.requireNonNull(values.get("bob/first"));
  }

  @AfterAll
  static void stop() throws Exception {
    gateway.close();
  }

  private static String days(int days) {
    return Instant.now().plus(Duration.ofDays(days)).truncatedTo(ChronoUnit.SECONDS).toString();
  }

  private static String order(String name, String expires) {
    return "{\"name\": \"" + name + "\", \"scopes\": [\"work:read\"]" + expires + "}";
  }

  private static HttpResponse<String> atSelf(String order) throws Exception {
    return gateway.send(gateway.edge(), "POST", "/tokens", value, order);
  }

  private static HttpResponse<String> atAdmin(String order) throws Exception {
    return gateway.admin(
        "POST", "/api/v1/tokens", order.replace("{\"name\"", "{\"subject\": \"bob\", \"name\""));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ", \"expires\": \"31d\"",
        ", \"expires\": \"43201m\"",
        ", \"expires\": \"2999-01-01T00:00:00Z\""
      })
  void a_token_that_would_live_longer_or_for_ever_is_refused(String expires) throws Exception {
    for (HttpResponse<String> refused :
        List.of(atSelf(order("long", expires)), atAdmin(order("long", expires)))) {
      assertThat(refused.statusCode()).as(refused.body()).isEqualTo(400);
      JsonNode errors = Json.read(refused.body()).path("errors");
      assertThat(errors).hasSize(1);
      assertThat(errors.get(0).path("pointer").asString()).isEqualTo("/expires");
    }
  }

  @Test
  void a_token_that_ends_in_time_is_made() throws Exception {
    assertThat(atSelf(order("a", ", \"expires\": \"28d\"")).statusCode()).isEqualTo(201);
    assertThat(atAdmin(order("b", ", \"expires\": \"30d\"")).statusCode()).isEqualTo(201);
    String past = ", \"expires\": \"2020-01-01T00:00:00Z\"";
    assertThat(atAdmin(order("c", past)).statusCode()).isEqualTo(201);
  }

  @Test
  void a_file_is_refused_where_its_tokens_would_live_longer() throws Exception {
    for (String[] file :
        new String[][] {
          {"", "identities.yaml:3:27: token `x` does not end"},
          {
            ", expires: 2999-01-01T00:00:00Z",
            "identities.yaml:3:54: `2999-01-01T00:00:00Z` is too late"
          },
          {", digest: \"sha256:" + "ab".repeat(32) + "\"", "token `x` does not end"}
        }) {
      HttpResponse<String> refused =
          gateway.admin("PUT", "/api/v1/identities", TOKEN.formatted("x", file[0]));
      assertThat(refused.statusCode()).as(refused.body()).isEqualTo(422);
      assertThat(Json.read(refused.body()).path("detail").asString())
          .contains(file[1] + "; here a token must end, by `");
    }
    assertThat(gateway.admin("GET", "/api/v1/tokens?subject=bob", "").body())
        .doesNotContain("\"x\"");
  }
}
