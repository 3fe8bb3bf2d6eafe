package io.scopegate.store;

import io.scopegate.permission.Level;
import io.scopegate.policy.Identities;
import io.scopegate.policy.Organization;
import io.scopegate.store.IdentityStore.StoreConflict;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Organizations as rows: what they are called, their settings, their teams and projects. Confined
 * to the thread that has the connection.
 */
final class OrganizationRows {
  private final Sql sql;

  OrganizationRows(Sql sql) {
    this.sql = sql;
  }

  private record Name(String level, String place, String name) {}

  private record Ownership(String team, String project) {}

  /** Returns the id of the organization of this id or alias. */
  Optional<String> idOf(String name) throws SQLException {
    return sql.first(
        "SELECT organization FROM organization_name WHERE name = ?", row -> row.getString(1), name);
  }

  /** Returns what the rows about this organization were changed at last. */
  long versionOf(String id) throws SQLException {
    return sql.first("SELECT version FROM organization WHERE id = ?", row -> row.getLong(1), id)
        .orElse(0L);
  }

  /** Notes what the rows about these organizations are changed at. */
  void putVersion(Collection<String> ids, long version) throws SQLException {
    sql.updateAll(
        "UPDATE organization SET version = ? WHERE id = ?",
        ids.stream().map(id -> new @Nullable Object[] {version, id}).toList());
  }

  /** Returns the id of the team or project of this id or alias. */
  Optional<String> placeIdOf(String organization, Level level, String name) throws SQLException {
    return sql.first(
        "SELECT place FROM place_name WHERE organization = ? AND level = ? AND name = ?",
        row -> row.getString(1),
        organization,
        level.word(),
        name);
  }

  /** Returns the organization of this id. */
  Organization read(String id) throws SQLException {
    Map<Level, Map<String, Set<String>>> names = placeNames(id);
    Map<String, Set<String>> owned = new HashMap<>();
    sql.all(
            "SELECT team, project FROM ownership WHERE organization = ?",
            row -> new Ownership(row.getString(1), row.getString(2)),
            id)
        .forEach(
            row -> owned.computeIfAbsent(row.team(), team -> new HashSet<>()).add(row.project()));
    Map<String, Organization.Team> teams = new HashMap<>();
    names
        .getOrDefault(Level.TEAM, Map.of())
        .forEach(
            (team, aliases) ->
                teams.put(
                    team,
                    new Organization.Team(team, aliases, owned.getOrDefault(team, Set.of()))));
    Map<String, Organization.Project> projects = new HashMap<>();
    names
        .getOrDefault(Level.PROJECT, Map.of())
        .forEach(
            (project, aliases) ->
                projects.put(project, new Organization.Project(project, aliases)));
    Set<String> aliases =
        Set.copyOf(
            sql.all(
                "SELECT name FROM organization_name WHERE organization = ? AND name <> ?",
                row -> row.getString(1),
                id,
                id));
    return sql.first(
            "SELECT settings, custom_roles FROM organization WHERE id = ?",
            row ->
                new Organization(
                    id,
                    aliases,
                    JsonText.switches(row.getString(1)),
                    JsonText.customRoles(row.getString(2)),
                    teams,
                    projects),
            id)
        .orElseThrow(() -> new StoreFailure("organization `" + id + "` is not in the store"));
  }

  private Map<Level, Map<String, Set<String>>> placeNames(String organization) throws SQLException {
    Map<Level, Map<String, Set<String>>> names = new HashMap<>();
    List<Name> rows =
        sql.all(
            "SELECT level, place, name FROM place_name WHERE organization = ?",
            row -> new Name(row.getString(1), row.getString(2), row.getString(3)),
            organization);
    for (Name row : rows) {
      Set<String> aliases =
          names
              .computeIfAbsent(Level.of(row.level()).orElseThrow(), level -> new HashMap<>())
              .computeIfAbsent(row.place(), place -> new HashSet<>());
      if (!row.name().equals(row.place())) {
        aliases.add(row.name());
      }
    }
    return names;
  }

  /** Returns the id of an organization, which is made if it is not there. */
  String require(String name, Effects effects) throws SQLException {
    Optional<String> id = idOf(name);
    if (id.isPresent()) {
      return id.get();
    }
    insert(name);
    effects.organization(name);
    return name;
  }

  /** Returns the id of a team or project, which is made if it is not there. */
  String requirePlace(
      String organization, Level level, String name, ProjectNames names, Effects effects)
      throws SQLException {
    Optional<String> id = placeIdOf(organization, level, name);
    if (id.isPresent()) {
      return id.get();
    }
    if (level == Level.PROJECT && names == ProjectNames.OF_STORE) {
      Optional<String> other =
          sql.first(
              "SELECT organization FROM place_name WHERE level = ? AND name = ?",
              row -> row.getString(1),
              level.word(),
              name);
      if (other.isPresent()) {
        throw taken(name, organization, other.get());
      }
    }
    insertPlace(organization, level, name);
    effects.organization(organization);
    return name;
  }

  /** Refuses these organizations if another one has a project of the name of one of theirs. */
  void requireProjectsTellOrganization(Collection<String> ids) throws SQLException {
    for (List<String> some : Sql.batches(ids)) {
      List<String> clash =
          sql.first(
                  "SELECT a.name, a.organization, b.organization FROM place_name a"
                      + " JOIN place_name b ON b.name = a.name AND b.level = a.level"
                      + " AND b.organization <> a.organization"
                      + " WHERE a.level = 'project' AND a.organization IN "
                      + Sql.places(some.size())
                      + " ORDER BY a.name, a.organization, b.organization",
                  row -> List.of(row.getString(1), row.getString(2), row.getString(3)),
                  some.toArray())
              .orElse(List.of());
      if (!clash.isEmpty()) {
        throw taken(clash.get(0), clash.get(1), clash.get(2));
      }
    }
  }

  private static StoreConflict taken(String name, String organization, String other) {
    return new StoreConflict(
        "`%s` cannot name a project of organization `%s`: it names one of `%s`, and routes learn the"
                .formatted(name, organization, other)
            + " organization from the project");
  }

  private void insert(String id) throws SQLException {
    Names.requirePlace(Level.ORGANIZATION, id);
    sql.update("INSERT INTO organization (id, settings, custom_roles) VALUES (?, '{}', '{}')", id);
    insertName(id, id);
  }

  private void insertPlace(String organization, Level level, String id) throws SQLException {
    Names.requirePlace(level, id);
    insertPlaceName(organization, level, id, id);
  }

  /** Lets a team own a project; says whether it did not before. */
  boolean insertOwnership(String organization, String team, String project) throws SQLException {
    return sql.update(
            "INSERT INTO ownership (organization, team, project) VALUES (?, ?, ?)"
                + " ON CONFLICT DO NOTHING",
            organization,
            team,
            project)
        > 0;
  }

  /** Ends that a team owns a project; says whether it did. */
  boolean deleteOwnership(String organization, String team, String project) throws SQLException {
    return sql.update(
            "DELETE FROM ownership WHERE organization = ? AND team = ? AND project = ?",
            organization,
            team,
            project)
        > 0;
  }

  /** Deletes an organization with all memberships in it, if it is there. */
  void delete(String id) throws SQLException {
    sql.update("DELETE FROM organization WHERE id = ?", id);
    for (String table : List.of("organization_name", "place_name", "ownership", "membership")) {
      sql.update("DELETE FROM " + table + " WHERE organization = ?", id);
    }
  }

  /** Inserts an organization of a file with all memberships in it. */
  void insert(Identities.Entry entry) throws SQLException {
    Organization organization = entry.organization();
    String id = organization.id();
    insert(id);
    sql.update(
        "UPDATE organization SET settings = ?, custom_roles = ? WHERE id = ?",
        JsonText.of(organization.settings()),
        JsonText.of(organization.customRoles()),
        id);
    for (String alias : organization.aliases()) {
      insertName(id, alias);
    }
    for (Organization.Project project : organization.projects().values()) {
      insertPlace(id, Level.PROJECT, project.id());
      for (String alias : project.aliases()) {
        insertPlaceName(id, Level.PROJECT, project.id(), alias);
      }
    }
    for (Organization.Team team : organization.teams().values()) {
      insertPlace(id, Level.TEAM, team.id());
      for (String alias : team.aliases()) {
        insertPlaceName(id, Level.TEAM, team.id(), alias);
      }
      for (String project : team.projects()) {
        insertOwnership(id, team.id(), project);
      }
    }
  }

  private void insertName(String organization, String name) throws SQLException {
    Optional<String> taken = idOf(name);
    if (taken.isPresent()) {
      throw new StoreConflict(
          "`%s` cannot name organization `%s`: it names `%s`"
              .formatted(name, organization, taken.get()));
    }
    Names.requirePlace(Level.ORGANIZATION, name);
    sql.update(
        "INSERT INTO organization_name (name, organization) VALUES (?, ?)", name, organization);
  }

  private void insertPlaceName(String organization, Level level, String place, String name)
      throws SQLException {
    Optional<String> taken = placeIdOf(organization, level, name);
    if (taken.isPresent()) {
      throw new StoreConflict(
          "`%s` cannot name %s `%s` of organization `%s`: it names `%s`"
              .formatted(name, level.word(), place, organization, taken.get()));
    }
    Names.requirePlace(level, name);
    sql.update(
        "INSERT INTO place_name (organization, level, name, place) VALUES (?, ?, ?, ?)",
        organization,
        level.word(),
        name,
        place);
  }
}
