package io.scopegate.policy;

import io.scopegate.permission.Level;
import io.scopegate.permission.PermissionSet;
import io.scopegate.route.Requirement;
import io.scopegate.route.Rule;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * One spot at which a requirement is tested: the caller's standings at the places that count there.
 * Confined to one decision.
 */
final class Site {
  private final Map<Level, Standing> standings;
  private final Level target;
  private final Map<Level, PermissionSet> held = new EnumMap<>(Level.class);
  private final PermissionSet excluded;
  private final Optional<String> project;

  private Site(
      Map<Level, Standing> standings,
      Level target,
      PermissionSet excluded,
      Optional<String> project) {
    this.standings = standings;
    this.target = target;
    this.excluded = excluded;
    this.project = project;
  }

  /** Returns the site whose requirement is held at the target level. */
  static Site of(Policy policy, Map<Level, Standing> standings, Level target) {
    return new Site(standings, target, policy.catalog().none(), Optional.empty());
  }

  /**
   * Returns the organization as one of the sites of a row that lists projects: what is tied to
   * projects is not held.
   */
  static Site organizationOfList(Policy policy, Map<Level, Standing> standings) {
    return new Site(
        standings, Level.ORGANIZATION, policy.catalog().tiedTo(Level.PROJECT), Optional.empty());
  }

  /** Returns one project as a site of a row that lists projects. */
  static Site listedProject(
      Policy policy, Map<Level, Standing> standings, Standing project, Optional<String> id) {
    Map<Level, Standing> all = new EnumMap<>(standings);
    all.put(Level.PROJECT, project);
    return new Site(all, Level.PROJECT, policy.catalog().none(), id);
  }

  /** Returns the listed project, if this is one. */
  Optional<String> project() {
    return project;
  }

  /** Returns the standing at the target. */
  Standing standing() {
    return standing(target);
  }

  /** Returns the standing at this level, or at the next above where the place is not known. */
  private Standing standing(Level level) {
    Standing found = standings.get(level);
    return found != null ? found : Objects.requireNonNull(standings.get(Level.ORGANIZATION));
  }

  /** Returns what the roles hold at the target. */
  PermissionSet held() {
    return held(target);
  }

  private PermissionSet held(Level level) {
    PermissionSet known = held.get(level);
    if (known == null) {
      known = standing(level).permissions();
      held.put(level, known);
    }
    return known;
  }

  /** Returns what the roles lack of an alternative. */
  PermissionSet lacking(Requirement.Alternative alternative) {
    PermissionSet lacking = alternative.here().minus(held().minus(excluded));
    for (Map.Entry<Level, PermissionSet> entry : alternative.elsewhere().entrySet()) {
      lacking = lacking.union(entry.getValue().minus(held(entry.getKey())));
    }
    return lacking;
  }

  /** Says whether the roles that the row asks for besides are there. */
  boolean hasRoles(Rule.Permitted rule) {
    return rule.roles().entrySet().stream()
        .allMatch(entry -> hasAny(entry.getKey(), entry.getValue()));
  }

  private boolean hasAny(Level level, List<String> names) {
    Standing standing = standings.get(level);
    return standing != null && names.stream().anyMatch(name -> standing.hasRole(level, name));
  }
}
