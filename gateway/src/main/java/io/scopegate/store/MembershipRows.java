package io.scopegate.store;

import io.scopegate.permission.Level;
import io.scopegate.policy.Identities;
import io.scopegate.policy.Membership;
import io.scopegate.policy.Organization;
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

  private record Held(String organization, Level level, String place, Set<String> roles) {}

  /** Knows organizations by id. */
  interface Organizations {
    Organization of(String id) throws SQLException;
  }

  boolean isDisabled(String subject) throws SQLException {
    return sql.exists("SELECT 1 FROM subject WHERE id = ? AND disabled = 1", subject);
  }

  /** Returns what the subject holds, ordered by organization. */
  List<Membership> of(String subject, Organizations organizations) throws SQLException {
    Map<String, List<Held>> byOrganization =
        sql
            .all(
                "SELECT organization, level, place, roles FROM membership WHERE subject = ?",
                row ->
                    new Held(
                        row.getString(1),
                        Level.of(row.getString(2)).orElseThrow(),
                        row.getString(3),
                        Set.copyOf(JsonText.names(row.getString(4)))),
                subject)
            .stream()
            .collect(Collectors.groupingBy(Held::organization, TreeMap::new, Collectors.toList()));
    List<Membership> memberships = new ArrayList<>();
    for (var held : byOrganization.entrySet()) {
      membership(organizations.of(held.getKey()), held.getValue()).ifPresent(memberships::add);
    }
    return memberships;
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
