package io.scopegate.permission;

import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A named set of permissions, as a policy declares it, held at one level. Immutable.
 *
 * @param level where it is held
 * @param name its name; two levels may each have a role of one name
 * @param includes roles of the same level whose grants, {@code actsAs} and {@code onJoin} this one
 *     inherits
 * @param grants what it holds
 * @param actsAs the roles its holder has, without joining, at every place below (from a team role:
 *     at the projects that the team owns)
 * @param onJoin the roles its holder has at least at the places below where they have a membership
 */
public record Role(
    Level level,
    String name,
    String description,
    Set<String> includes,
    List<Grant> grants,
    Map<Level, String> actsAs,
    Map<Level, String> onJoin) {

  /** Copies what it is given. */
  public Role {
    includes = Set.copyOf(includes);
    grants = List.copyOf(grants);
    actsAs = Map.copyOf(actsAs);
    onJoin = Map.copyOf(onJoin);
  }

  /**
   * Permissions that a role holds while every one of the settings is on in the organization.
   * Immutable.
   *
   * @param permissions as declared: not closed under {@code implies}, possibly with planned ones
   * @param settings the names of the settings; none means always
   */
  public record Grant(PermissionSet permissions, Set<String> settings) {
    /** Copies what it is given. */
    public Grant {
      settings = Set.copyOf(settings);
    }
  }
}
