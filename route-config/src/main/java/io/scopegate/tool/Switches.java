package io.scopegate.tool;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/** What organizations can do with the settings of a table. Safe from any thread. */
final class Switches {
  /** More settings than this are not combined, only turned one by one and all together. */
  private static final int MOST_COMBINED = 4;

  private Switches() {}

  /** Returns ways to set the settings of two tables, besides leaving all of them alone. */
  static List<Map<String, Boolean>> combinations(
      Map<String, Boolean> before, Map<String, Boolean> after) {
    List<String> names = new ArrayList<>(new TreeSet<>(before.keySet()));
    after.keySet().stream().filter(name -> !names.contains(name)).sorted().forEach(names::add);
    if (names.isEmpty()) {
      return List.of();
    }
    List<Map<String, Boolean>> ways = new ArrayList<>();
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
    for (boolean on : new boolean[] {true, false}) {
      Map<String, Boolean> all = new LinkedHashMap<>();
      names.forEach(name -> all.put(name, on));
      ways.add(all);
      names.forEach(name -> ways.add(Map.of(name, on)));
    }
    return ways;
  }

  /** Returns them in words, such as {@code (openMembership on)}. */
  static String words(Map<String, Boolean> settings) {
    List<String> words = new ArrayList<>();
    new TreeMap<>(settings).forEach((name, on) -> words.add(name + (on ? " on" : " off")));
    return "(" + String.join(", ", words) + ")";
  }
}
