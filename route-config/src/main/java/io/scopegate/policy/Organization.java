package io.scopegate.policy;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What is known of an organization, as names; outlives a reload. Immutable.
 *
 * @param id its id
 * @param aliases other names of it
 * @param settings the switches that it has set
 * @param customRoles its own roles: per level, per name, the permissions
 * @param teams by id
 * @param projects by id
 */
public record Organization(
    String id,
    Set<String> aliases,
    Map<String, Boolean> settings,
    Map<io.scopegate.permission.Level, Map<String, List<String>>> customRoles,
    Map<String, Team> teams,
    Map<String, Project> projects) {

  /** Copies what it is given. */
  public Organization {
    aliases = Set.copyOf(aliases);
    settings = Map.copyOf(settings);
    customRoles = Map.copyOf(customRoles);
    teams = Map.copyOf(teams);
    projects = Map.copyOf(projects);
  }

  /**
   * A team.
   *
   * @param aliases other names of it
   * @param projects the ids of the projects that it owns
   */
  public record Team(String id, Set<String> aliases, Set<String> projects) {
    /** Copies what it is given. */
    public Team {
      aliases = Set.copyOf(aliases);
      projects = Set.copyOf(projects);
    }
  }

  /**
   * A project.
   *
   * @param aliases other names of it
   */
  public record Project(String id, Set<String> aliases) {
    /** Copies what it is given. */
    public Project {
      aliases = Set.copyOf(aliases);
    }
  }

  /** Says whether a request that names this means the organization. */
  public boolean isCalled(String name) {
    return id.equals(name) || aliases.contains(name);
  }

  /** Returns the team of this id or alias. */
  public Optional<Team> team(String name) {
    Team byId = teams.get(name);
    return byId != null
        ? Optional.of(byId)
        : teams.values().stream().filter(team -> team.aliases().contains(name)).findFirst();
  }

  /** Returns the project of this id or alias. */
  public Optional<Project> project(String name) {
    Project byId = projects.get(name);
    return byId != null
        ? Optional.of(byId)
        : projects.values().stream()
            .filter(project -> project.aliases().contains(name))
            .findFirst();
  }
}
