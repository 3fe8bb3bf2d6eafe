package io.scopegate.tool;

import io.scopegate.permission.PermissionCatalog;
import io.scopegate.permission.PermissionSet;
import io.scopegate.route.Requirement;
import io.scopegate.route.Route;
import io.scopegate.route.Rule;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * The lists of several scopes that may tell two rows apart where no single scope does. What a row
 * asks of a token is met by the tokens that contain one of its alternatives; so two rows differ
 * only if they differ for one of these, or for one with members replaced by what implies them.
 * Immutable.
 *
 * @param alternatives what the rows ask for: tokens that carry exactly one of these tell everything
 *     while both tables imply the same
 * @param sets all of several scopes
 * @param complete whether there are no others
 */
record ScopeSets(List<List<String>> alternatives, List<List<String>> sets, boolean complete) {
  private static final int MOST = 512;

  static ScopeSets of(RowPair pair, PermissionCatalog before, PermissionCatalog after) {
    Set<List<String>> alternatives = new LinkedHashSet<>();
    Stream.of(pair.before(), pair.after())
        .flatMap(row -> row.stream())
        .flatMap(ScopeSets::asked)
        .forEach(alternatives::add);
    Set<List<String>> sets = new LinkedHashSet<>();
    boolean complete = true;
    for (List<String> names : alternatives) {
      if (names.size() > 1) {
        sets.add(names);
        Set<List<String>> replaced = new LinkedHashSet<>(Set.of(List.of()));
        for (String name : names) {
          replaced = product(replaced, alike(name, before, after));
          complete &= replaced.size() < MOST;
        }
        sets.addAll(replaced);
      }
    }
    return new ScopeSets(
        List.copyOf(alternatives),
        sets.stream().filter(names -> names.size() > 1).toList(),
        complete);
  }

  private static Stream<List<String>> asked(Route row) {
    return row.rule() instanceof Rule.Permitted permitted
        ? permitted.requirement().alternatives().stream()
            .map(Requirement.Alternative::everything)
            .map(PermissionSet::names)
            .map(List::copyOf)
        : Stream.of();
  }

  private static Set<List<String>> product(Set<List<String>> sets, List<String> names) {
    Set<List<String>> larger = new LinkedHashSet<>();
    for (String name : names) {
      for (List<String> set : sets) {
        if (larger.size() < MOST) {
          Set<String> sorted = new TreeSet<>(set);
          sorted.add(name);
          larger.add(List.copyOf(sorted));
        }
      }
    }
    return larger;
  }

  /** Returns a permission and what implies it in one of the catalogues. */
  private static List<String> alike(
      String name, PermissionCatalog before, PermissionCatalog after) {
    List<String> alike = new ArrayList<>(List.of(name));
    for (PermissionCatalog catalog : List.of(before, after)) {
      for (String other : catalog.names()) {
        if (!alike.contains(other) && implies(catalog, other, name)) {
          alike.add(other);
        }
      }
    }
    return alike;
  }

  /** Says whether whoever holds one permission holds the other. */
  static boolean implies(PermissionCatalog catalog, String one, String other) {
    PermissionSet wanted = catalog.known(List.of(other));
    return !wanted.isEmpty() && catalog.inForce(catalog.known(List.of(one))).containsAll(wanted);
  }
}
