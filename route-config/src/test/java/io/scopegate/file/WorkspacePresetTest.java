package io.scopegate.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.scopegate.SharedData;
import io.scopegate.permission.Level;
import io.scopegate.policy.Authorizer;
import io.scopegate.policy.Bounds;
import io.scopegate.policy.Caller;
import io.scopegate.policy.Decision;
import io.scopegate.policy.Delegation;
import io.scopegate.policy.Membership;
import io.scopegate.policy.Organization;
import io.scopegate.policy.Policy;
import io.scopegate.policy.Principal;
import io.scopegate.route.CredentialKind;
import io.scopegate.route.HttpFields;
import io.scopegate.route.RequestLine;
import io.scopegate.route.Route;
import io.scopegate.route.Rule;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class WorkspacePresetTest {
  private static final JsonNode SYSTEM =
      new JsonMapper().readTree(SampleTest.resource("systems/permissions-and-roles.json"));
  private static final Policy POLICY = policy();

  /** The preset, and a row for every permission alone and with every project role. */
  private static Policy policy() {
    StringBuilder text =
        new StringBuilder(
            """
            apiVersion: scopegate/v1
            use: [workspace]
            emptyScopes: full
            backend: core
            places: { organization: { path: org }, project: { path: project } }
            routes:
            """);
    for (JsonNode permission : SYSTEM.get("permissions")) {
      String id = permission.get("id").asString();
      text.append("  - { match: 'GET /test/{org}/%s', require: '%s' }%n".formatted(id, id));
      for (String role : List.of("ADMIN", "MEMBER", "VIEWER")) {
        text.append(
            "  - { match: 'GET /test/{org}/{project}/%s/%s', require: '%s', role: { project: %s } }%n"
                .formatted(id, role, id, role));
      }
    }
    PolicyReader.Outcome outcome =
        PolicyReader.read(
            "routes.yaml",
            FileSource.of(Map.of("routes.yaml", text.toString())),
            Optional.of(Set.of("core")));
    assertThat(outcome.problems()).isEmpty();
    return outcome.policy().orElseThrow();
  }

  private static Stream<JsonNode> cases(String name) {
    return StreamSupport.stream(SYSTEM.get(name).spliterator(), false);
  }

  private static Principal holder(String role, Optional<String> projectRole) {
    Organization acme =
        new Organization(
            "acme",
            Set.of(),
            Map.of(),
            Map.of(),
            Map.of(),
            Map.of("api", new Organization.Project("api", Set.of())));
    Map<String, Set<String>> projects =
        projectRole
            .<Map<String, Set<String>>>map(name -> Map.of("api", Set.of(name)))
            .orElse(Map.of());
    return new Principal(
        "someone", List.of(new Membership(acme, Set.of(role), Map.of(), projects)));
  }

  private static String decision(Caller caller, String path) {
    Decision decision =
        Authorizer.decide(
            POLICY, RequestLine.parse("GET", path, "localhost"), HttpFields.none(), caller);
    return decision instanceof Decision.Allow ? "allow" : "deny";
  }

  private static void agrees(JsonNode one, String decision, List<String> wrong) {
    if (!decision.equals(one.get("expect").asString())) {
      wrong.add(one.toString());
    }
  }

  @Test
  void every_cell_of_the_matrix_is_decided_as_stated() {
    List<String> wrong = new ArrayList<>();
    List<JsonNode> cases = cases("matrix_test_cases").toList();
    for (JsonNode one : cases) {
      Caller caller =
          Caller.Authenticated.session(holder(one.get("role").asString(), Optional.empty()));
      agrees(one, decision(caller, "/test/acme/" + one.get("permission").asString()), wrong);
    }

    assertThat(cases).hasSize(65);
    assertThat(wrong).isEmpty();
  }

  @Test
  void every_token_case_is_decided_as_stated() {
    List<String> wrong = new ArrayList<>();
    List<JsonNode> cases = cases("pat_test_cases").toList();
    for (JsonNode one : cases) {
      List<String> scopes = new ArrayList<>();
      one.get("scopes").forEach(scope -> scopes.add(scope.asString()));
      Caller caller =
          new Caller.Authenticated(
              holder(one.get("role").asString(), Optional.empty()),
              Delegation.of(scopes, Bounds.none(), POLICY),
              CredentialKind.TOKEN,
              "t1");
      agrees(one, decision(caller, "/test/acme/" + one.get("permission").asString()), wrong);
    }

    assertThat(cases).hasSizeGreaterThan(290);
    assertThat(wrong).isEmpty();
  }

  @Test
  void every_project_case_is_decided_as_stated() {
    List<String> wrong = new ArrayList<>();
    List<JsonNode> cases = cases("project_test_cases").toList();
    for (JsonNode one : cases) {
      JsonNode held = one.get("project_role");
      JsonNode needs = one.get("route_needs");
      Caller caller =
          Caller.Authenticated.session(
              holder(
                  one.get("org_role").asString(),
                  held.isNull() ? Optional.empty() : Optional.of(held.asString())));
      String path =
          "/test/acme/api/"
              + needs.get("permission").asString()
              + "/"
              + needs.get("project_role").asString();
      agrees(one, decision(caller, path), wrong);
    }

    assertThat(cases).hasSize(36);
    assertThat(wrong).isEmpty();
  }

  @Test
  void the_preset_declares_exactly_the_permissions_and_roles_of_the_system() {
    List<String> permissions =
        StreamSupport.stream(SYSTEM.get("permissions").spliterator(), false)
            .map(permission -> permission.get("id").asString())
            .toList();

    assertThat(POLICY.catalog().names()).containsExactlyInAnyOrderElementsOf(permissions);
    assertThat(POLICY.roles().roles())
        .filteredOn(role -> role.level() == Level.ORGANIZATION)
        .extracting(io.scopegate.permission.Role::name)
        .containsExactlyInAnyOrder("OWNER", "ADMIN", "MEMBER", "GUEST", "VIEWER");
    assertThat(POLICY.emptyScopesFull()).isTrue();
  }

  @Test
  void a_file_that_uses_the_preset_must_state_what_an_empty_scope_list_may_do() {
    PolicyReader.Outcome outcome =
        PolicyReader.read(
            "routes.yaml",
            FileSource.of(
                Map.of(
                    "routes.yaml", "apiVersion: scopegate/v1\nuse: [workspace]\nbackend: core\n")),
            Optional.empty());

    assertThat(outcome.problems().stream().map(Problem::toString))
        .containsExactly(
            "routes.yaml:2:1: `presets/workspace.yaml` says `emptyScopes: full`, and this file"
                + " says nothing, which is `none`; state `emptyScopes` here");
  }

  @Test
  void a_preset_under_a_name_keeps_to_itself() {
    String text =
        """
        apiVersion: scopegate/v1
        use: [{ preset: workspace, as: ws, prefix: /ws }]
        permissions: { other: Something else }
        emptyScopes: full
        backend: core
        """;
    Policy policy =
        PolicyReader.read("r.yaml", FileSource.of(Map.of("r.yaml", text)), Optional.empty())
            .policy()
            .orElseThrow();

    assertThat(policy.catalog().find("ws/work:read")).isPresent();
    assertThat(policy.catalog().find("work:read")).isEmpty();
    assertThat(
            policy
                .roles()
                .find(Level.ORGANIZATION, "ws/OWNER")
                .orElseThrow()
                .grants()
                .get(0)
                .permissions()
                .names())
        .contains("ws/work:write")
        .doesNotContain("other");
    assertThat(policy.routes().routes()).allMatch(route -> route.path().text().startsWith("/ws/"));
  }

  @Test
  void self_service_is_answered_by_the_gateway_itself() {
    assertThat(POLICY.routes().routes())
        .filteredOn(route -> route.forwarding().backend().equals("self"))
        .extracting(Route::id)
        .containsExactlyInAnyOrder(
            "GET /api/v1/me",
            "POST /api/v1/can-i",
            "GET /api/v1/tokens",
            "POST /api/v1/tokens",
            "DELETE /api/v1/tokens/{token}",
            "POST /api/v1/tokens/{token}/rotate");
  }

  @Test
  void every_route_of_the_tracker_asks_for_what_it_asks_today() {
    JsonNode today =
        new JsonMapper().readTree(SharedData.text("systems/permissions-and-roles-routes.json"));
    Map<String, List<Route>> ours = rows();
    List<String> wrong = new ArrayList<>();
    for (JsonNode row : today.get("rows")) {
      String match = row.get("method").asString() + " " + anonymous(row.get("path").asString());
      // Tools are named in bodies, and probes are the operator's own.
      boolean left = match.endsWith("/mcp") || match.matches("GET /(healthz|readyz)");
      List<Route> rows = ours.getOrDefault(match, List.of());
      if (left ? !rows.isEmpty() : rows.size() != 1 || !isAsToday(rows.get(0), row)) {
        wrong.add(match);
      }
    }

    assertThat(today.get("rows")).hasSize(96);
    assertThat(wrong).isEmpty();
  }

  /** Returns the rows by method and path, whatever their parameters are called. */
  private static Map<String, List<Route>> rows() {
    Map<String, List<Route>> rows = new HashMap<>();
    for (Route route : POLICY.routes().routes()) {
      for (String method : route.methods()) {
        rows.computeIfAbsent(
                method + " " + anonymous(route.path().text()), match -> new ArrayList<>())
            .add(route);
      }
    }
    return rows;
  }

  private static String anonymous(String template) {
    return template.replaceAll("\\{[^}]*}", "{}");
  }

  private static boolean isAsToday(Route ours, JsonNode row) {
    if (!(ours.rule() instanceof Rule.Permitted rule)) {
      return ours.isPublic() && row.get("public").asBoolean();
    }
    List<String> permissions =
        rule.requirement().alternatives().stream()
            .flatMap(alternative -> alternative.here().names().stream())
            .toList();
    List<String> roles =
        StreamSupport.stream(row.get("roles").spliterator(), false)
            .map(JsonNode::asString)
            .toList();
    return !row.get("public").asBoolean()
        && permissions.equals(List.of(row.get("permission").asString()))
        && rule.roles().getOrDefault(Level.ORGANIZATION, List.of()).equals(roles)
        && asksForItsProjectRole(rule, row);
  }

  /** Where the tracker's own specification names a project role, it is the one that we ask for. */
  private static boolean asksForItsProjectRole(Rule.Permitted rule, JsonNode row) {
    List<String> ours = rule.roles().getOrDefault(Level.PROJECT, List.of());
    String stated = row.at("/project_role_from_spec/0/x_rbac").asString();
    if (stated.startsWith("project:")) {
      return ours.equals(List.of(stated.substring("project:".length()).toUpperCase(Locale.ROOT)));
    }
    // It is silent on time tracking: what writes work needs a member, what reads it a viewer.
    String path = row.get("path").asString();
    return path.contains("/time") ? ours.size() == 1 : ours.isEmpty();
  }
}
