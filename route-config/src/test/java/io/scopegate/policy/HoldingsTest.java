package io.scopegate.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.scopegate.file.FileSource;
import io.scopegate.file.PolicyReader;
import io.scopegate.permission.PermissionSet;
import io.scopegate.route.CredentialKind;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What a caller holds where no request has named a place. */
class HoldingsTest {
  private static final String ROUTES =
      """
      apiVersion: scopegate/v1
      permissions: { read: Read, write: Write }
      roles:
        organization: { MEMBER: { grants: [read, write] }, GUEST: {} }
        team: { CORE: {} }
        project: { ADMIN: { grants: [write] } }
      places: { organization: [{ path: org }], project: { path: project, reach: REACH } }
      backend: core
      routes: [{ match: "GET /{org}/{project}", require: read }]
      """;
  private static final Organization.Project API = new Organization.Project("api", Set.of());
  private static final Organization.Project WEB = new Organization.Project("web", Set.of());
  private static final Organization.Project OPS = new Organization.Project("ops", Set.of());
  private static final Organization.Team CORE =
      new Organization.Team("core", Set.of(), Set.of("web"));
  private static final Organization ACME =
      new Organization(
          "acme",
          Set.of(),
          Map.of(),
          Map.of(),
          Map.of("core", CORE),
          Map.of("api", API, "web", WEB, "ops", OPS));

  private static Membership membership(String role) {
    return new Membership(
        ACME, Set.of(role), Map.of("core", Set.of("CORE")), Map.of("api", Set.of("ADMIN")));
  }

  private static Holdings holdings(String reach, List<String> scopes, Bounds bounds) {
    Policy policy =
        PolicyReader.read(
                "routes.yaml",
                FileSource.of(Map.of("routes.yaml", ROUTES.replace("REACH", reach))),
                Optional.empty())
            .policy()
            .orElseThrow();
    Principal principal = new Principal("bob", List.of(membership("MEMBER")));
    return new Holdings(
        policy,
        new Caller.Authenticated(
            principal, Delegation.of(scopes, bounds, policy), CredentialKind.TOKEN, "t"));
  }

  private static List<String> effective(Grants grants) {
    return grants.effective().map(PermissionSet::names).orElseThrow();
  }

  @Test
  void what_is_effective_is_what_roles_and_scopes_share() {
    Holdings all = holdings("members", List.of("*"), Bounds.none());
    Membership member = membership("MEMBER");
    assertThat(effective(all.at(member))).containsExactly("read", "write");
    assertThat(effective(all.at(membership("GUEST")))).isEmpty();
    assertThat(effective(all.atProject(membership("GUEST"), API))).containsExactly("write");
    Holdings reader = holdings("members", List.of("read"), Bounds.none());
    assertThat(effective(reader.at(member))).containsExactly("read");
    assertThat(effective(reader.atProject(membership("GUEST"), API))).isEmpty();
    assertThat(reader.atTeam(member, CORE).roles())
        .containsExactly("organization:MEMBER", "team:CORE");
  }

  @Test
  void nothing_is_effective_outside_the_bounds() {
    Membership member = membership("MEMBER");
    Holdings elsewhere = holdings("members", List.of("*"), Bounds.organization("globex"));
    assertThat(elsewhere.memberships()).isEmpty();
    assertThat(effective(elsewhere.at(member))).isEmpty();
    Holdings toApi = holdings("members", List.of("*"), Bounds.projects("acme", List.of("api")));
    assertThat(toApi.memberships()).hasSize(1);
    assertThat(effective(toApi.at(member))).isEmpty();
    assertThat(effective(toApi.atTeam(member, CORE))).isEmpty();
    assertThat(effective(toApi.atProject(member, WEB))).isEmpty();
    assertThat(effective(toApi.atProject(member, API))).containsExactly("read", "write");
  }

  @Test
  void a_project_is_reached_by_a_role_there_by_its_team_or_where_a_row_opens_it() {
    Holdings members = holdings("members", List.of("*"), Bounds.none());
    Membership member = membership("MEMBER");
    assertThat(members.reaches(member, API)).isTrue();
    assertThat(members.reaches(member, WEB)).isTrue();
    assertThat(members.reaches(member, OPS)).isFalse();
    assertThat(holdings("organization", List.of("*"), Bounds.none()).reaches(member, OPS)).isTrue();
  }

  @Test
  void bounds_contain_what_is_no_wider() {
    Bounds acme = Bounds.organization("acme");
    Bounds two = Bounds.projects("acme", List.of("api", "web"));
    Bounds one = Bounds.projects("acme", List.of("api"));
    List<Bounds> wideToNarrow = List.of(Bounds.none(), acme, two, one);
    for (int i = 0; i < wideToNarrow.size(); i++) {
      for (int j = 0; j < wideToNarrow.size(); j++) {
        assertThat(wideToNarrow.get(i).contains(wideToNarrow.get(j))).isEqualTo(i <= j);
      }
    }
    assertThat(acme.contains(Bounds.organization("globex"))).isFalse();
    assertThat(two.contains(Bounds.projects("globex", List.of("api")))).isFalse();
  }
}
