package io.scopegate.tool;

import io.scopegate.permission.PermissionSet;
import io.scopegate.permission.Role;
import io.scopegate.policy.Policy;
import io.scopegate.route.Requirement;
import io.scopegate.route.Route;
import io.scopegate.route.Rule;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * What organizations can do with the settings that matter to two rows. Immutable.
 *
 * @param combinations ways to set them, besides leaving all of them alone
 * @param complete whether there are no others
 */
record Switches(List<Map<String, Boolean>> combinations, boolean complete) {
  /** More settings than this are not combined, only turned one by one and all together. */
  private static final int MOST_COMBINED = 5;

  /** Finds the settings on which a role holds something that one of the rows asks for. */
  static Switches of(RowPair pair, Policy before, Policy after) {
    Set<String> names = new TreeSet<>();
    for (Policy policy : List.of(before, after)) {
      PermissionSet asked = asked(pair, policy);
      policy.roles().roles().stream()
          .map(Role::grants)
          .flatMap(List::stream)
          .filter(
              grant -> !policy.catalog().inForce(grant.permissions()).intersect(asked).isEmpty())
          .forEach(grant -> names.addAll(grant.settings()));
    }
    return new Switches(combinations(List.copyOf(names)), names.size() <= MOST_COMBINED);
  }

  private static PermissionSet asked(RowPair pair, Policy policy) {
    Set<String> names = new TreeSet<>();
    for (Optional<Route> row : List.of(pair.before(), pair.after())) {
      if (row.isPresent() && row.get().rule() instanceof Rule.Permitted permitted) {
        permitted.requirement().alternatives().stream()
            .map(Requirement.Alternative::everything)
            .forEach(set -> names.addAll(set.names()));
      }
    }
    return policy.catalog().known(names);
  }

  private static List<Map<String, Boolean>> combinations(List<String> names) {
    List<Map<String, Boolean>> ways = new ArrayList<>();
    if (names.isEmpty()) {
      return ways;
    }
    if (names.size() <= MOST_COMBINED) {
      for (int bits = 0; bits < 1 << names.size(); bits++) {
        Map<String, Boolean> way = new LinkedHashMap<>();
        for (int i = 0; i < names.size(); i++) {
          way.put(names.get(i), (bits & 1 << i) != 0);
        }
        ways.add(way);
      }
      return ways;
    }
    Stream.of(true, false)
        .forEach(
            on -> {
              Map<String, Boolean> all = new LinkedHashMap<>();
              names.forEach(name -> all.put(name, on));
              ways.add(all);
              names.forEach(name -> ways.add(Map.of(name, on)));
            });
    return ways;
  }

  /** Returns them in words, such as {@code (openMembership on)}. */
  static String words(Map<String, Boolean> settings) {
    List<String> words = new ArrayList<>();
    new TreeMap<>(settings).forEach((name, on) -> words.add(name + (on ? " on" : " off")));
    return "(" + String.join(", ", words) + ")";
  }
}
