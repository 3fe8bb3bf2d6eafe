package io.scopegate.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.scopegate.permission.Permission;
import io.scopegate.tool.Explanation;
import io.scopegate.tool.PolicyCases;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;

/** The roles of the preset {@code sentry} against the tables of what they may do. */
class SentryRolesTest {
  private static final JsonNode SYSTEM = PresetCase.system("sentry-roles.json");
  private static final Path FOLDER = Path.of("src/test/resources/sentry");
  private static final String PEOPLE =
      """
      apiVersion: scopegate/v1
      organizations:
        acme:
          members: { billing: [billing], member: [member], admin: [admin], manager: [manager], owner: [owner] }
          teams:
            core:
              members: { team_contributor: [team_contributor], team_admin: [team_admin] }
              projects: [api]
          projects: { api: {} }
        example:
          settings: { openMembership: false }
          members: { pat: [member] }
          teams:
            team-1: { members: { pat: [team_admin] }, projects: [project-a, project-b] }
            team-2: { members: { pat: [team_contributor] }, projects: [project-a] }
            team-3: { members: { pat: [team_contributor] } }
            team-4: {}
          projects: { project-a: {}, project-b: {} }
      """;
  private static final PresetCase ROLES =
      PresetCase.of(SampleTest.resource("sentry/actions.yaml"), PEOPLE);

  /** Returns the permission that the words of the table describe. */
  private static String action(String level, String words) {
    return ROLES.policy().catalog().permissions().stream()
        .filter(permission -> permission.name().startsWith(level + "."))
        .filter(permission -> permission.description().equals(words))
        .map(Permission::name)
        .findFirst()
        .orElseThrow(() -> new AssertionError("no action " + words));
  }

  private static String decision(String level, String words, String role) {
    String action = action(level, words);
    if (level.equals("organization")) {
      return ROLES.session(role, "POST", "/do/acme/" + action).decision();
    }
    String atTeam = ROLES.session(role, "POST", "/do/acme/teams/core/" + action).decision();
    assertThat(ROLES.session(role, "POST", "/do/acme/projects/api/" + action).decision())
        .as("%s by %s at a project of the team", action, role)
        .isEqualTo(atTeam);
    return atTeam;
  }

  private static int every_cell(String level, JsonNode actions) {
    int cells = 0;
    for (JsonNode action : actions) {
      for (String role : action.get("cells").propertyNames()) {
        assertThat(decision(level, action.get("action").asString(), role))
            .as("%s by %s", action.get("action"), role)
            .isEqualTo(action.get("cells").get(role).asBoolean() ? "allow" : "deny");
        cells++;
      }
    }
    return cells;
  }

  @Test
  void every_cell_of_both_tables_is_decided_as_ticked() {
    assertThat(every_cell("organization", SYSTEM.get("org_actions"))).isEqualTo(18 * 5);
    assertThat(every_cell("team", SYSTEM.get("team_actions"))).isEqualTo(14 * 2);
  }

  @Test
  void every_case_of_a_cell_is_decided_as_stated() {
    for (JsonNode one : SYSTEM.get("cell_test_cases")) {
      String level = one.get("level").asString().equals("org") ? "organization" : "team";
      assertThat(decision(level, one.get("action").asString(), one.get("role").asString()))
          .as(one.toString())
          .isEqualTo(one.get("expect").asString());
    }
    assertThat(SYSTEM.get("cell_test_cases").size()).isGreaterThan(60);
  }

  @Test
  void every_case_of_the_worked_example_is_decided_as_stated() {
    JsonNode cases = SYSTEM.get("worked_example").get("cases");
    for (JsonNode one : cases) {
      String request = request(one);
      int space = request.indexOf(' ');
      assertThat(
              ROLES
                  .session("pat", request.substring(0, space), request.substring(space + 1))
                  .decision())
          .as("%s as %s", one, request)
          .isEqualTo(one.get("expect").asString());
    }
    assertThat(cases.size()).isEqualTo(17);
  }

  /** Returns the request of the public API that the case speaks of. */
  private static String request(JsonNode one) {
    String project = "/api/0/projects/example/" + slug(one.get("project"));
    String team = slug(one.get("team"));
    String membership = "/api/0/organizations/example/members/9/teams/" + team + "/";
    String action = one.get("action").asString();
    return switch (action) {
      case "view_and_act_on_issues" -> "PUT " + project + "/issues/";
      case "change_project_settings" -> "PUT " + project + "/";
      case "add_contributor" -> "POST " + membership;
      case "remove_contributor" -> "DELETE " + membership;
      case "remove_project_from_team" -> "DELETE " + project + "/teams/" + team + "/";
      case "add_project_to_team" -> "POST " + project + "/teams/" + team + "/";
      case "create_project" -> "POST /api/0/teams/example/" + team + "/projects/";
      default -> throw new AssertionError("no endpoint for " + action);
    };
  }

  private static String slug(JsonNode name) {
    return name.isNull() ? "" : name.asString().toLowerCase(Locale.ROOT).replace(' ', '-');
  }

  @Test
  void a_role_holds_the_scopes_that_are_listed_for_it() {
    JsonNode facts =
        PresetCase.json(
            PresetCase.outside("sentry-role-scopes.json").collect(Collectors.joining("\n")));
    for (JsonNode role : facts.get("org_roles_low_to_high")) {
      assertThat(scopes(role.get("id").asString(), "/do/acme/organization.remove"))
          .as(role.get("id").asString())
          .containsExactlyInAnyOrderElementsOf(PresetCase.texts(role.get("scopes")));
    }
    for (JsonNode role : facts.get("team_roles_low_to_high")) {
      assertThat(
              scopes("team_" + role.get("id").asString(), "/do/acme/teams/core/team.create-teams"))
          .as(role.get("id").asString())
          .containsExactlyInAnyOrderElementsOf(PresetCase.texts(role.get("scopes")));
    }
  }

  private static List<String> scopes(String subject, String path) {
    Explanation decided = ROLES.session(subject, "POST", path);
    return decided.effective().stream().filter(name -> name.contains(":")).toList();
  }

  @Test
  void only_the_roles_of_the_tables_exist() {
    List<String> expected = new ArrayList<>(PresetCase.texts(SYSTEM.get("org_roles")));
    expected.addAll(PresetCase.texts(SYSTEM.get("team_roles")));
    assertThat(ROLES.policy().roles().roles())
        .extracting(io.scopegate.permission.Role::name)
        .containsExactlyInAnyOrderElementsOf(expected);
  }

  @TestFactory
  Stream<DynamicTest> every_case_about_actions_is_decided_as_its_file_says() {
    return PolicyCases.of(FOLDER.resolve("actions.yaml"), FOLDER.resolve("actions.test.yaml"));
  }
}
