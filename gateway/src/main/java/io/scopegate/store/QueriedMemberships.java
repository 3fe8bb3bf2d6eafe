package io.scopegate.store;

import io.scopegate.policy.Membership;
import io.scopegate.policy.Organization;
import io.scopegate.policy.Principal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;

/** Adds what a database of others says to what a subject holds. Immutable. */
final class QueriedMemberships {
  private final Function<String, Optional<Organization>> organizations;

  /**
   * Adds to the organizations that are known; one that is not known has what the rows name.
   *
   * @param organizations by id or alias
   */
  QueriedMemberships(Function<String, Optional<Organization>> organizations) {
    this.organizations = organizations;
  }

  /** Returns the same subject, holding what these rows say as well. */
  Principal with(Principal principal, List<QueriedDatabase.Held> rows) {
    Map<String, Membership> byOrganization = new TreeMap<>();
    principal
        .memberships()
        .forEach(membership -> byOrganization.put(membership.organization().id(), membership));
    Map<String, List<QueriedDatabase.Held>> added = new TreeMap<>();
    Map<String, Organization> named = new HashMap<>();
    for (QueriedDatabase.Held row : rows) {
      Organization organization =
          named.computeIfAbsent(
              row.organization(), name -> organizations.apply(name).orElseGet(() -> bare(name)));
      added.computeIfAbsent(organization.id(), id -> new ArrayList<>()).add(row);
      byOrganization.putIfAbsent(
          organization.id(), new Membership(organization, Set.of(), Map.of(), Map.of()));
    }
    added.forEach(
        (id, some) ->
            byOrganization.computeIfPresent(id, (same, held) -> new Sum(held).with(some)));
    return new Principal(principal.subject(), List.copyOf(byOrganization.values()));
  }

  private static Organization bare(String id) {
    return new Organization(id, Set.of(), Map.of(), Map.of(), Map.of(), Map.of());
  }

  /** A membership that grows. */
  private static final class Sum {
    private final Organization organization;
    private final Set<String> roles;
    private final Map<String, Set<String>> teamRoles;
    private final Map<String, Set<String>> projectRoles;
    private final Map<String, Organization.Team> teams;
    private final Map<String, Organization.Project> projects;

    Sum(Membership start) {
      this.organization = start.organization();
      this.roles = new HashSet<>(start.roles());
      this.teamRoles = new HashMap<>(start.teams());
      this.projectRoles = new HashMap<>(start.projects());
      this.teams = new HashMap<>(organization.teams());
      this.projects = new HashMap<>(organization.projects());
    }

    Membership with(List<QueriedDatabase.Held> rows) {
      rows.forEach(this::add);
      Organization whole =
          new Organization(
              organization.id(),
              organization.aliases(),
              organization.settings(),
              organization.customRoles(),
              teams,
              projects);
      return new Membership(whole, roles, teamRoles, projectRoles);
    }

    private void add(QueriedDatabase.Held row) {
      Optional<String> team = row.team().map(this::team);
      Optional<String> project = row.project().map(this::project);
      if (team.isPresent() && project.isPresent()) {
        Organization.Team owner = teams.get(team.get());
        if (owner != null) {
          Set<String> owned = new HashSet<>(owner.projects());
          owned.add(project.get());
          teams.put(owner.id(), new Organization.Team(owner.id(), owner.aliases(), owned));
        }
      } else if (team.isPresent()) {
        addRole(teamRoles, team.get(), row);
      } else if (project.isPresent()) {
        addRole(projectRoles, project.get(), row);
      } else {
        roles.addAll(row.role().stream().toList());
      }
    }

    private static void addRole(
        Map<String, Set<String>> held, String place, QueriedDatabase.Held row) {
      Set<String> all = new HashSet<>(held.getOrDefault(place, Set.of()));
      all.addAll(row.role().stream().toList());
      held.put(place, all);
    }

    private String team(String name) {
      Optional<Organization.Team> known = organization.team(name);
      if (known.isPresent()) {
        return known.get().id();
      }
      teams.putIfAbsent(name, new Organization.Team(name, Set.of(), Set.of()));
      return name;
    }

    private String project(String name) {
      Optional<Organization.Project> known = organization.project(name);
      if (known.isPresent()) {
        return known.get().id();
      }
      projects.putIfAbsent(name, new Organization.Project(name, Set.of()));
      return name;
    }
  }
}
