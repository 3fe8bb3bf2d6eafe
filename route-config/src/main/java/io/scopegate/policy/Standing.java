package io.scopegate.policy;

import io.scopegate.permission.Level;
import io.scopegate.permission.PermissionSet;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The roles that one subject has at one place, and what they hold: at an organization; at a team,
 * with those of the organization; at a project, with those of the organization and of the teams
 * that own it. Immutable.
 */
final class Standing {
  private final Policy policy;
  private final Membership membership;
  private final BitSet roles;
  private final Map<Level, Set<String>> customRoles;

  /** Worked out when it is first asked for; a race only works it out twice. */
  private @Nullable PermissionSet permissions;

  private Standing(
      Policy policy, Membership membership, BitSet roles, Map<Level, Set<String>> customRoles) {
    this.policy = policy;
    this.membership = membership;
    this.roles = roles;
    this.customRoles = customRoles;
  }

  /** Returns the standing at the organization of the membership. */
  static Standing atOrganization(Policy policy, Membership membership) {
    if (membership.roles().size() == 1) {
      // Most have one: what it includes is shared, not copied.
      String only = membership.roles().iterator().next();
      RoleBook.Compiled role = policy.roles().compiled(Level.ORGANIZATION, only);
      if (role != null) {
        return new Standing(policy, membership, role.included, Map.of());
      }
    }
    return new Gathering(policy, membership).standing();
  }

  /** Returns the standing at a team of the organization at which this is one. */
  Standing atTeam(Organization.Team team) {
    Gathering gathering = new Gathering(this);
    gathering.addTeam(team);
    return gathering.standing();
  }

  /** Returns the standing at a project of the organization at which this is one. */
  Standing atProject(Organization.Project project) {
    Gathering gathering = new Gathering(this);
    gathering.addProject(project);
    return gathering.standing();
  }

  /**
   * Returns the standing at any project that may yet be made: what the roles at the organization,
   * at which this is one, alone come to there.
   */
  Standing atEveryProject() {
    Gathering gathering = new Gathering(this);
    gathering.addBelow(Level.PROJECT, roles, false);
    return gathering.standing();
  }

  Membership membership() {
    return membership;
  }

  /** Says whether there is any role at all. */
  boolean isEmpty() {
    return roles.isEmpty() && customRoles.isEmpty();
  }

  /** Says whether there is a role of this level. */
  boolean hasRoleAt(Level level) {
    if (customRoles.containsKey(level)) {
      return true;
    }
    for (int bit = roles.nextSetBit(0); bit >= 0; bit = roles.nextSetBit(bit + 1)) {
      if (policy.roles().role(bit).role.level() == level) {
        return true;
      }
    }
    return false;
  }

  /**
   * Says whether it has at least this role: itself, one that includes it, or one that acts as it.
   */
  boolean hasRole(Level level, String name) {
    RoleBook.Compiled wanted = policy.roles().compiled(level, name);
    return wanted != null && roles.get(wanted.bit);
  }

  /** Returns everything the roles hold, closed under {@code implies}. */
  PermissionSet permissions() {
    PermissionSet known = permissions;
    if (known == null) {
      known = gathered();
      permissions = known;
    }
    return known;
  }

  private PermissionSet gathered() {
    PermissionSet set = policy.catalog().none();
    for (int bit = roles.nextSetBit(0); bit >= 0; bit = roles.nextSetBit(bit + 1)) {
      set = policy.roles().role(bit).addTo(set, this::isOn);
    }
    for (Map.Entry<Level, Set<String>> entry : customRoles.entrySet()) {
      for (String name : entry.getValue()) {
        set = set.union(customPermissions(entry.getKey(), name));
      }
    }
    return set;
  }

  private PermissionSet customPermissions(Level level, String name) {
    List<String> names =
        membership.organization().customRoles().getOrDefault(level, Map.of()).get(name);
    return names == null
        ? policy.catalog().none()
        : policy.catalog().inForce(policy.catalog().known(names));
  }

  private boolean isOn(String setting) {
    Boolean byDefault = policy.settings().get(setting);
    return byDefault != null
        && membership.organization().settings().getOrDefault(setting, byDefault);
  }

  /** Returns the roles as {@code level:NAME}, sorted. */
  List<String> labels() {
    List<String> labels = new ArrayList<>();
    for (RoleBook.Compiled entry : policy.roles().rolesOf(roles)) {
      labels.add(entry.role.level().word() + ":" + entry.role.name());
    }
    customRoles.forEach(
        (level, names) -> names.forEach(name -> labels.add(level.word() + ":" + name)));
    labels.sort(null);
    return labels;
  }

  /** Collects the roles at one place, level by level from the top. */
  private static final class Gathering {
    private final Policy policy;
    private final Membership membership;
    private final BitSet roles;
    private final BitSet organizationRoles;
    private Map<Level, Set<String>> customRoles = Map.of();

    /** Begins at the organization. */
    Gathering(Policy policy, Membership membership) {
      this.policy = policy;
      this.membership = membership;
      this.roles = new BitSet();
      this.organizationRoles = roles;
      add(Level.ORGANIZATION, membership.roles(), roles);
    }

    /** Goes on below the organization. */
    Gathering(Standing organization) {
      this.policy = organization.policy;
      this.membership = organization.membership;
      this.roles = (BitSet) organization.roles.clone();
      this.organizationRoles = organization.roles;
      organization.customRoles.forEach(
          (level, names) -> names.forEach(name -> addCustom(level, name)));
    }

    void addTeam(Organization.Team team) {
      Set<String> own = membership.teams().get(team.id());
      BitSet here = new BitSet();
      add(Level.TEAM, own, here);
      below(Level.TEAM, organizationRoles, own != null, here);
      roles.or(here);
    }

    void addProject(Organization.Project project) {
      Set<String> own = membership.projects().get(project.id());
      BitSet teams = new BitSet();
      for (Organization.Team team : membership.organization().owners(project.id())) {
        Set<String> ownInTeam = membership.teams().get(team.id());
        add(Level.TEAM, ownInTeam, teams);
        below(Level.TEAM, organizationRoles, ownInTeam != null, teams);
      }
      roles.or(teams);
      addBelow(Level.PROJECT, organizationRoles, own != null);
      addBelow(Level.PROJECT, teams, own != null);
      BitSet here = new BitSet();
      add(Level.PROJECT, own, here);
      roles.or(here);
    }

    void addBelow(Level level, BitSet above, boolean joined) {
      below(level, above, joined, roles);
    }

    private void below(Level level, BitSet above, boolean joined, BitSet into) {
      for (int bit = above.nextSetBit(0); bit >= 0; bit = above.nextSetBit(bit + 1)) {
        RoleBook.Compiled role = policy.roles().role(bit);
        or(role.actsAs.get(level), into);
        if (joined) {
          or(role.onJoin.get(level), into);
        }
      }
    }

    private void add(Level level, @Nullable Collection<String> names, BitSet into) {
      if (names == null) {
        return;
      }
      for (String name : names) {
        RoleBook.Compiled role = policy.roles().compiled(level, name);
        if (role != null) {
          into.or(role.included);
        } else if (membership
            .organization()
            .customRoles()
            .getOrDefault(level, Map.of())
            .containsKey(name)) {
          addCustom(level, name);
        }
      }
    }

    private void addCustom(Level level, String name) {
      if (customRoles.isEmpty()) {
        customRoles = new EnumMap<>(Level.class);
      }
      customRoles.computeIfAbsent(level, key -> new TreeSet<>()).add(name);
    }

    private static void or(@Nullable BitSet bits, BitSet into) {
      if (bits != null) {
        into.or(bits);
      }
    }

    Standing standing() {
      return new Standing(policy, membership, roles, customRoles);
    }
  }
}
