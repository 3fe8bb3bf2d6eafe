package io.scopegate.policy;

import io.scopegate.permission.Level;
import io.scopegate.permission.PermissionSet;
import org.jspecify.annotations.Nullable;

/**
 * The standings of one subject at the places of one request: at the organization always, at a team
 * and a project where they are named and known. Immutable.
 */
record Standings(Standing organization, @Nullable Standing team, @Nullable Standing project) {

  Standings(Standing organization) {
    this(organization, null, null);
  }

  /** Returns the same with another project. */
  Standings withProject(Standing standing) {
    return new Standings(organization, team, standing);
  }

  /** Returns the standing at the place of this level, or null if there is none. */
  @Nullable Standing at(Level level) {
    return switch (level) {
      case ORGANIZATION -> organization;
      case TEAM -> team;
      case PROJECT -> project;
    };
  }

  /** Returns the standing at this level, or at the organization where the place is not known. */
  Standing atOrAbove(Level level) {
    Standing found = at(level);
    return found == null ? organization : found;
  }

  /** Returns what the roles hold at this level, or above where the place is not known. */
  PermissionSet held(Level level) {
    return atOrAbove(level).permissions();
  }

  /** Says whether there is no role at any of the places. */
  boolean areEmpty() {
    return organization.isEmpty()
        && (team == null || team.isEmpty())
        && (project == null || project.isEmpty());
  }
}
