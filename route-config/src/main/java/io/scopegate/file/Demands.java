package io.scopegate.file;

import io.scopegate.permission.Level;
import io.scopegate.permission.PermissionCatalog;
import io.scopegate.permission.PermissionSet;
import io.scopegate.route.CredentialKind;
import io.scopegate.route.Requirement;
import io.scopegate.route.Route;
import io.scopegate.route.Rule;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Compares what two rows ask of a caller. Safe from any thread. */
final class Demands {
  private Demands() {}

  /** Says whether whoever gets through the other row gets through this one, and others too. */
  static boolean asksLess(Route row, Route other, PermissionCatalog catalog) {
    return covers(other.rule(), row.rule(), catalog) && !covers(row.rule(), other.rule(), catalog);
  }

  /** Says whether whoever meets the first rule meets the second one. */
  private static boolean covers(Rule first, Rule second, PermissionCatalog catalog) {
    if (second instanceof Rule.Public) {
      return true;
    }
    if (first instanceof Rule.Public
        || !(credential(second).isEmpty() || credential(second).equals(credential(first)))) {
      return false;
    }
    if (!(second instanceof Rule.Permitted wanted)) {
      return true;
    }
    return first instanceof Rule.Permitted held
        && held.target() == wanted.target()
        && coversRoles(held.roles(), wanted.roles())
        && held.requirement().alternatives().stream()
            .allMatch(
                have ->
                    wanted.requirement().alternatives().stream()
                        .anyMatch(want -> covers(have, want, catalog)));
  }

  private static Optional<CredentialKind> credential(Rule rule) {
    if (rule instanceof Rule.Permitted permitted) {
      return permitted.credential();
    }
    return rule instanceof Rule.Authenticated authenticated
        ? authenticated.credential()
        : Optional.empty();
  }

  private static boolean coversRoles(
      Map<Level, List<String>> held, Map<Level, List<String>> wanted) {
    return wanted.entrySet().stream()
        .allMatch(
            entry -> {
              List<String> roles = held.get(entry.getKey());
              return roles != null && entry.getValue().containsAll(roles);
            });
  }

  private static boolean covers(
      Requirement.Alternative have, Requirement.Alternative want, PermissionCatalog catalog) {
    return catalog.inForce(have.here()).containsAll(want.here())
        && want.elsewhere().entrySet().stream()
            .allMatch(
                entry -> {
                  PermissionSet there = have.elsewhere().get(entry.getKey());
                  return there != null && catalog.inForce(there).containsAll(entry.getValue());
                });
  }
}
