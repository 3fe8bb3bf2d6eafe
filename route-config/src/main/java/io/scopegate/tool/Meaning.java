package io.scopegate.tool;

import io.scopegate.permission.Permission;
import io.scopegate.permission.PermissionCatalog;
import io.scopegate.permission.Role;
import io.scopegate.policy.Policy;
import io.scopegate.route.Places;
import io.scopegate.route.Route;
import io.scopegate.route.Rule;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What a policy or a row comes to as far as decisions go, as plain values: two that have the same
 * meaning decide alike, wherever they stand and whatever they are called. Safe from any thread.
 */
final class Meaning {
  private Meaning() {}

  /** Returns what everything besides the rows comes to. */
  static Object of(Policy policy) {
    Set<Object> roles = new HashSet<>();
    policy.roles().roles().forEach(role -> roles.add(of(role)));
    return List.of(ofScopes(policy), roles, policy.settings());
  }

  /** Returns what the scopes of a token come to. */
  static Object ofScopes(Policy policy) {
    PermissionCatalog catalog = policy.catalog();
    Set<Object> permissions = new HashSet<>();
    for (Permission permission : catalog.permissions()) {
      permissions.add(
          List.of(
              permission.name(),
              permission.planned(),
              permission.level(),
              catalog.inForce(catalog.of(List.of(permission.name()))).names()));
    }
    return List.of(permissions, policy.emptyScopesFull());
  }

  /** Returns what a role comes to, besides what those that it refers to do. */
  static Object of(Role role) {
    Set<Object> grants = new HashSet<>();
    role.grants()
        .forEach(grant -> grants.add(List.of(grant.permissions().names(), grant.settings())));
    return List.of(
        role.level(), role.name(), role.includes(), grants, role.actsAs(), role.onJoin());
  }

  /** Returns the roles that a role refers to. */
  static Set<Holder.Held> references(Role role) {
    Set<Holder.Held> references = new HashSet<>();
    role.includes().forEach(name -> references.add(Holder.Held.declared(role.level(), name)));
    role.actsAs().forEach((level, name) -> references.add(Holder.Held.declared(level, name)));
    role.onJoin().forEach((level, name) -> references.add(Holder.Held.declared(level, name)));
    return references;
  }

  /**
   * Returns what a row comes to once a request has met it.
   *
   * @param places what stands for its places
   */
  static Object of(Route row, Places places) {
    return List.of(rule(row.rule()), places, row.forwarding().shadow());
  }

  private static Object rule(Rule rule) {
    return rule instanceof Rule.Permitted permitted
        ? List.of(
            permitted.requirement().expression(),
            permitted.roles(),
            permitted.target(),
            permitted.credential())
        : rule;
  }
}
