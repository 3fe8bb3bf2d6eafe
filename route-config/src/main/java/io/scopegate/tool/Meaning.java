package io.scopegate.tool;

import io.scopegate.permission.Permission;
import io.scopegate.permission.PermissionCatalog;
import io.scopegate.permission.Role;
import io.scopegate.policy.Policy;
import io.scopegate.route.Route;
import io.scopegate.route.Rule;
import java.util.ArrayList;
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
    Set<Object> roles = new HashSet<>();
    for (Role role : policy.roles().roles()) {
      List<Object> grants = new ArrayList<>();
      role.grants()
          .forEach(grant -> grants.add(List.of(grant.permissions().names(), grant.settings())));
      roles.add(
          List.of(
              role.level(), role.name(), role.includes(), grants, role.actsAs(), role.onJoin()));
    }
    return List.of(permissions, roles, policy.settings(), policy.emptyScopesFull());
  }

  /** Returns what a row comes to once a request has met it. */
  static Object of(Route row) {
    return List.of(rule(row.rule()), row.places(), row.forwarding().shadow());
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
