package io.scopegate.policy;

import io.scopegate.permission.Level;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What is known of an organization, as names; outlives a reload. Immutable. */
public final class Organization {
  private final String id;
  private final Set<String> aliases;
  private final Map<String, Boolean> settings;
  private final Map<Level, Map<String, List<String>>> customRoles;
  private final Map<String, Team> teams;
  private final Map<String, Project> projects;
  private final Map<String, Team> teamsByAlias = new HashMap<>();
  private final Map<String, Project> projectsByAlias = new HashMap<>();
  private final Map<String, List<Team>> owners = new HashMap<>();

  /**
   * Makes an organization.
   *
   * @param id its id
   * @param aliases other names of it
   * @param settings the switches that it has set
   * @param customRoles its own roles: per level, per name, the permissions
   * @param teams by id
   * @param projects by id
   */
  public Organization(
      String id,
      Set<String> aliases,
      Map<String, Boolean> settings,
      Map<Level, Map<String, List<String>>> customRoles,
      Map<String, Team> teams,
      Map<String, Project> projects) {
    this.id = id;
    this.aliases = Set.copyOf(aliases);
    this.settings = Map.copyOf(settings);
    this.customRoles = Map.copyOf(customRoles);
    this.teams = Map.copyOf(teams);
    this.projects = Map.copyOf(projects);
    for (Team team : this.teams.values()) {
      team.aliases().forEach(alias -> teamsByAlias.put(alias, team));
      for (String project : team.projects()) {
        owners.computeIfAbsent(project, key -> new ArrayList<>()).add(team);
      }
    }
    for (Project project : this.projects.values()) {
      project.aliases().forEach(alias -> projectsByAlias.put(alias, project));
    }
  }

  /**
   * A team. Immutable.
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
   * A project. Immutable.
   *
   * @param aliases other names of it
   */
  public record Project(String id, Set<String> aliases) {
    /** Copies what it is given. */
    public Project {
      aliases = Set.copyOf(aliases);
    }
  }

  /** Returns its id. */
  public String id() {
    return id;
  }

  /** Returns its other names. */
  public Set<String> aliases() {
    return aliases;
  }

  /** Returns the switches that it has set. */
  public Map<String, Boolean> settings() {
    return settings;
  }

  /** Returns its own roles: per level, per name, the permissions. */
  public Map<Level, Map<String, List<String>>> customRoles() {
    return customRoles;
  }

  /** Returns its teams by id. */
  public Map<String, Team> teams() {
    return teams;
  }

  /** Returns its projects by id. */
  public Map<String, Project> projects() {
    return projects;
  }

  /** Says whether a request that names this means the organization. */
  public boolean isCalled(String name) {
    return id.equals(name) || aliases.contains(name);
  }

  /** Returns the team of this id or alias. */
  public Optional<Team> team(String name) {
    Team team = teams.get(name);
    return Optional.ofNullable(team != null ? team : teamsByAlias.get(name));
  }

  /** Returns the project of this id or alias. */
  public Optional<Project> project(String name) {
    Project project = projects.get(name);
    return Optional.ofNullable(project != null ? project : projectsByAlias.get(name));
  }

  /** Returns the teams that own the project of this id. */
  public List<Team> owners(String projectId) {
    return owners.getOrDefault(projectId, List.of());
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Organization that
        && id.equals(that.id)
        && aliases.equals(that.aliases)
        && settings.equals(that.settings)
        && customRoles.equals(that.customRoles)
        && teams.equals(that.teams)
        && projects.equals(that.projects);
  }

  @Override
  public int hashCode() {
    return Objects.hash(id, teams, projects);
  }

  @Override
  public String toString() {
    return "Organization[" + id + "]";
  }
}
