package io.scopegate.self;

import io.scopegate.permission.PermissionSet;
import io.scopegate.policy.Bounds;
import io.scopegate.policy.Caller;
import io.scopegate.policy.Grants;
import io.scopegate.policy.Holdings;
import io.scopegate.policy.Membership;
import io.scopegate.policy.Organization;
import io.scopegate.policy.Policy;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;

/** What a caller is, may, and may know under one policy. Immutable. */
final class Account {
  private final Caller.Authenticated caller;
  private final Holdings holdings;

  Account(Policy policy, Caller.Authenticated caller) {
    this.caller = caller;
    this.holdings = new Holdings(policy, caller);
  }

  /** Returns the caller as JSON: only what lies within the bounds of the credential. */
  Map<String, Object> fields() {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("subject", caller.principal().subject());
    fields.put("credential", caller.kind().word());
    fields.put("token", caller.tokenId());
    fields.put("scopes", caller.delegation().scopes());
    fields.put("organizations", holdings.memberships().stream().map(this::organization).toList());
    return fields;
  }

  private Map<String, Object> organization(Membership membership) {
    Organization place = membership.organization();
    Map<String, Object> fields = fields(place.id(), holdings.at(membership));
    Bounds bounds = caller.delegation().bounds();
    boolean toProjects = !bounds.projects().isEmpty();
    fields.put(
        "teams",
        list(
            toProjects ? List.of() : membership.teams().keySet(),
            id -> place.team(id).map(team -> fields(id, holdings.atTeam(membership, team)))));
    fields.put(
        "projects",
        list(
            toProjects ? bounds.projects() : membership.projects().keySet(),
            id ->
                place
                    .project(id)
                    .filter(project -> holdings.reaches(membership, project))
                    .map(project -> fields(id, holdings.atProject(membership, project)))));
    return fields;
  }

  private static List<Map<String, Object>> list(
      Collection<String> ids, Function<String, Optional<Map<String, Object>>> fields) {
    List<Map<String, Object>> all = new ArrayList<>();
    new TreeSet<>(ids).forEach(id -> fields.apply(id).ifPresent(all::add));
    return all;
  }

  private static Map<String, Object> fields(String id, Grants grants) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("id", id);
    fields.put("roles", grants.roles());
    fields.put("effective", grants.effective().map(PermissionSet::names).orElse(List.of()));
    return fields;
  }

  /**
   * Returns an organization that the caller has a role in, with the projects that its roles reach:
   * what is not there for it on any row must not be told by a message about a token either.
   */
  Optional<Organization> organization(String name) {
    return caller.principal().memberships().stream()
        .filter(each -> each.organization().isCalled(name))
        .findFirst()
        .map(this::known);
  }

  private Organization known(Membership membership) {
    Organization whole = membership.organization();
    Map<String, Organization.Project> projects = new HashMap<>(whole.projects());
    projects.values().removeIf(project -> !holdings.reaches(membership, project));
    return new Organization(whole.id(), whole.aliases(), Map.of(), Map.of(), Map.of(), projects);
  }
}
