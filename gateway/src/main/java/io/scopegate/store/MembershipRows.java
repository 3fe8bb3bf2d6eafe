package io.scopegate.store;

import io.scopegate.permission.Level;
import io.scopegate.policy.Identities;
import io.scopegate.policy.Membership;
import io.scopegate.policy.Organization;
import io.scopegate.policy.Principal;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Subjects and what they hold, as rows. Confined to the thread that has the connection. */
final class MembershipRows {
  private final Sql sql;

  MembershipRows(Sql sql) {
    this.sql = sql;
  }

  /** A row; without an organization it says that the subject is disabled. */
  private record Held(
      String subject,
      Optional<String> organization,
      long version,
      Level level,
      String place,
      Set<String> roles) {}

  /** Knows organizations by id and by the version that the memberships are of. */
  interface Organizations {
    Organization of(String id, long version) throws SQLException;
  }

  /** Returns what each subject holds, ordered by organization; empty for a disabled one. */
  Map<String, Optional<Principal>> principals(
      Collection<String> subjects, Organizations organizations) throws SQLException {
    Map<String, Optional<Principal>> principals = new HashMap<>();
    for (List<String> some : Sql.batches(subjects)) {
      Map<String, List<Held>> bySubject =
          held(some).stream().collect(Collectors.groupingBy(Held::subject));
      for (String subject : some) {
        if (!principals.containsKey(subject)) {
          List<Held> rows = bySubject.getOrDefault(subject, List.of());
          principals.put(subject, principal(subject, rows, organizations));
        }
      }
    }
    return principals;
  }

  /** One statement, so that what it brings is of one moment. */
  private List<Held> held(List<String> subjects) throws SQLException {
    String places = Sql.places(subjects.size());
    List<String> twice = new ArrayList<>(subjects);
    twice.addAll(subjects);
    return sql.all(
        "SELECT m.subject, m.organization, o.version, m.level, m.place, m.roles"
            + " FROM membership m JOIN organization o ON o.id = m.organization"
            + " WHERE m.subject IN "
            + places
            + " UNION ALL SELECT id, NULL, 0, 'organization', '', '[]' FROM subject"
            + " WHERE disabled = 1 AND id IN "
            + places,
        row ->
            new Held(
                row.getString(1),
                Optional.ofNullable(row.getString(2)),
                row.getLong(3),
                Level.of(row.getString(4)).orElseThrow(),
                row.getString(5),
                Set.copyOf(JsonText.names(row.getString(6)))),
        twice.toArray());
  }

  private static Optional<Principal> principal(
      String subject, List<Held> rows, Organizations organizations) throws SQLException {
    if (rows.stream().anyMatch(row -> row.organization().isEmpty())) {
      return Optional.empty();
    }
    Map<String, List<Held>> byOrganization =
        rows.stream()
            .collect(
                Collectors.groupingBy(
                    row -> row.organization().orElseThrow(), TreeMap::new, Collectors.toList()));
    List<Membership> memberships = new ArrayList<>();
    for (var held : byOrganization.entrySet()) {
      Organization organization = organizations.of(held.getKey(), held.getValue().get(0).version());
      membership(organization, held.getValue()).ifPresent(memberships::add);
    }
    return Optional.of(new Principal(subject, memberships));
  }

  private static Optional<Membership> membership(Organization organization, List<Held> rows) {
    Set<String> roles = Set.of();
    Map<String, Set<String>> teams = new HashMap<>();
    Map<String, Set<String>> projects = new HashMap<>();
    for (Held row : rows) {
      switch (row.level()) {
        case ORGANIZATION -> roles = row.roles();
        case TEAM -> teams.put(row.place(), row.roles());
        case PROJECT -> projects.put(row.place(), row.roles());
      }
    }
    return roles.isEmpty() && teams.isEmpty() && projects.isEmpty()
        ? Optional.empty()
        : Optional.of(new Membership(organization, roles, teams, projects));
  }

  void put(String organization, Level level, String place, String subject, Collection<String> roles)
      throws SQLException {
    Names.requireSubject(subject);
    Names.requireRoles(roles);
    sql.update(
        "INSERT INTO membership (organization, level, place, subject, roles)"
            + " VALUES (?, ?, ?, ?, ?)"
            + " ON CONFLICT (organization, level, place, subject)"
            + " DO UPDATE SET roles = excluded.roles",
        organization,
        level.word(),
        place,
        subject,
        JsonText.ofSorted(roles));
  }

  void put(Identities.Entry entry) throws SQLException {
    String organization = entry.organization().id();
    putAll(organization, Level.ORGANIZATION, organization, entry.members());
    for (var team : entry.teamMembers().entrySet()) {
      putAll(organization, Level.TEAM, team.getKey(), team.getValue());
    }
    for (var project : entry.projectMembers().entrySet()) {
      putAll(organization, Level.PROJECT, project.getKey(), project.getValue());
    }
  }

  private void putAll(
      String organization, Level level, String place, Map<String, Set<String>> members)
      throws SQLException {
    for (var member : members.entrySet()) {
      put(organization, level, place, member.getKey(), member.getValue());
    }
  }

  boolean delete(String organization, Level level, String place, String subject)
      throws SQLException {
    return sql.update(
            "DELETE FROM membership"
                + " WHERE organization = ? AND level = ? AND place = ? AND subject = ?",
            organization,
            level.word(),
            place,
            subject)
        > 0;
  }

  void putSubject(String subject, boolean disabled) throws SQLException {
    Names.requireSubject(subject);
    sql.update(
        "INSERT INTO subject (id, disabled) VALUES (?, ?)"
            + " ON CONFLICT (id) DO UPDATE SET disabled = excluded.disabled",
        subject,
        disabled ? 1 : 0);
  }

  /** Deletes a subject with its memberships; says whether there was anything. */
  boolean deleteSubject(String subject) throws SQLException {
    int known = sql.update("DELETE FROM subject WHERE id = ?", subject);
    return known + sql.update("DELETE FROM membership WHERE subject = ?", subject) > 0;
  }
}
