package io.scopegate.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.scopegate.SharedData;
import io.scopegate.permission.Level;
import io.scopegate.permission.Permission;
import io.scopegate.policy.Authorizer;
import io.scopegate.policy.Caller;
import io.scopegate.policy.Decision;
import io.scopegate.policy.Membership;
import io.scopegate.policy.Organization;
import io.scopegate.policy.Policy;
import io.scopegate.policy.Principal;
import io.scopegate.route.HttpFields;
import io.scopegate.route.RequestLine;
import io.scopegate.route.Route;
import io.scopegate.route.Rule;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class SemaphorePresetTest {
  private static final JsonNode CATALOGUE =
      new JsonMapper().readTree(SampleTest.resource("systems/semaphore-permissions.json"));
  private static final Set<String> INTRODUCED =
      permissions()
          .filter(one -> one.get("introduced").asBoolean())
          .map(SemaphorePresetTest::id)
          .collect(Collectors.toCollection(TreeSet::new));
  private static final String USE = "apiVersion: scopegate/v1\nuse: [semaphore]\nbackend: core\n";
  private static final Policy POLICY = policy(USE + ownRows());

  /** What the API asks for today and the catalogue has no permission for that is in force. */
  private static final Set<String> WITHOUT_A_ROW =
      Set.of(
          "organization.custom_roles.manage",
          "organization.custom_roles.view",
          "organization.service_accounts.manage",
          "organization.service_accounts.view",
          "project.deployment_targets.manage",
          "project.deployment_targets.view",
          "project.secrets.manage",
          "project.secrets.view");

  private static Policy policy(String text) {
    PolicyReader.Outcome outcome = read(text);
    assertThat(outcome.problems()).isEmpty();
    return outcome.policy().orElseThrow();
  }

  private static PolicyReader.Outcome read(String text) {
    return PolicyReader.read(
        "routes.yaml", FileSource.of(Map.of("routes.yaml", text)), Optional.of(Set.of("core")));
  }

  /** A row for every permission in force. */
  private static String ownRows() {
    StringBuilder text =
        new StringBuilder(
            """
            places: { organization: { host: org }, project: { path: project, reach: organization } }
            routes:
              - host: "{org}.ci.example.com"
                routes:
            """);
    permissions()
        .filter(one -> one.get("introduced").asBoolean())
        .forEach(
            one ->
                text.append(
                    "      - { match: 'GET %s', require: %s }%n"
                        .formatted(
                            (isOfProject(one) ? "/projects/{project}/" : "/") + id(one), id(one))));
    return text.toString();
  }

  private static Stream<JsonNode> permissions() {
    return each(CATALOGUE.get("permissions"));
  }

  private static Stream<JsonNode> each(JsonNode list) {
    return StreamSupport.stream(list.spliterator(), false);
  }

  private static String id(JsonNode permission) {
    return permission.get("id").asString();
  }

  private static boolean isOfProject(JsonNode permission) {
    return permission.get("level").asString().equals("project");
  }

  /** Returns somebody whose only role is one that this organization made. */
  private static Principal custom(Level level, List<String> grants) {
    Organization acme =
        new Organization(
            "acme",
            Set.of(),
            Map.of(),
            Map.of(level, Map.of("Custom", grants)),
            Map.of(),
            Map.of("api", new Organization.Project("api", Set.of())));
    Set<String> role = Set.of("Custom");
    return new Principal(
        "someone",
        List.of(
            level == Level.ORGANIZATION
                ? new Membership(acme, role, Map.of(), Map.of())
                : new Membership(acme, Set.of(), Map.of(), Map.of("api", role))));
  }

  private static Principal holder(String role) {
    Organization acme = new Organization("acme", Set.of(), Map.of(), Map.of(), Map.of(), Map.of());
    return new Principal(
        "someone", List.of(new Membership(acme, Set.of(role), Map.of(), Map.of())));
  }

  /** Returns the permissions whose own rows let this person through. */
  private static Set<String> allowed(Principal person) {
    return permissions()
        .filter(
            one -> {
              String path = (isOfProject(one) ? "/projects/api/" : "/") + id(one);
              return Authorizer.decide(
                      POLICY,
                      RequestLine.parse("GET", path, "acme.ci.example.com"),
                      HttpFields.none(),
                      Caller.Authenticated.session(person))
                  instanceof Decision.Allow;
            })
        .map(SemaphorePresetTest::id)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @Test
  void the_catalogue_has_every_permission_with_its_level_and_whether_it_is_in_force() {
    assertThat(POLICY.catalog().names()).hasSize(90);
    assertThat(permissions())
        .allSatisfy(
            one -> {
              Permission permission = POLICY.catalog().find(id(one)).orElseThrow();
              assertThat(permission.level().map(Level::word)).contains(one.get("level").asString());
              assertThat(permission.planned()).isEqualTo(!one.get("introduced").asBoolean());
              assertThat(permission.description())
                  .isEqualToIgnoringCase(one.get("description").asString());
            });
    assertThat(INTRODUCED).hasSize(90 - 17);
  }

  @Test
  void a_custom_role_of_one_permission_holds_that_one_and_no_other() {
    for (String permission : INTRODUCED) {
      assertThat(allowed(custom(Level.ORGANIZATION, List.of(permission))))
          .containsExactly(permission);
    }
  }

  @Test
  void a_custom_role_at_a_project_holds_what_is_of_projects() {
    List<String> all = permissions().map(SemaphorePresetTest::id).toList();

    assertThat(allowed(custom(Level.PROJECT, all)))
        .isNotEmpty()
        .allMatch(permission -> permission.startsWith("project."))
        .containsExactlyInAnyOrderElementsOf(
            INTRODUCED.stream().filter(one -> one.startsWith("project.")).toList());
  }

  @Test
  void a_planned_permission_authorises_nothing() {
    List<String> planned =
        permissions()
            .filter(one -> !one.get("introduced").asBoolean())
            .map(SemaphorePresetTest::id)
            .toList();

    assertThat(planned).hasSize(17);
    assertThat(POLICY.catalog().inForce(POLICY.catalog().of(planned)).names()).isEmpty();
    assertThat(allowed(custom(Level.ORGANIZATION, planned))).isEmpty();
  }

  @Test
  void a_planned_permission_is_refused_on_a_token_and_on_a_row() {
    String tokens =
        """
        apiVersion: scopegate/v1
        organizations: { acme: { members: { olga: [Owner] } } }
        tokens: [{ subject: olga, name: t, scopes: [project.secrets.view] }]
        """;
    String row =
        USE
            + """
            places: { organization: { host: org }, project: { path: project } }
            routes:
              - host: "{org}.semaphoreci.com"
                routes:
                  - { match: "GET /secrets/{project}", require: project.secrets.view }
            """;

    assertThat(
            IdentityFile.read("i.yaml", FileSource.of(Map.of("i.yaml", tokens)), POLICY).problems())
        .filteredOn(Problem::isError)
        .singleElement()
        .satisfies(
            problem ->
                assertThat(problem.toString()).contains("`project.secrets.view` is planned"));
    assertThat(read(row).problems())
        .singleElement()
        .satisfies(
            problem ->
                assertThat(problem.toString()).contains("`project.secrets.view` is planned"));
  }

  @Test
  void an_owner_holds_everything_in_force_and_the_roles_grow() {
    Set<String> owner = allowed(holder("Owner"));
    Set<String> admin = allowed(holder("Admin"));
    Set<String> member = allowed(holder("Member"));

    assertThat(owner).isEqualTo(INTRODUCED).containsAll(admin);
    assertThat(admin).containsAll(member).doesNotContain("organization.plans_and_billing.modify");
    assertThat(member).doesNotContain("organization.people.view", "project.job.rerun");
  }

  @Test
  void a_host_of_its_own_takes_the_place_of_the_host_of_the_preset() {
    Policy policy =
        policy(
            """
            apiVersion: scopegate/v1
            use: [{ preset: semaphore, host: "{org}.ci.example.com" }]
            backend: core
            """);

    assertThat(policy.routes().routes())
        .allMatch(row -> row.id().contains(" {org}.ci.example.com/"));
  }

  @Test
  void the_roles_hold_what_those_of_today_hold_as_far_as_the_catalogue_has_it() {
    JsonNode today =
        new JsonMapper().readTree(SharedData.text("systems/semaphore-roles-today.json"));
    JsonNode system = today.get("ce");
    for (Map.Entry<String, JsonNode> role : system.get("roles").properties()) {
      Set<String> theirs = new TreeSet<>();
      each(role.getValue()).forEach(one -> theirs.addAll(inTheCatalogue(one.asString())));
      assertThat(theirs).hasSizeGreaterThan(20);
      // Both of theirs that run the organization hold the same; our owner holds the rest too.
      assertThat(allowed(holder(role.getKey())))
          .as(role.getKey())
          .containsAll(theirs)
          .satisfies(
              ours -> {
                if (!role.getKey().equals("Owner")) {
                  assertThat(ours).isEqualTo(theirs);
                }
              });
    }
  }

  /** Returns what stands in the catalogue, in force, for a permission of today. */
  private static Set<String> inTheCatalogue(String today) {
    if (!today.endsWith(".manage")) {
      return INTRODUCED.contains(today) ? Set.of(today) : Set.of();
    }
    String resource =
        today
            .substring(0, today.length() - ".manage".length())
            .replace("project.access", "project.people");
    Set<String> others = Set.of("view", "run_manually");
    return INTRODUCED.stream()
        .filter(one -> one.startsWith(resource + "."))
        .filter(one -> !others.contains(one.substring(resource.length() + 1)))
        .filter(one -> one.indexOf('.', resource.length() + 1) < 0)
        .collect(Collectors.toSet());
  }

  @Test
  void every_row_of_the_public_api_asks_what_it_asks_today_or_a_part_of_it_or_is_refused() {
    JsonNode today =
        new JsonMapper().readTree(SharedData.text("systems/semaphore-routes-today.json"));
    Map<String, List<Route>> byMatch = rows();
    List<String> wrong = new ArrayList<>();
    Set<String> met = new HashSet<>();
    for (JsonNode row : today.get("rows")) {
      String match = row.get("method").asString() + " " + anonymous(row.get("path").asString());
      met.add(match);
      Set<String> asked = asked(row);
      List<Route> rows = byMatch.getOrDefault(match, List.of());
      if (!rows.stream().allMatch(ours -> isAsToday(ours, asked, row))
          || rows.isEmpty() != hasNoRow(asked, row)) {
        wrong.add(match + " " + asked);
      }
    }

    assertThat(wrong).isEmpty();
    assertThat(met).containsAll(byMatch.keySet());
    assertThat(each(today.get("rows")))
        .hasSize(145)
        .filteredOn(row -> hasNoRow(asked(row), row))
        .hasSize(36);
  }

  private static Set<String> asked(JsonNode row) {
    return each(row.get("all_of")).map(JsonNode::asString).collect(Collectors.toSet());
  }

  private static boolean hasNoRow(Set<String> asked, JsonNode row) {
    return asked.stream().anyMatch(WITHOUT_A_ROW::contains)
        || row.get("path").asString().endsWith("/organizations");
  }

  private static boolean isAsToday(Route ours, Set<String> asked, JsonNode row) {
    if (!(ours.rule() instanceof Rule.Permitted permitted)) {
      return asked.isEmpty() && ours.rule() instanceof Rule.Public == row.has("public");
    }
    Set<String> required = required(permitted);
    Set<String> possible = new TreeSet<>();
    asked.forEach(one -> possible.addAll(inTheCatalogue(one)));
    if (INTRODUCED.containsAll(asked)) {
      // Two readings are stricter than today: a log may come from an artifact, and pipelines that
      // are only validated may be one of somebody's.
      return required.containsAll(asked)
          && (required.equals(asked) || ours.id().contains("/logs/"));
    }
    return possible.isEmpty() || possible.containsAll(required);
  }

  private static Set<String> required(Rule.Permitted rule) {
    Set<String> names = new TreeSet<>();
    rule.requirement()
        .alternatives()
        .forEach(
            alternative -> {
              names.addAll(alternative.here().names());
              alternative.elsewhere().values().forEach(set -> names.addAll(set.names()));
            });
    return names;
  }

  /** Returns the rows by method and path, whatever their parameters are called. */
  private static Map<String, List<Route>> rows() {
    Map<String, List<Route>> rows = new HashMap<>();
    for (Route route : POLICY.routes().routes()) {
      if (route.id().contains("{org}.semaphoreci.com")) {
        for (String method : route.methods()) {
          rows.computeIfAbsent(
                  method + " " + anonymous(route.path().text()), match -> new ArrayList<>())
              .add(route);
        }
      }
    }
    return rows;
  }

  private static String anonymous(String template) {
    return template.replaceAll("\\{[^}]*}", "{}");
  }
}
