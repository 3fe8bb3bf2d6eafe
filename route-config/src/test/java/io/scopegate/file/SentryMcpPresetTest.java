package io.scopegate.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.scopegate.permission.PermissionCatalog;
import io.scopegate.tool.Explanation;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** The preset {@code sentry-mcp} against the scopes and tools of the server. */
class SentryMcpPresetTest {
  private static final JsonNode SYSTEM = PresetCase.system("sentry-mcp.json");
  private static final PresetCase PRESET =
      PresetCase.of(
          PresetCase.using("sentry-mcp"),
          """
          apiVersion: scopegate/v1
          organizations:
            acme:
              members: { uma: [user], rita: [read-only], trip: [issue-triage], pam: [project-management] }
          """);

  private static Explanation call(List<String> scopes, String tool) {
    return PRESET.token("uma", scopes, "POST", "/mcp/tools/" + tool);
  }

  private static List<String> tools() {
    return PresetCase.items(SYSTEM.get("tools")).map(tool -> tool.get("tool").asString()).toList();
  }

  @Test
  void every_grant_opens_exactly_its_tools() {
    for (JsonNode one : SYSTEM.get("test_cases")) {
      List<String> granted = PresetCase.texts(one.get("granted"));
      assertThat(tools().stream().filter(tool -> call(granted, tool).decision().equals("allow")))
          .as(one.get("name").asString())
          .containsExactlyInAnyOrderElementsOf(PresetCase.texts(one.get("allowed_tools")));
    }
    assertThat(tools()).hasSize(19);
    assertThat(SYSTEM.get("test_cases").size()).isEqualTo(6);
  }

  @Test
  void a_tool_asks_for_all_of_its_scopes_and_names_what_is_missing() {
    for (JsonNode tool : SYSTEM.get("tools")) {
      List<String> required = PresetCase.texts(tool.get("required_scopes_all_of"));
      String name = tool.get("tool").asString();
      assertThat(call(required, name).decision()).as(name).isEqualTo("allow");
      for (String scope : required) {
        List<String> rest = required.stream().filter(other -> !other.equals(scope)).toList();
        Explanation refused = call(rest, name);
        assertThat(refused.code()).as(name).isEqualTo(Optional.of("insufficient_scope"));
        assertThat(refused.missing().get("token")).as(name).containsExactly(scope);
      }
    }
  }

  @Test
  void the_scopes_and_their_hierarchy_are_those_of_the_server() {
    PermissionCatalog catalog = PRESET.policy().catalog();
    List<String> scopes = PresetCase.texts(SYSTEM.get("scopes"));

    assertThat(scopes).hasSize(16);
    assertThat(catalog.names()).containsExactlyInAnyOrderElementsOf(scopes);
    for (String scope : scopes) {
      assertThat(catalog.inForce(catalog.of(List.of(scope))).names())
          .as(scope)
          .containsExactlyInAnyOrderElementsOf(
              PresetCase.texts(SYSTEM.get("hierarchy").get(scope)));
    }
    assertThat(PRESET.policy().defaultScopes())
        .containsExactlyInAnyOrderElementsOf(PresetCase.texts(SYSTEM.get("default_scopes")));
  }

  @Test
  void a_level_holds_what_it_says_and_what_that_implies() {
    Map<String, String> holders =
        Map.of("Read-Only", "rita", "+ Issue Triage", "trip", "+ Project Management", "pam");
    for (JsonNode level : SYSTEM.get("levels")) {
      PermissionCatalog catalog = PRESET.policy().catalog();
      Explanation decided =
          PRESET.session(
              Objects.requireNonNull(holders.get(level.get("level").asString())),
              "POST",
              "/mcp/tools/find_teams");
      assertThat(decided.effective())
          .as(level.get("level").asString())
          .containsExactlyInAnyOrderElementsOf(
              catalog.inForce(catalog.of(PresetCase.texts(level.get("scopes")))).names());
    }
  }

  @Test
  void under_a_name_of_its_own_it_leaves_the_scopes_of_another_preset_exact() {
    PermissionCatalog catalog =
        PresetCase.of(
                PresetCase.using("sentry, { preset: sentry-mcp, as: mcp, prefix: /ai }"),
                "apiVersion: scopegate/v1\n")
            .policy()
            .catalog();

    assertThat(catalog.inForce(catalog.of(List.of("org:admin"))).names())
        .containsExactly("org:admin");
    assertThat(catalog.inForce(catalog.of(List.of("mcp/org:admin"))).names())
        .containsExactly("mcp/org:admin", "mcp/org:read", "mcp/org:write");
  }
}
