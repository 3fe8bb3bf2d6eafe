package io.scopegate.tool;

import io.scopegate.permission.PermissionCatalog;
import io.scopegate.permission.PermissionSet;
import io.scopegate.route.Requirement;
import io.scopegate.route.Route;
import io.scopegate.route.Rule;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The lists of several scopes that may tell two rows apart where no single scope does. What a row
 * asks of a token is met by the tokens that contain one of its alternatives; so two rows differ
 * only if they differ for one of these, or for one with a member replaced by what implies it. Safe
 * from any thread.
 */
final class ScopeSets {
  private ScopeSets() {}

  static List<List<String>> of(RowPair pair, PermissionCatalog before, PermissionCatalog after) {
    Set<List<String>> sets = new LinkedHashSet<>();
    for (Optional<Route> row : List.of(pair.before(), pair.after())) {
      if (row.isPresent() && row.get().rule() instanceof Rule.Permitted permitted) {
        for (Requirement.Alternative alternative : permitted.requirement().alternatives()) {
          List<String> names = alternative.everything().names();
          if (names.size() > 1) {
            sets.add(names);
            addReplaced(names, before, sets);
            addReplaced(names, after, sets);
          }
        }
      }
    }
    return List.copyOf(sets);
  }

  private static void addReplaced(
      List<String> names, PermissionCatalog catalog, Set<List<String>> sets) {
    for (String name : names) {
      for (String other : catalog.names()) {
        if (!names.contains(other) && implies(catalog, other, name)) {
          Set<String> replaced = new TreeSet<>(names);
          replaced.remove(name);
          replaced.add(other);
          sets.add(List.copyOf(replaced));
        }
      }
    }
  }

  private static boolean implies(PermissionCatalog catalog, String one, String other) {
    PermissionSet wanted = catalog.known(List.of(other));
    return !wanted.isEmpty() && catalog.inForce(catalog.known(List.of(one))).containsAll(wanted);
  }
}
