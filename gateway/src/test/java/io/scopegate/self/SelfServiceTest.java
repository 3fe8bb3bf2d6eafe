package io.scopegate.self;

import static org.assertj.core.api.Assertions.assertThat;

import io.scopegate.RunningGateway;
import io.scopegate.endpoint.Json;
import io.scopegate.proxy.RawClient;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** What the contract says of the backend {@code self}, through a whole gateway. */
@Timeout(60)
class SelfServiceTest {
  private static final String ROUTES =
      """
      apiVersion: scopegate/v1
      permissions:
        account:    Own account
        work:read:  Read work
        work:write: Change work
        org:admin:  Administer
        later:      { description: Later, planned: true }
      implies: { work:write: [work:read] }
      roles:
        organization:
          OWNER:  { grants: ["*"] }
          MEMBER: { grants: [account, work:read, work:write] }
        project:
          ADMIN: {}
      places: { organization: [{ path: org }], project: { path: project } }
      backend: core
      routes:
        - { match: "GET /orgs/{org}",    require: work:read }
        - { match: "POST /orgs/{org}",   require: work:write }
        - { match: "DELETE /orgs/{org}", require: org:admin }
        - { match: "GET /orgs/{org}/projects/{project}", require: work:read }
        - { match: GET /open, access: public }
        - prefix: /my/own
          backend: self
          access: authenticated
          routes:
            - match: GET /me
            - match: POST /can-i
            - match: GET,POST /tokens
            - match: "GET,DELETE /tokens/{id}"
            - match: "POST /tokens/{id}/rotate"
        - { match: "GET /named/{word}", backend: self, access: authenticated }
        - { match: "ANY /rest/{all*}",  backend: self, access: authenticated }
        - { match: "POST /small/tokens", backend: self, access: authenticated, bodyLimit: 10B }
        - { match: "GET /guarded/{org}/me", backend: self, require: org:admin }
      """;

  private static final String IDENTITIES =
      """
      apiVersion: scopegate/v1
      organizations:
        acme:
          aliases: ["4711"]
          members: { ann: [OWNER], bob: [MEMBER] }
          teams: { core: { members: {}, projects: [web] } }
          projects: { api: { members: { bob: [ADMIN] } }, secret: {}, web: {} }
        globex: { members: { ann: [MEMBER], bob: [MEMBER] } }
        hidden: { members: { ann: [OWNER] } }
      tokens:
        - { subject: ann, name: all,    scopes: ["*"] }
        - { subject: bob, name: all,    scopes: ["*"] }
        - { subject: bob, name: writer, scopes: [work:write], expires: 2999-01-01T00:00:00Z }
        - { subject: bob, name: bound,  scopes: ["*"], organization: acme }
        - { subject: bob, name: in-api, scopes: ["*"], projects: [acme/api] }
      """;

  @TempDir static Path folder;

  private static RunningGateway gateway;
  private static Map<String, String> values;

  @BeforeAll
  static void start() throws Exception {
    gateway = new RunningGateway(folder, ROUTES, false);
    values = gateway.load(IDENTITIES);
  }

  @AfterAll
  static void stop() throws Exception {
    gateway.close();
  }

  private static String value(String token) {
    return Objects.requireNonNull(values.get(token), token);
  }

  private static HttpResponse<String> call(String method, String path, String token, String body)
      throws Exception {
    return gateway.send(gateway.edge(), method, path, token, body);
  }

  private static JsonNode json(HttpResponse<String> response) {
    return Json.read(response.body());
  }

  private static List<String> texts(JsonNode list) {
    List<String> texts = new ArrayList<>();
    list.values().forEach(value -> texts.add(value.asString()));
    return texts;
  }

  private static JsonNode byId(JsonNode list, String id) {
    return list.values().stream()
        .filter(one -> one.path("id").asString().equals(id))
        .findFirst()
        .orElseThrow(() -> new AssertionError(id + " is not in " + list));
  }

  /** Makes a token and returns what its maker is told. */
  private static JsonNode made(String maker, String body) throws Exception {
    HttpResponse<String> response = call("POST", "/my/own/tokens", maker, body);
    assertThat(response.statusCode()).as(response.body()).isEqualTo(201);
    return json(response);
  }

  private static int status(String method, String path, String token) throws Exception {
    return call(method, path, token, "").statusCode();
  }

  private static List<String> namesOf(String token) throws Exception {
    List<String> names = new ArrayList<>();
    json(call("GET", "/my/own/tokens", token, ""))
        .path("tokens")
        .values()
        .forEach(one -> names.add(one.path("name").asString()));
    return names;
  }

  @Test
  void me_tells_the_subject_its_organizations_roles_and_effective_permissions() throws Exception {
    JsonNode me = json(call("GET", "/my/own/me", value("bob/writer"), ""));
    assertThat(me.path("subject").asString()).isEqualTo("bob");
    assertThat(me.path("credential").asString()).isEqualTo("token");
    assertThat(texts(me.path("scopes"))).containsExactly("work:write");
    assertThat(me.path("organizations")).hasSize(2);
    JsonNode acme = byId(me.path("organizations"), "acme");
    assertThat(texts(acme.path("roles"))).containsExactly("organization:MEMBER");
    assertThat(texts(acme.path("effective"))).containsExactly("work:read", "work:write");
    JsonNode api = byId(acme.path("projects"), "api");
    assertThat(texts(api.path("roles"))).containsExactly("organization:MEMBER", "project:ADMIN");
    assertThat(acme.path("projects")).hasSize(1);
    JsonNode whole = json(call("GET", "/my/own/me", value("bob/all"), ""));
    assertThat(texts(byId(whole.path("organizations"), "globex").path("effective")))
        .containsExactly("account", "work:read", "work:write");
  }

  @Test
  void me_tells_a_bound_token_of_nothing_outside_its_bounds() throws Exception {
    JsonNode bound = json(call("GET", "/my/own/me", value("bob/bound"), ""));
    assertThat(bound.path("organizations")).hasSize(1);
    assertThat(texts(byId(bound.path("organizations"), "acme").path("effective"))).isNotEmpty();
    JsonNode toProject = json(call("GET", "/my/own/me", value("bob/in-api"), ""));
    JsonNode acme = byId(toProject.path("organizations"), "acme");
    assertThat(texts(acme.path("effective"))).isEmpty();
    assertThat(texts(byId(acme.path("projects"), "api").path("effective")))
        .containsExactly("account", "work:read", "work:write");
  }

  @Test
  void own_tokens_are_listed_and_never_a_value() throws Exception {
    HttpResponse<String> list = call("GET", "/my/own/tokens", value("ann/all"), "");
    assertThat(list.statusCode()).isEqualTo(200);
    assertThat(json(list).path("tokens")).hasSize(1);
    assertThat(json(list).path("tokens").get(0).path("subject").asString()).isEqualTo("ann");
    assertThat(list.body()).doesNotContain(value("ann/all")).doesNotContain("bob");
    assertThat(list.headers().firstValue("Cache-Control")).hasValue("no-store");
  }

  @Test
  void a_made_token_is_in_force_and_its_value_is_shown_once() throws Exception {
    JsonNode made = made(value("ann/all"), "{\"name\": \"made\", \"scopes\": [\"work:read\"]}");
    assertThat(made.propertyNames()).containsExactly("id", "subject", "name", "value");
    String value = made.path("value").asString();
    assertThat(status("GET", "/orgs/acme", value)).isEqualTo(200);
    assertThat(status("POST", "/orgs/acme", value)).isEqualTo(403);
    assertThat(call("GET", "/my/own/tokens", value("ann/all"), "").body()).doesNotContain(value);
    HttpResponse<String> again =
        call(
            "POST",
            "/my/own/tokens",
            value("ann/all"),
            "{\"name\": \"made\", \"scopes\": [\"work:read\"]}");
    assertThat(again.statusCode()).isEqualTo(409);
    assertThat(status("DELETE", "/my/own/tokens/" + made.path("id").asString(), value))
        .isEqualTo(204);
    assertThat(status("GET", "/orgs/acme", value)).isEqualTo(401);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "writer | \"scopes\": [\"org:admin\"], \"expires\": \"1h\" | /scopes",
        "writer | \"scopes\": [\"work:write\", \"account\"], \"expires\": \"1h\" | /scopes",
        "writer | \"scopes\": [\"*\"], \"expires\": \"1h\" | /scopes",
        "writer | \"scopes\": [\"work:write\"] | /expires",
        "writer | \"scopes\": [\"work:write\"], \"expires\": \"2999-01-01T00:00:01Z\" | /expires",
        "bound | \"scopes\": [\"work:read\"] | /organization",
        "bound | \"scopes\": [\"work:read\"], \"organization\": \"globex\" | /organization",
        "in-api | \"scopes\": [\"work:read\"] | /projects",
        "in-api | \"scopes\": [\"work:read\"], \"organization\": \"acme\" | /projects",
      })
  void a_token_makes_none_that_can_do_more_than_itself(String maker, String order, String pointer)
      throws Exception {
    HttpResponse<String> refused =
        call(
            "POST",
            "/my/own/tokens",
            value("bob/" + maker),
            "{\"name\": \"escalated\", " + order + "}");
    assertThat(refused.statusCode()).as(refused.body()).isEqualTo(403);
    JsonNode problem = json(refused);
    assertThat(problem.path("code").asString()).isEqualTo("exceeds_token");
    assertThat(problem.path("errors")).hasSize(1);
    assertThat(problem.path("errors").get(0).path("pointer").asString()).isEqualTo(pointer);
    assertThat(problem.path("requestId").asString())
        .isEqualTo(refused.headers().firstValue("X-Request-Id").orElseThrow());
    assertThat(namesOf(value("bob/all"))).doesNotContain("escalated");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "writer | \"scopes\": [\"work:write\"], \"expires\": \"2999-01-01T00:00:00Z\"",
        "writer | \"scopes\": [\"work:read\"], \"expires\": \"1h\"",
        "bound | \"scopes\": [\"*\"], \"organization\": \"4711\"",
        "bound | \"scopes\": [\"work:read\"], \"projects\": [\"acme/api\"]",
        "in-api | \"scopes\": [\"org:admin\"], \"projects\": [\"acme/api\"]",
        "all | \"scopes\": [\"*\"]",
      })
  void a_token_makes_any_that_lies_within_itself(String maker, String order) throws Exception {
    JsonNode made = made(value("bob/" + maker), "{\"name\": \"within\", " + order + "}");
    assertThat(status("DELETE", "/my/own/tokens/" + made.path("id").asString(), value("bob/all")))
        .isEqualTo(204);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"name\": \"x\", \"scopes\": [\"work:raed\"]} | did you mean `work:read`?",
        "{\"name\": \"x\", \"scopes\": [\"later\"]} | is planned",
        "{\"name\": \"x\", \"scopes\": []} | at least one scope",
        "{\"name\": \"x\"} | at least one scope",
        "{\"scopes\": [\"*\"]} | /name is missing",
        "{\"name\": \"x\", \"scopes\": [\"*\"], \"subject\": \"ann\"} | unknown key `subject`",
        "{\"name\": \"x\", \"scopes\": [\"*\"], \"scopes\": [\"*\"]} | not JSON",
        "{\"name\": \"x\", \"scopes\": [\"*\"], \"expires\": \"soon\"} | neither a duration",
        "{\"name\": \"x\", \"scopes\": [\"*\"], \"projects\": []} | at least one project",
        "[] | must be a JSON object",
        "nonsense | not JSON",
      })
  void an_order_that_is_not_one_is_400_and_makes_nothing(String body, String detail)
      throws Exception {
    HttpResponse<String> refused = call("POST", "/my/own/tokens", value("bob/all"), body);
    assertThat(refused.statusCode()).as(refused.body()).isEqualTo(400);
    assertThat(json(refused).path("code").asString()).isEqualTo("bad_request");
    assertThat(json(refused).path("detail").asString()).contains(detail);
    assertThat(namesOf(value("bob/all"))).doesNotContain("x");
  }

  @Test
  void what_the_caller_does_not_reach_is_as_unknown_as_what_is_not_there() throws Exception {
    String order = "{\"name\": \"x\", \"scopes\": [\"*\"], %s}";
    for (String[] pair :
        List.of(
            new String[] {"\"organization\": \"%s\"", "hidden", "hiddem"},
            new String[] {"\"projects\": [\"acme/%s\"]", "secret", "secrex"})) {
      List<String> answers = new ArrayList<>();
      for (String name : List.of(pair[1], pair[2])) {
        HttpResponse<String> refused =
            call(
                "POST",
                "/my/own/tokens",
                value("bob/all"),
                order.formatted(pair[0].formatted(name)));
        assertThat(refused.statusCode()).isEqualTo(400);
        answers.add(json(refused).path("detail").asString().replace(name, "NAME"));
      }
      assertThat(answers.get(0)).isEqualTo(answers.get(1)).contains("unknown");
    }
  }

  @Test
  void a_token_that_is_not_the_callers_is_as_unknown_as_one_that_is_not_there() throws Exception {
    String foreign =
        json(call("GET", "/my/own/tokens", value("ann/all"), ""))
            .path("tokens")
            .get(0)
            .path("id")
            .asString();
    HttpResponse<String> refused =
        call("DELETE", "/my/own/tokens/" + foreign, value("bob/all"), "");
    HttpResponse<String> unknown = call("DELETE", "/my/own/tokens/nope", value("bob/all"), "");
    assertThat(refused.statusCode()).isEqualTo(404);
    assertThat(json(refused).path("code").asString()).isEqualTo("not_found");
    assertThat(json(refused).path("detail")).isEqualTo(json(unknown).path("detail"));
    assertThat(status("GET", "/orgs/acme", value("ann/all"))).isEqualTo(200);
  }

  @Test
  void a_token_revokes_none_that_can_do_more_than_itself() throws Exception {
    for (String order :
        List.of(
            "\"scopes\": [\"*\"], \"expires\": \"1h\"",
            "\"scopes\": [\"work:write\"]",
            "\"scopes\": [\"account\"], \"expires\": \"1h\"")) {
      JsonNode bigger = made(value("bob/all"), "{\"name\": \"bigger\", " + order + "}");
      String path = "/my/own/tokens/" + bigger.path("id").asString();
      HttpResponse<String> refused = call("DELETE", path, value("bob/writer"), "");
      assertThat(refused.statusCode()).isEqualTo(403);
      assertThat(json(refused).path("code").asString()).isEqualTo("exceeds_token");
      assertThat(status("GET", "/my/own/me", bigger.path("value").asString())).isEqualTo(200);
      assertThat(status("DELETE", path, value("bob/all"))).isEqualTo(204);
      assertThat(status("GET", "/my/own/me", bigger.path("value").asString())).isEqualTo(401);
    }
  }

  @Test
  void what_a_token_made_dies_with_it() throws Exception {
    JsonNode parent = made(value("bob/all"), "{\"name\": \"parent\", \"scopes\": [\"*\"]}");
    JsonNode child =
        made(parent.path("value").asString(), "{\"name\": \"child\", \"scopes\": [\"work:read\"]}");
    String value = child.path("value").asString();
    assertThat(status("GET", "/orgs/acme", value)).isEqualTo(200);
    assertThat(
            gateway
                .admin("DELETE", "/api/v1/tokens/" + parent.path("id").asString(), "")
                .statusCode())
        .isEqualTo(204);
    assertThat(status("GET", "/orgs/acme", value)).isEqualTo(401);
    assertThat(namesOf(value("bob/all"))).doesNotContain("parent", "child").contains("all");
  }

  @ParameterizedTest
  @CsvSource({
    "GET, /my/own/me",
    "GET, /my/own/tokens",
    "POST, /my/own/tokens",
    "DELETE, /my/own/tokens/x",
    "POST, /my/own/can-i",
    "GET, /rest/me",
  })
  void nobody_is_answered_without_a_credential(String method, String path) throws Exception {
    HttpResponse<String> refused = call(method, path, "", "");
    assertThat(refused.statusCode()).isEqualTo(401);
    assertThat(json(refused).path("code").asString()).isEqualTo("credential_missing");
  }

  @ParameterizedTest
  @CsvSource({
    "GET, /my/own/tokens/x",
    "GET, /my/own/tokens/me",
    "GET, /named/me",
    "GET, /named/tokens",
    "GET, /rest/tokens/me",
    "PUT, /rest/tokens",
    "GET, /rest/me/",
  })
  void what_is_no_endpoint_is_404(String method, String path) throws Exception {
    HttpResponse<String> refused = call(method, path, value("ann/all"), "");
    assertThat(refused.statusCode()).as(refused.body()).isEqualTo(404);
    assertThat(json(refused).path("code").asString()).isEqualTo("not_found");
  }

  @Test
  void a_row_that_ends_in_a_rest_leads_to_every_endpoint() throws Exception {
    assertThat(status("GET", "/rest/me", value("ann/all"))).isEqualTo(200);
    assertThat(status("GET", "/rest/v1/tokens", value("ann/all"))).isEqualTo(200);
    assertThat(status("DELETE", "/rest/tokens/none", value("ann/all"))).isEqualTo(404);
  }

  @ParameterizedTest
  @ValueSource(strings = {"ann/all", "bob/all", "bob/writer", "bob/bound", "bob/in-api"})
  void can_i_says_what_the_edge_does(String token) throws Exception {
    for (String request :
        List.of(
            "GET /orgs/acme",
            "GET /orgs/4711",
            "POST /orgs/acme",
            "DELETE /orgs/acme",
            "GET /orgs/globex",
            "GET /orgs/none",
            "GET /orgs/acme/projects/api",
            "GET /orgs/acme/projects/secret",
            "GET /open",
            "GET /orgs//acme",
            "GET /nowhere",
            "GET /guarded/acme/me",
            "GET /my/own/me")) {
      String[] words = request.split(" ", 2);
      JsonNode answer =
          json(
              call(
                  "POST",
                  "/my/own/can-i",
                  value(token),
                  "{\"method\": \"%s\", \"path\": \"%s\"}".formatted(words[0], words[1])));
      HttpResponse<String> edge = call(words[0], words[1], value(token), "");
      assertThat(answer.path("status").asInt()).as(request).isEqualTo(edge.statusCode());
      assertThat(answer.path("decision").asString())
          .isEqualTo(edge.statusCode() == 200 ? "allow" : "deny");
      if (edge.statusCode() != 200) {
        assertThat(answer.path("code").asString()).isEqualTo(json(edge).path("code").asString());
      }
      if (json403(edge)) {
        assertThat(answer.path("missing")).isEqualTo(json(edge).path("missing"));
      }
      assertThat(answer.path("steps")).isNotEmpty();
    }
  }

  private static boolean json403(HttpResponse<String> edge) {
    return edge.statusCode() == 403 && !json(edge).path("missing").isMissingNode();
  }

  @Test
  void a_question_that_is_not_one_is_400() throws Exception {
    for (String body : List.of("", "{}", "{\"method\": \"GET\"}", "{\"method\": 1, \"path\": 2}")) {
      assertThat(call("POST", "/my/own/can-i", value("ann/all"), body).statusCode()).isEqualTo(400);
    }
  }

  @Test
  void the_rows_of_the_preset_workspace_lead_here(@TempDir Path other) throws Exception {
    String table =
        """
        apiVersion: scopegate/v1
        use: [{ preset: workspace, backend: core }]
        emptyScopes: full
        """;
    String identities =
        """
        apiVersion: scopegate/v1
        organizations: { acme: { members: { gus: [GUEST] } } }
        tokens:
          - { subject: gus, name: own, scopes: [self, "tokens:read", "tokens:write"] }
          - { subject: gus, name: reader, scopes: ["tokens:read"] }
        """;
    try (RunningGateway workspace = new RunningGateway(other, table, false)) {
      Map<String, String> tokens = workspace.load(identities);
      String own = Objects.requireNonNull(tokens.get("gus/own"));
      String reader = Objects.requireNonNull(tokens.get("gus/reader"));
      assertThat(workspace.edge("GET", "/api/v1/me", own).statusCode()).isEqualTo(200);
      assertThat(workspace.edge("GET", "/api/v1/me", reader).statusCode()).isEqualTo(403);
      HttpResponse<String> made =
          workspace.send(
              workspace.edge(),
              "POST",
              "/api/v1/tokens",
              own,
              "{\"name\": \"less\", \"scopes\": [\"tokens:read\"]}");
      assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
      String id = json(made).path("id").asString();
      assertThat(workspace.edge("GET", "/api/v1/tokens", reader).body()).contains(id);
      assertThat(workspace.edge("DELETE", "/api/v1/tokens/" + id, reader).statusCode())
          .isEqualTo(403);
      assertThat(workspace.edge("DELETE", "/api/v1/tokens/" + id, own).statusCode()).isEqualTo(204);
    }
  }

  @Test
  void the_route_table_guards_it_like_any_backend() throws Exception {
    assertThat(status("GET", "/guarded/acme/me", value("ann/all"))).isEqualTo(200);
    HttpResponse<String> refused = call("GET", "/guarded/acme/me", value("bob/all"), "");
    assertThat(refused.statusCode()).isEqualTo(403);
    assertThat(json(refused).path("code").asString()).isEqualTo("insufficient_role");
  }

  @Test
  void an_answer_carries_the_fields_of_every_authenticated_answer() throws Exception {
    String request =
        " /my/own/me HTTP/1.1\r\nHost: gate\r\nX-Request-Id: my-id\r\nAuthorization: Bearer "
            + value("bob/writer")
            + "\r\n\r\n";
    try (RawClient client = new RawClient(gateway.edge())) {
      RawClient.Answer answer = client.send("GET" + request).answer();
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.values("X-Request-Id")).containsExactly("my-id");
      assertThat(answer.values("X-OAuth-Scopes")).containsExactly("work:write");
      assertThat(answer.values("X-Accepted-OAuth-Scopes")).containsExactly("");
      RawClient.Answer head = client.send("HEAD" + request).answerToHead();
      assertThat(head.status()).isEqualTo(200);
      assertThat(head.value("Content-Length")).isEqualTo(answer.value("Content-Length"));
      assertThat(client.send("GET" + request).answer().body()).isEqualTo(answer.body());
    }
  }

  @Test
  void a_body_that_is_too_large_or_not_utf_8_is_refused() throws IOException {
    try (RawClient client = new RawClient(gateway.edge())) {
      assertThat(client.send(post("/my/own/tokens", "\u00ff")).answer().status()).isEqualTo(400);
      assertThat(client.send(post("/small/tokens", "01234567890")).answer().status())
          .isEqualTo(413);
      String large = "x".repeat((64 << 10) + 1);
      assertThat(client.send(post("/my/own/tokens", large)).answer().status()).isEqualTo(413);
    }
  }

  private static String post(String path, String body) {
    return "POST "
        + path
        + " HTTP/1.1\r\nHost: gate\r\nAuthorization: Bearer "
        + value("bob/all")
        + "\r\nContent-Length: "
        + body.length()
        + "\r\n\r\n"
        + body;
  }
}
