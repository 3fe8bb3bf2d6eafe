package io.scopegate.policy;

import io.scopegate.permission.Level;
import io.scopegate.permission.PermissionSet;
import io.scopegate.route.Requirement;
import io.scopegate.route.Rule;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One spot at which a requirement is tested: the caller's standings at the places that count there.
 * Confined to one decision.
 */
final class Site {
  private final Policy policy;
  private final Standings standings;
  private final Level target;
  private final boolean organizationOfList;
  private final PermissionSet here;
  private final Optional<String> project;

  private Site(
      Policy policy,
      Standings standings,
      Level target,
      boolean organizationOfList,
      Optional<String> project) {
    this.policy = policy;
    this.standings = standings;
    this.target = target;
    this.organizationOfList = organizationOfList;
    PermissionSet held = standings.held(target);
    this.here = organizationOfList ? held.minus(policy.catalog().tiedTo(Level.PROJECT)) : held;
    this.project = project;
  }

  /** Returns the site whose requirement is held at the target level. */
  static Site of(Policy policy, Standings standings, Level target) {
    return new Site(policy, standings, target, false, Optional.empty());
  }

  /**
   * Returns the organization as one of the sites of a row that lists projects: what is tied to
   * projects, or asked for at one, is not held.
   */
  static Site organizationOfList(Policy policy, Standings standings) {
    return new Site(policy, standings, Level.ORGANIZATION, true, Optional.empty());
  }

  /** Returns one project as a site of a row that lists projects. */
  static Site listedProject(
      Policy policy, Standings standings, Standing project, Optional<String> id) {
    return new Site(policy, standings.withProject(project), Level.PROJECT, false, id);
  }

  /** Returns the listed project, if this is one. */
  Optional<String> project() {
    return project;
  }

  /** Returns the standing at the target, or at the organization where that place is not known. */
  Standing standing() {
    return standings.atOrAbove(target);
  }

  /** Says whether the roles hold an alternative. */
  boolean holds(Requirement.Alternative alternative) {
    return here.containsAll(alternative.here())
        && (alternative.elsewhere().isEmpty() || holdsElsewhere(alternative.elsewhere()));
  }

  private boolean holdsElsewhere(Map<Level, PermissionSet> elsewhere) {
    for (Map.Entry<Level, PermissionSet> entry : elsewhere.entrySet()) {
      if (!held(entry.getKey()).containsAll(entry.getValue())) {
        return false;
      }
    }
    return true;
  }

  private PermissionSet held(Level level) {
    return organizationOfList && level == Level.PROJECT
        ? policy.catalog().none()
        : standings.held(level);
  }

  /** Returns what the roles lack of an alternative. */
  PermissionSet lacking(Requirement.Alternative alternative) {
    PermissionSet lacking = alternative.here().minus(here);
    for (Map.Entry<Level, PermissionSet> entry : alternative.elsewhere().entrySet()) {
      lacking = lacking.union(entry.getValue().minus(held(entry.getKey())));
    }
    return lacking;
  }

  /** Says whether the roles that the row asks for besides are there. */
  boolean hasRoles(Rule.Permitted rule) {
    if (rule.roles().isEmpty()) {
      return true;
    }
    for (Map.Entry<Level, List<String>> entry : rule.roles().entrySet()) {
      if (!hasAny(entry.getKey(), entry.getValue())) {
        return false;
      }
    }
    return true;
  }

  private boolean hasAny(Level level, List<String> names) {
    Standing standing = standings.at(level);
    return standing != null && names.stream().anyMatch(name -> standing.hasRole(level, name));
  }
}
