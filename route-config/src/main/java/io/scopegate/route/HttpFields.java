package io.scopegate.route;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * The header fields of a request, as far as a decision reads them. Implementations are confined to
 * their request.
 */
public interface HttpFields {

  /**
   * Returns the values of the field lines of this name in any case, in order; empty if there is
   * none.
   */
  List<String> values(String name);

  /** Returns a request's fields that are not there at all. */
  static HttpFields none() {
    return name -> List.of();
  }

  /** Returns these fields. */
  static HttpFields of(Map<String, List<String>> fields) {
    Map<String, List<String>> byName = new TreeMap<>();
    fields.forEach(
        (name, values) -> byName.put(name.toLowerCase(Locale.ROOT), List.copyOf(values)));
    return name -> byName.getOrDefault(name.toLowerCase(Locale.ROOT), List.of());
  }
}
