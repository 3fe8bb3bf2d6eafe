package io.scopegate.route;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The rows of one template that cover one method, before those that cover another. Immutable.
 *
 * @param next null behind the last
 */
record Leaf(String method, RowGroup rows, @Nullable Leaf next) {
  private static final int EXPLICIT = 3;
  private static final int GET_FOR_HEAD = 2;
  private static final int ANY = 1;

  /** Sorts the rows of one template, given in file order; returns null if there are none. */
  static @Nullable Leaf of(List<Route> rows) {
    Map<String, List<Route>> byWord = new LinkedHashMap<>();
    for (Route row : rows) {
      row.methods()
          .forEach(word -> byWord.computeIfAbsent(word, any -> new ArrayList<>()).add(row));
    }
    Map<String, RowGroup> byMethod = new LinkedHashMap<>();
    byWord.forEach((word, named) -> byMethod.put(word, new RowGroup(named, EXPLICIT)));
    List<Route> get = byWord.get("GET");
    if (get != null) {
      byMethod.putIfAbsent("HEAD", new RowGroup(get, GET_FOR_HEAD));
    }
    byMethod.remove(Route.ANY);
    List<Route> any = byWord.get(Route.ANY);
    if (any != null) {
      RowGroup group = new RowGroup(any, ANY);
      Route.ANY_METHODS.forEach(method -> byMethod.putIfAbsent(method, group));
    }
    Leaf leaf = null;
    for (Map.Entry<String, RowGroup> one : byMethod.entrySet()) {
      leaf = new Leaf(one.getKey(), one.getValue(), leaf);
    }
    return leaf;
  }

  /** Returns the rows that cover a method, or null if none does. */
  @Nullable RowGroup group(String wanted) {
    for (Leaf leaf = this; leaf != null; leaf = leaf.next) {
      if (leaf.method.equals(wanted)) {
        return leaf.rows;
      }
    }
    return null;
  }
}
