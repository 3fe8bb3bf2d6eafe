package io.scopegate.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.scopegate.tool.Explanation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** The presets {@code sentry} and {@code sentry-hierarchy} against the table of scopes. */
class SentryScopesTest {
  private static final JsonNode SYSTEM = PresetCase.system("sentry-scopes.json");
  private static final String PEOPLE =
      """
      apiVersion: scopegate/v1
      organizations:
        acme:
          members: { olga: [owner] }
          teams: { core: { projects: [api] } }
          projects: { api: {} }
      """;
  private static final PresetCase EXACT = PresetCase.of(PresetCase.using("sentry"), PEOPLE);
  private static final PresetCase HIERARCHY =
      PresetCase.of(PresetCase.using("sentry-hierarchy"), PEOPLE);

  private static final String ORGANIZATION = "/api/0/organizations/acme/";
  private static final String PROJECT = "/api/0/projects/acme/api/";

  /** Where each family is found: its root, one of it, and what is below. */
  private static final Map<String, List<String>> PATHS =
      Map.of(
          "Organizations",
          List.of(ORGANIZATION, ORGANIZATION + "dashboards/", ORGANIZATION + "dashboards/5/"),
          "Projects",
          List.of(PROJECT, PROJECT + "keys/", PROJECT + "keys/5/"),
          "Teams",
          List.of("/api/0/teams/acme/core/", "/api/0/teams/acme/core/external-teams/5/"),
          "Members",
          List.of(ORGANIZATION + "members/", ORGANIZATION + "members/7/"),
          "Issues & Events",
          List.of(
              ORGANIZATION + "issues/",
              ORGANIZATION + "issues/1/",
              PROJECT + "issues/",
              "/api/0/issues/1/"),
          "Releases",
          List.of(
              ORGANIZATION + "releases/",
              ORGANIZATION + "releases/1.0/",
              ORGANIZATION + "releases/1.0/files/",
              PROJECT + "releases/",
              PROJECT + "releases/1.0/files/5/"));

  private static List<String> paths(String family) {
    return Objects.requireNonNull(PATHS.get(family), family);
  }

  private static void every_case(PresetCase preset, String expectation) {
    List<String> wrong = new ArrayList<>();
    for (JsonNode one : SYSTEM.get("test_cases")) {
      for (String path : paths(one.get("resource").asString())) {
        Explanation decided =
            preset.token(
                "olga",
                PresetCase.texts(one.get("token_scopes")),
                one.get("method").asString(),
                path);
        boolean asStated = decided.decision().equals(one.get(expectation).asString());
        // The owner holds everything, so a refusal can be for the scopes only.
        boolean forItsScopes = decided.code().equals(Optional.of("insufficient_scope"));
        if (!asStated || (decided.decision().equals("deny") && !forItsScopes)) {
          wrong.add(path + " " + one + " got " + decided.text());
        }
      }
    }
    assertThat(SYSTEM.get("test_cases").size()).isGreaterThan(180);
    assertThat(wrong).isEmpty();
  }

  @Test
  void every_case_is_decided_as_stated_where_scopes_are_exact() {
    every_case(EXACT, "expect_exact");
  }

  @Test
  void every_case_is_decided_as_stated_with_the_hierarchy() {
    every_case(HIERARCHY, "expect_admin_write_read_hierarchy");
  }

  @Test
  void every_row_of_the_table_opens_its_family_with_exactly_its_scope() {
    List<String> wrong = new ArrayList<>();
    for (JsonNode row : SYSTEM.get("rows")) {
      for (String path : paths(row.get("resource").asString())) {
        for (String scope : PresetCase.texts(SYSTEM.get("scopes"))) {
          String decided =
              EXACT.token("olga", List.of(scope), row.get("method").asString(), path).decision();
          if (decided.equals("allow") != scope.equals(row.get("scope").asString())) {
            wrong.add(row + " " + path + " with " + scope + ": " + decided);
          }
        }
      }
    }
    assertThat(wrong).isEmpty();
  }

  @Test
  void what_the_table_does_not_name_is_refused_to_everyone() {
    List<String> allowed = new ArrayList<>();
    List<String> requests = new ArrayList<>();
    paths("Issues & Events").forEach(path -> requests.add("POST " + path));
    for (String event :
        List.of(
            PROJECT + "events/e1/",
            PROJECT + "events/e1/attachments/2/",
            PROJECT + "issues/1/events/e1/",
            ORGANIZATION + "issues/1/events/e1/",
            ORGANIZATION + "issues/1/events/e1",
            ORGANIZATION + "events/e1/",
            ORGANIZATION + "eventids/e1/")) {
      requests.add("PUT " + event);
      requests.add("DELETE " + event);
      requests.add("POST " + event);
    }
    PATHS.values().forEach(paths -> paths.forEach(path -> requests.add("PATCH " + path)));
    for (String request : requests) {
      int space = request.indexOf(' ');
      Explanation decided =
          HIERARCHY.session("olga", request.substring(0, space), request.substring(space + 1));
      if (!decided.code().equals(Optional.of("route_not_declared"))) {
        allowed.add(request + " " + decided.text());
      }
    }
    assertThat(SYSTEM.get("negative_facts").size()).isEqualTo(4);
    assertThat(allowed).isEmpty();
  }

  @Test
  void every_documented_endpoint_is_decided_and_asks_for_nothing_that_it_would_not_take() {
    List<JsonNode> routes =
        PresetCase.outside("sentry-public-routes.jsonl").map(PresetCase::json).toList();
    Set<String> known = Set.copyOf(EXACT.policy().catalog().names());
    List<String> wrong = new ArrayList<>();
    for (JsonNode route : routes) {
      List<String> taken = new ArrayList<>();
      route.get("any_of_all_of").forEach(all -> taken.addAll(PresetCase.texts(all)));
      List<String> others = known.stream().filter(scope -> !taken.contains(scope)).toList();
      taken.retainAll(known);
      String method = route.get("method").asString();
      String path = concrete(route.get("path").asString());
      Explanation with = EXACT.token("olga", taken, method, path);
      Explanation without = EXACT.token("olga", others, method, path);
      if (!with.decision().equals("allow")
          || !without.code().equals(Optional.of("insufficient_scope"))) {
        wrong.add(method + " " + path + " " + taken + "\n" + with.text() + without.text());
      }
    }
    assertThat(routes).hasSizeGreaterThan(200);
    assertThat(wrong).isEmpty();
  }

  @Test
  void a_path_without_its_last_slash_is_not_another_way_to_an_endpoint() {
    List<String> taken = new ArrayList<>();
    for (String path :
        List.of(
            ORGANIZATION + "members/7/teams/core",
            ORGANIZATION + "releases",
            PROJECT + "issues",
            PROJECT + "releases",
            PROJECT + "transfer",
            "/api/0/teams/acme/core/projects")) {
      for (String method : List.of("GET", "PUT", "POST", "DELETE")) {
        Explanation decided = EXACT.session("olga", method, path);
        if (!decided.code().equals(Optional.of("route_not_declared"))) {
          taken.add(method + " " + path + " " + decided.text());
        }
      }
    }
    assertThat(taken).isEmpty();
  }

  private static String concrete(String template) {
    return template
        .replace("{organization_id_or_slug}", "acme")
        .replace("{project_id_or_slug}", "api")
        .replace("{team_id_or_slug}", "core")
        .replaceAll("\\{[^}]*}", "5");
  }
}
