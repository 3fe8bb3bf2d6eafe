package io.scopegate.authn.session;

import io.scopegate.policy.Membership;
import io.scopegate.policy.Organization;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * The roles that a token claims for its subject in one organization. Immutable.
 *
 * @param organization its id, or an alias
 * @param roles at the organization
 * @param teams per team the roles there
 * @param projects per project the roles there
 */
record ClaimedRoles(
    String organization,
    Set<String> roles,
    Map<String, Set<String>> teams,
    Map<String, Set<String>> projects) {
  /** Copies what it is given. */
  ClaimedRoles {
    roles = Set.copyOf(roles);
    teams = Map.copyOf(teams);
    projects = Map.copyOf(projects);
  }

  /**
   * Returns the membership that this makes.
   *
   * @param known the organization as the store has it; without it, there is what the token names
   */
  Membership in(Optional<Organization> known) {
    return known.isPresent()
        ? new Membership(known.get(), roles, teamsOf(known.get()), projectsOf(known.get()))
        : new Membership(named(), roles, teams, projects);
  }

  /** Roles at a team that the store does not have there count nowhere. */
  private Map<String, Set<String>> teamsOf(Organization known) {
    Map<String, Set<String>> byId = new TreeMap<>();
    teams.forEach(
        (name, held) -> known.team(name).ifPresent(team -> byId.putIfAbsent(team.id(), held)));
    return byId;
  }

  private Map<String, Set<String>> projectsOf(Organization known) {
    Map<String, Set<String>> byId = new TreeMap<>();
    projects.forEach(
        (name, held) ->
            known.project(name).ifPresent(project -> byId.putIfAbsent(project.id(), held)));
    return byId;
  }

  private Organization named() {
    Map<String, Organization.Team> namedTeams = new TreeMap<>();
    teams.keySet().forEach(id -> namedTeams.put(id, new Organization.Team(id, Set.of(), Set.of())));
    Map<String, Organization.Project> namedProjects = new TreeMap<>();
    projects.keySet().forEach(id -> namedProjects.put(id, new Organization.Project(id, Set.of())));
    return new Organization(organization, Set.of(), Map.of(), Map.of(), namedTeams, namedProjects);
  }
}
