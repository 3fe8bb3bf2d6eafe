package io.scopegate.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.scopegate.RunningGateway;
import io.scopegate.endpoint.Json;
import io.scopegate.proxy.RawClient;
import java.io.IOException;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The admin and probes addresses of a whole gateway, over real sockets. */
class AdminEndpointsTest {
  private static final Path RESOURCES = Path.of("src/test/resources/command");
  private static final String BOB = "/api/v1/organizations/acme/members/bob";

  private RunningGateway gateway;
  private Map<String, String> tokens;

  @BeforeEach
  void a_gateway_with_the_identities_of_the_contract(@TempDir Path folder)
      throws IOException, InterruptedException {
    gateway = new RunningGateway(folder, Files.readString(RESOURCES.resolve("routes.yaml")), false);
    tokens = gateway.load(Files.readString(RESOURCES.resolve("identities.yaml")));
  }

  @AfterEach
  void it_ends() throws IOException {
    gateway.close();
  }

  private String token(String name) {
    return Objects.requireNonNull(tokens.get(name), name);
  }

  private static JsonNode json(HttpResponse<String> response, int status) {
    assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
    return Json.read(response.body().isEmpty() ? "{}" : response.body());
  }

  private static String code(HttpResponse<String> response, int status) {
    assertThat(response.headers().firstValue("Content-Type")).contains("application/problem+json");
    return json(response, status).path("code").asString();
  }

  private int edge(String token, String path) throws IOException, InterruptedException {
    return gateway.edge("GET", path, token).statusCode();
  }

  @Test
  void probes_are_open_and_alone_on_the_probes_address() throws Exception {
    var probes = gateway.gateway().probes().orElseThrow();
    var admin = gateway.gateway().admin();
    for (String path : new String[] {"/healthz", "/readyz", "/metrics"}) {
      assertThat(gateway.send(probes, "GET", path, "", "").statusCode()).isEqualTo(200);
      assertThat(gateway.send(admin, "GET", path, "", "").statusCode()).isEqualTo(200);
    }
    String mainToken = RunningGateway.ADMIN_TOKEN;
    assertThat(code(gateway.send(probes, "GET", "/api/v1/tokens", mainToken, ""), 404))
        .isEqualTo("not_found");
    assertThat(json(gateway.send(probes, "GET", "/readyz", "", ""), 200).toString())
        .startsWith("{\"ready\":true,\"generation\":1,\"lastReload\":{\"ok\":true,\"problems\":[");
  }

  @Test
  void without_an_admin_token_nothing_is_told() throws Exception {
    var admin = gateway.gateway().admin();
    HttpResponse<String> missing = gateway.send(admin, "GET", "/api/v1/tokens", "", "");
    assertThat(code(missing, 401)).isEqualTo("credential_missing");
    assertThat(missing.headers().firstValue("WWW-Authenticate"))
        .contains("Bearer realm=\"scopegate\"");
    assertThat(code(gateway.send(admin, "GET", "/nothing", "", ""), 401))
        .isEqualTo("credential_missing");
    HttpResponse<String> wrong =
        gateway.send(admin, "GET", "/api/v1/tokens", token("alice/all"), "");
    assertThat(code(wrong, 401)).isEqualTo("credential_invalid");
    assertThat(wrong.headers().firstValue("WWW-Authenticate"))
        .contains("Bearer realm=\"scopegate\", error=\"invalid_token\"");
    assertThat(code(gateway.admin("GET", "/nothing", ""), 404)).isEqualTo("not_found");
    assertThat(code(gateway.admin("PATCH", "/api/v1/tokens", "{}"), 404)).isEqualTo("not_found");
  }

  @Test
  void a_token_that_may_read_changes_nothing() throws Exception {
    var admin = gateway.gateway().admin();
    String watcher = "watcher-token-of-the-tests";
    json(gateway.send(admin, "GET", "/api/v1/routes", watcher, ""), 200);
    assertThat(code(gateway.send(admin, "POST", "/api/v1/reload", watcher, ""), 403))
        .isEqualTo("insufficient_scope");
    String disable = "{\"disabled\":true}";
    assertThat(code(gateway.send(admin, "PUT", "/api/v1/subjects/bob", watcher, disable), 403))
        .isEqualTo("insufficient_scope");
    assertThat(edge(token("bob/ci"), "/api/orgs/acme")).isEqualTo(200);
  }

  @Test
  void a_foreign_host_and_any_origin_are_refused() throws Exception {
    String fields = "Authorization: Bearer " + RunningGateway.ADMIN_TOKEN + "\r\n%s\r\n";
    for (String more :
        new String[] {
          "Host: evil.example\r\n",
          "Host: 127.0.0.1.evil.example\r\n",
          "Host: localhost\r\nOrigin: http://localhost\r\n",
          "Host: localhost\r\nOrigin: null\r\n"
        }) {
      for (String path : new String[] {"/api/v1/tokens", "/metrics"}) {
        try (RawClient client = new RawClient(gateway.gateway().admin())) {
          client.send("GET " + path + " HTTP/1.1\r\n" + fields.formatted(more));
          RawClient.Answer answer = client.answer();
          assertThat(answer.status()).as(more).isEqualTo(403);
          assertThat(answer.body()).contains("\"cross_site\"");
        }
      }
    }
    try (RawClient client = new RawClient(gateway.gateway().admin())) {
      client.send("GET /api/v1/tokens HTTP/1.1\r\n" + fields.formatted("Host: LOCALHOST:1\r\n"));
      assertThat(client.answer().status()).isEqualTo(200);
    }
  }

  @Test
  void a_revocation_and_a_role_change_are_in_force_when_they_are_acknowledged() throws Exception {
    String bob = token("bob/ci");
    String path = "/api/orgs/acme";
    assertThat(edge(bob, path)).isEqualTo(200);
    json(gateway.admin("DELETE", BOB, ""), 204);
    assertThat(edge(bob, path)).isEqualTo(403);
    json(gateway.admin("PUT", BOB, "{\"roles\":[\"MEMBER\"]}"), 204);
    assertThat(edge(bob, path)).isEqualTo(200);
    json(gateway.admin("PUT", "/api/v1/subjects/bob", "{\"disabled\":true}"), 204);
    assertThat(edge(bob, path)).isEqualTo(401);
    json(gateway.admin("PUT", "/api/v1/subjects/bob", "{\"disabled\":false}"), 204);
    assertThat(edge(bob, path)).isEqualTo(200);
    JsonNode listed = json(gateway.admin("GET", "/api/v1/tokens?subject=bob", ""), 200);
    String id = listed.path("tokens").get(0).path("id").asString();
    json(gateway.admin("DELETE", "/api/v1/tokens/" + id, ""), 204);
    assertThat(edge(bob, path)).isEqualTo(401);
    assertThat(code(gateway.admin("DELETE", "/api/v1/tokens/" + id, ""), 404))
        .isEqualTo("not_found");
  }

  @Test
  void teams_projects_and_subjects_are_changed_one_by_one() throws Exception {
    String owned = "/api/v1/organizations/acme/teams/core/projects/web";
    json(gateway.admin("PUT", owned, ""), 204);
    json(gateway.admin("DELETE", owned, ""), 204);
    assertThat(code(gateway.admin("DELETE", owned, ""), 404)).isEqualTo("not_found");
    String erin = "/api/v1/organizations/acme/projects/api/members/erin";
    json(gateway.admin("PUT", erin, "{\"roles\":[\"DEPLOYER\"]}"), 204); // a role of acme's own
    json(gateway.admin("DELETE", erin, ""), 204);
    assertThat(code(gateway.admin("DELETE", erin, ""), 404)).isEqualTo("not_found");
    String team = "/api/v1/organizations/acme/teams/core/members/erin";
    json(gateway.admin("PUT", team, "{\"roles\":[\"CONTRIBUTOR\"]}"), 204);
    json(gateway.admin("DELETE", team, ""), 204);
    assertThat(edge(token("alice/all"), "/api/orgs/acme")).isEqualTo(200);
    json(gateway.admin("DELETE", "/api/v1/subjects/alice", ""), 204);
    assertThat(edge(token("alice/all"), "/api/orgs/acme")).isEqualTo(401);
  }

  @Test
  void a_token_order_that_is_wrong_is_refused_with_every_reason() throws Exception {
    JsonNode refused =
        json(
            gateway.admin(
                "POST",
                "/api/v1/tokens",
                "{\"subjct\":\"bob\",\"name\":7,\"scopes\":[\"work:raed\"],\"expires\":\"soon\","
                    + "\"projects\":[\"acme/apy\",\"api\",3]}"),
            400);
    assertThat(refused.path("code").asString()).isEqualTo("bad_request");
    assertThat(refused.path("errors").toString())
        .contains("/subject\"", "is missing")
        .contains("/name\"", "must be a string")
        .contains("unknown permission `work:raed`; did you mean `work:read`?")
        .contains("unknown key `subjct`; did you mean `subject`?")
        .contains("`soon` is neither")
        .contains("/projects/2\"");
  }

  @Test
  void a_body_that_is_not_what_the_endpoint_takes_is_refused() throws Exception {
    for (String body :
        new String[] {
          "",
          "[]",
          "nonsense",
          "{}",
          "{\"disabled\":true} {}",
          "{\"disabled\":true,\"disabled\":false}",
          "{\"disabled\":\"yes\"}",
          "{\"disabled\":true,\"x\":1}"
        }) {
      assertThat(code(gateway.admin("PUT", "/api/v1/subjects/bob", body), 400))
          .as(body)
          .isEqualTo("bad_request");
    }
    JsonNode unknown = json(gateway.admin("PUT", BOB, "{\"roles\":[\"MEMBR\"]}"), 400);
    assertThat(unknown.path("detail").asString())
        .isEqualTo("/roles unknown organization role `MEMBR`; did you mean `MEMBER`?");
    String badName = "/api/v1/organizations/a,b/members/bob";
    assertThat(code(gateway.admin("PUT", badName, "{\"roles\":[\"MEMBER\"]}"), 400))
        .isEqualTo("bad_request");
    assertThat(edge(token("bob/ci"), "/api/orgs/acme")).isEqualTo(200);
  }

  @Test
  void every_legal_subject_can_be_named() throws Exception {
    String members = "/api/v1/organizations/acme/members?subject=";
    for (String subject : List.of("a/b", "a//b", ".", "..", "a;b", "a\\b", "%2f", "a%41b", "a+b")) {
      String named = URLEncoder.encode(subject, StandardCharsets.UTF_8);
      json(gateway.admin("PUT", members + named, "{\"roles\":[\"MEMBER\"]}"), 204);
      String order = "{\"subject\": \"%s\", \"name\": \"a\", \"scopes\": [\"*\"]}";
      String value =
          json(
                  gateway.admin(
                      "POST", "/api/v1/tokens", order.formatted(subject.replace("\\", "\\\\"))),
                  201)
              .path("value")
              .asString();
      assertThat(edge(value, "/api/orgs/acme")).as(subject).isEqualTo(200);
      json(gateway.admin("DELETE", members + named, ""), 204);
      assertThat(edge(value, "/api/orgs/acme")).as(subject).isEqualTo(403);
      String all = "/api/v1/subjects?subject=" + named;
      json(gateway.admin("PUT", all, "{\"disabled\":true}"), 204);
      assertThat(edge(value, "/api/orgs/acme")).as(subject).isEqualTo(401);
      json(gateway.admin("DELETE", all, ""), 204);
      json(gateway.admin("DELETE", all, ""), 404);
    }
  }

  @Test
  void a_path_with_two_readings_names_nobody() throws Exception {
    String disable = "{\"disabled\":true}";
    for (String path :
        List.of(
            "/api/v1/subjects/a%2Fb",
            "/api/v1/subjects/a%5Cb",
            "/api/v1/subjects/bob;x",
            "/api/v1/subjects/bob%3Bx",
            "/api/v1/subjects/bob?subject=alice",
            "/api/v1/subjects/bob?subject=bob")) {
      assertThat(code(gateway.admin("PUT", path, disable), 400)).as(path).isEqualTo("bad_request");
      HttpResponse<String> stranger =
          gateway.send(gateway.gateway().admin(), "PUT", path, "", disable);
      assertThat(code(stranger, 401)).as(path).isEqualTo("credential_missing");
    }
    assertThat(code(gateway.admin("GET", "/healthz;x", ""), 400)).isEqualTo("bad_request");
    assertThat(edge(token("bob/ci"), "/api/orgs/acme")).isEqualTo(200);
  }

  @Test
  void every_problem_names_its_request() throws Exception {
    for (HttpResponse<String> problem :
        List.of(
            gateway.admin("GET", "/nothing", ""),
            gateway.admin("PUT", BOB, "{}"),
            gateway.admin("PUT", "/api/v1/identities", "x"),
            gateway.send(gateway.gateway().admin(), "GET", "/api/v1/tokens", "", ""),
            gateway.send(gateway.gateway().admin(), "PUT", BOB, "", "{}"),
            gateway.send(gateway.gateway().probes().orElseThrow(), "GET", "/nothing", "", ""))) {
      assertThat(Json.read(problem.body()).path("requestId").asString())
          .as(problem.body())
          .isNotEmpty()
          .isEqualTo(problem.headers().firstValue("X-Request-Id").orElse(""));
    }
  }

  @Test
  void the_body_of_a_stranger_is_not_waited_for() throws Exception {
    String watcher = "Authorization: Bearer watcher-token-of-the-tests\r\n";
    for (String more : List.of("Content-Length: 60000000\r\n", "Transfer-Encoding: chunked\r\n")) {
      for (String who : List.of("", "Authorization: Bearer nobody\r\n", watcher)) {
        try (RawClient client = new RawClient(gateway.gateway().admin())) {
          client.send(
              "PUT /api/v1/identities HTTP/1.1\r\nHost: localhost\r\n" + who + more + "\r\n");
          RawClient.Answer answer = client.answer();
          assertThat(answer.status()).isEqualTo(who.equals(watcher) ? 403 : 401);
          assertThat(answer.value("Connection")).hasValue("close");
          assertThat(client.isClosed()).isTrue();
        }
      }
      try (RawClient client = new RawClient(gateway.gateway().admin())) {
        client.send("PUT /api/../api HTTP/1.1\r\nHost: localhost\r\n" + more + "\r\n");
        assertThat(client.answer().status()).isEqualTo(400);
        assertThat(client.isClosed()).isTrue();
      }
    }
  }

  @Test
  void a_decision_is_explained_as_the_edge_takes_it() throws Exception {
    JsonNode refused =
        json(
            gateway.admin(
                "POST",
                "/api/v1/explain",
                """
                {"as": "alice", "token": {"scopes": ["work:read"]},
                 "request": {"method": "POST", "path": "/api/orgs/acme/projects/api/items"}}
                """),
            200);
    assertThat(refused.path("decision").asString()).isEqualTo("deny");
    assertThat(refused.path("code").asString()).isEqualTo("insufficient_scope");
    assertThat(refused.path("missing").path("token").toString()).isEqualTo("[\"work:write\"]");
    String session = "{\"as\": \"bob\", \"request\": \"GET /api/orgs/4711\"}";
    JsonNode allowed = json(gateway.admin("POST", "/api/v1/explain", session), 200);
    assertThat(allowed.path("decision").asString()).isEqualTo("allow");
    assertThat(allowed.path("organization").asString()).isEqualTo("acme");
    assertThat(code(gateway.admin("POST", "/api/v1/explain", "{\"as\": \"bob\"}"), 400))
        .isEqualTo("bad_request");
  }

  @Test
  void a_reload_is_all_or_nothing_and_shows_in_readyz_and_metrics() throws Exception {
    String good = Files.readString(gateway.routes());
    Files.writeString(
        gateway.routes(), good.replace("require: work:read }", "require: work:raed }"));
    JsonNode refused = json(gateway.admin("POST", "/api/v1/reload", ""), 422);
    assertThat(refused.path("problems").toString()).contains("unknown permission `work:raed`");
    assertThat(edge(token("bob/ci"), "/api/orgs/acme")).isEqualTo(200);
    JsonNode ready = json(gateway.admin("GET", "/readyz", ""), 200);
    assertThat(ready.path("ready").asBoolean()).isTrue();
    assertThat(ready.path("generation").asInt()).isEqualTo(1);
    assertThat(ready.path("lastReload").path("ok").asBoolean()).isFalse();
    assertThat(ready.path("lastReload").path("problems").toString()).contains("work:raed");
    assertThat(gateway.admin("GET", "/metrics", "").body())
        .contains("scopegate_reloads_total{outcome=\"failure\"} 1.0")
        .contains("scopegate_policy_last_reload_success 0.0");
    Files.writeString(gateway.routes(), good.replace("GET /api/me\"", "GET /api/myself\""));
    JsonNode reloaded = json(gateway.admin("POST", "/api/v1/reload", ""), 200);
    assertThat(reloaded.path("generation").asInt()).isEqualTo(2);
    assertThat(edge(token("bob/ci"), "/api/myself")).isEqualTo(200);
    assertThat(edge(token("bob/ci"), "/api/me")).isEqualTo(403);
  }

  @Test
  void identities_with_a_problem_change_nothing() throws Exception {
    String broken =
        "apiVersion: scopegate/v1\norganizations: { acme: { members: { bob: [OWNR] } } }\n";
    JsonNode refused = json(gateway.admin("PUT", "/api/v1/identities", broken), 422);
    assertThat(refused.path("problems").get(0).path("hint").asString())
        .isEqualTo("did you mean `OWNER`?");
    assertThat(edge(token("bob/ci"), "/api/orgs/acme")).isEqualTo(200);
  }
}
