package io.scopegate.route;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The rows of one template, by method. */
final class Leaf {
  private static final int EXPLICIT = 3;
  private static final int GET_FOR_HEAD = 2;
  private static final int ANY = 1;

  private final @Nullable Entry first;

  /** The rows that cover one method, before those that cover another. */
  private record Entry(String method, RowGroup rows, @Nullable Entry next) {}

  /** Sorts the rows of one template, given in file order. */
  Leaf(List<Route> rows) {
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
    Entry entry = null;
    for (Map.Entry<String, RowGroup> one : byMethod.entrySet()) {
      entry = new Entry(one.getKey(), one.getValue(), entry);
    }
    this.first = entry;
  }

  /** Returns the rows that cover a method, or null if none does. */
  @Nullable RowGroup group(String method) {
    for (Entry entry = first; entry != null; entry = entry.next()) {
      if (entry.method().equals(method)) {
        return entry.rows();
      }
    }
    return null;
  }
}
