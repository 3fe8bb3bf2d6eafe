package io.scopegate.self;

import static org.assertj.core.api.Assertions.assertThat;

import io.scopegate.RunningGateway;
import io.scopegate.endpoint.Json;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Rotation of tokens at the backend {@code self}, through a whole gateway. */
@Timeout(60)
class TokenRotationTest {
  private static final String ROUTES =
      """
      apiVersion: scopegate/v1
      permissions: { work:read: Read, work:write: Write }
      implies: { work:write: [work:read] }
      roles: { organization: { MEMBER: { grants: ["*"] } } }
      places: { organization: [{ path: org }] }
      backend: core
      routes:
        - { match: "GET /orgs/{org}", require: work:read }
        - prefix: /own
          backend: self
          access: authenticated
          routes:
            - match: GET,POST /tokens
            - match: "DELETE /tokens/{id}"
            - match: "POST /tokens/{id}/rotate"
        - { match: "ANY /rest/{all*}", backend: self, access: authenticated }
      """;

  private static final String IDENTITIES =
      """
      apiVersion: scopegate/v1
      organizations: { acme: { members: { ann: [MEMBER], bob: [MEMBER] } } }
      tokens:
        - { subject: ann, name: all,    scopes: ["*"] }
        - { subject: bob, name: all,    scopes: ["*"] }
        - { subject: bob, name: writer, scopes: [work:write], expires: 2999-01-01T00:00:00Z }
        - { subject: bob, name: reader, scopes: [work:read], expires: 2999-01-01T00:00:00Z }
        - { subject: bob, name: bound,  scopes: [work:read], organization: acme }
      """;

  private RunningGateway gateway;
  private Map<String, String> values;

  @BeforeEach
  void start(@TempDir Path folder) throws Exception {
    gateway = new RunningGateway(folder, ROUTES, false);
    values = gateway.load(IDENTITIES);
  }

  @AfterEach
  void stop() throws Exception {
    gateway.close();
  }

  private String value(String token) {
    return Objects.requireNonNull(values.get(token), token);
  }

  private HttpResponse<String> call(String method, String path, String token, String body)
      throws Exception {
    return gateway.send(gateway.edge(), method, path, token, body);
  }

  private int use(String token) throws Exception {
    return call("GET", "/orgs/acme", token, "").statusCode();
  }

  private String id(String token) throws Exception {
    String[] words = token.split("/", 2);
    return Json.read(gateway.admin("GET", "/api/v1/tokens?subject=" + words[0], "").body())
        .path("tokens")
        .valueStream()
        .filter(one -> one.path("name").asString().equals(words[1]))
        .map(one -> one.path("id").asString())
        .findFirst()
        .orElseThrow();
  }

  private HttpResponse<String> rotate(String token, String by, String body) throws Exception {
    return call("POST", "/own/tokens/" + id(token) + "/rotate", by, body);
  }

  private static JsonNode json(HttpResponse<String> response, int status) {
    assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
    return Json.read(response.body());
  }

  private static String code(HttpResponse<String> response, int status) {
    return json(response, status).path("code").asString();
  }

  @Test
  void both_values_work_until_the_overlap_ends() throws Exception {
    String former = value("bob/all");
    JsonNode rotated = json(rotate("bob/all", former, "{\"overlap\": \"700ms\"}"), 200);
    assertThat(rotated.path("id").asString()).isEqualTo(id("bob/all"));
    assertThat(rotated.path("subject").asString()).isEqualTo("bob");
    assertThat(rotated.path("name").asString()).isEqualTo("all");
    String value = rotated.path("value").asString();
    assertThat(value).matches("sgat_[0-9A-Za-z]{49}").isNotEqualTo(former);
    Instant end = Instant.parse(rotated.path("overlapEnds").asString());
    Instant giveUp = end.plusSeconds(20);
    int status = use(former);
    while (status == 200 && Instant.now().isBefore(giveUp)) {
      status = use(former);
    }
    assertThat(status).isEqualTo(401);
    assertThat(Instant.now()).isAfterOrEqualTo(end);
    assertThat(use(value)).isEqualTo(200);
  }

  @Test
  void the_value_before_works_for_an_hour_where_nothing_is_said() throws Exception {
    Instant before = Instant.now();
    JsonNode rotated = json(rotate("bob/all", value("bob/all"), ""), 200);
    assertThat(use(value("bob/all"))).isEqualTo(200);
    assertThat(use(rotated.path("value").asString())).isEqualTo(200);
    assertThat(Instant.parse(rotated.path("overlapEnds").asString()))
        .isBetween(
            before.plus(Duration.ofMinutes(60)).minusMillis(1),
            Instant.now().plus(Duration.ofMinutes(60)));
    JsonNode listed = json(call("GET", "/own/tokens", value("bob/all"), ""), 200).path("tokens");
    assertThat(listed.get(0).path("overlapEnds")).isEqualTo(rotated.path("overlapEnds"));
    assertThat(listed.toString()).doesNotContain(rotated.path("value").asString());
  }

  @Test
  void without_an_overlap_the_value_before_is_refused_at_once() throws Exception {
    assertThat(use(value("bob/all"))).isEqualTo(200);
    JsonNode rotated = json(rotate("bob/all", value("bob/all"), "{\"overlap\": \"0s\"}"), 200);
    assertThat(use(value("bob/all"))).isEqualTo(401);
    assertThat(use(rotated.path("value").asString())).isEqualTo(200);
    assertThat(rotated.propertyNames()).containsExactly("id", "subject", "name", "value");
  }

  @Test
  void a_token_never_has_more_than_two_values() throws Exception {
    String second = json(rotate("bob/all", value("bob/all"), ""), 200).path("value").asString();
    HttpResponse<String> third = rotate("bob/all", second, "");
    assertThat(code(third, 409)).isEqualTo("conflict");
    assertThat(third.body()).doesNotContain("sgat_");
    assertThat(use(value("bob/all"))).isEqualTo(200);
    assertThat(use(second)).isEqualTo(200);
  }

  @Test
  void a_revocation_ends_both_values_at_once() throws Exception {
    String second = json(rotate("bob/all", value("bob/all"), ""), 200).path("value").asString();
    assertThat(use(second) + use(value("bob/all"))).isEqualTo(400);
    String path = "/own/tokens/" + id("bob/all");
    assertThat(call("DELETE", path, value("bob/all"), "").statusCode()).isEqualTo(204);
    assertThat(use(second)).isEqualTo(401);
    assertThat(use(value("bob/all"))).isEqualTo(401);
  }

  @Test
  void a_token_rotates_none_that_can_do_more_than_itself() throws Exception {
    for (String bigger : List.of("bob/all", "bob/writer", "bob/bound")) {
      assertThat(code(rotate(bigger, value("bob/reader"), ""), 403)).isEqualTo("exceeds_token");
    }
    assertThat(code(rotate("bob/reader", value("bob/bound"), ""), 403)).isEqualTo("exceeds_token");
    for (String token : List.of("bob/all", "bob/writer", "bob/bound", "bob/reader")) {
      String subject =
          json(gateway.admin("GET", "/api/v1/tokens/" + id(token), ""), 200).toString();
      assertThat(subject).doesNotContain("overlapEnds");
    }
  }

  @Test
  void a_token_of_somebody_else_is_as_unknown_as_one_that_is_not_there() throws Exception {
    HttpResponse<String> foreign = rotate("ann/all", value("bob/all"), "");
    HttpResponse<String> unknown = call("POST", "/own/tokens/none/rotate", value("bob/all"), "");
    assertThat(code(foreign, 404)).isEqualTo("not_found");
    assertThat(json(foreign, 404).path("detail")).isEqualTo(json(unknown, 404).path("detail"));
    assertThat(use(value("ann/all"))).isEqualTo(200);
  }

  @Test
  void what_a_token_rotated_dies_with_it() throws Exception {
    String reader =
        json(rotate("bob/reader", value("bob/writer"), "{\"overlap\": \"0s\"}"), 200)
            .path("value")
            .asString();
    assertThat(use(reader)).isEqualTo(200);
    String path = "/api/v1/tokens/" + id("bob/writer");
    assertThat(gateway.admin("DELETE", path, "").statusCode()).isEqualTo(204);
    assertThat(use(reader)).isEqualTo(401);
  }

  @Test
  void a_token_does_not_rotate_the_one_that_made_it() throws Exception {
    String order = "{\"name\": \"child\", \"scopes\": [\"*\"]}";
    JsonNode child = json(call("POST", "/own/tokens", value("bob/all"), order), 201);
    assertThat(code(rotate("bob/all", child.path("value").asString(), ""), 409))
        .isEqualTo("conflict");
    assertThat(use(value("bob/all"))).isEqualTo(200);
    json(rotate("bob/child", value("bob/all"), ""), 200);
  }

  @Test
  void while_two_values_work_what_a_token_makes_ends_with_the_older_one() throws Exception {
    String second =
        json(rotate("bob/all", value("bob/all"), "{\"overlap\": \"1h\"}"), 200)
            .path("value")
            .asString();
    String order = "{\"name\": \"n\", \"scopes\": [\"work:read\"], \"expires\": \"%s\"}";
    for (String value : List.of(value("bob/all"), second)) {
      HttpResponse<String> longer = call("POST", "/own/tokens", value, order.formatted("2h"));
      assertThat(code(longer, 403)).isEqualTo("exceeds_token");
      assertThat(longer.body()).contains("/expires", "until when its value before works");
    }
    json(call("POST", "/own/tokens", second, order.formatted("30m")), 201);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"overlap\": \"soon\"}",
        "{\"overlap\": 7}",
        "{\"overlap\": \"31d\"}",
        "{\"overlap\": \"1h\", \"scopes\": [\"*\"]}",
        "[]",
        "nonsense"
      })
  void a_body_that_says_something_else_is_400_and_rotates_nothing(String body) throws Exception {
    HttpResponse<String> refused = rotate("bob/all", value("bob/all"), body);
    assertThat(code(refused, 400)).isEqualTo("bad_request");
    json(rotate("bob/all", value("bob/all"), ""), 200);
  }

  @Test
  void the_end_of_the_path_tells_it_and_no_other_method_does() throws Exception {
    String path = "/rest/tokens/" + id("bob/all") + "/rotate";
    assertThat(code(call("DELETE", path, value("bob/all"), ""), 404)).isEqualTo("not_found");
    assertThat(code(call("GET", path, value("bob/all"), ""), 404)).isEqualTo("not_found");
    assertThat(call("POST", path, "", "").statusCode()).isEqualTo(401);
    json(call("POST", path, value("bob/all"), ""), 200);
  }
}
