package io.scopegate.backend;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Header fields that a backend's configuration sets and removes. Immutable.
 *
 * @param set fields to set, by name
 * @param remove names of fields to remove
 */
public record FieldChanges(Map<String, String> set, List<String> remove) {
  private static final Set<String> OURS =
      Set.of(
          "host",
          "content-length",
          "transfer-encoding",
          "connection",
          "keep-alive",
          "upgrade",
          "te",
          "trailer",
          "expect",
          "x-request-id");

  private static final FieldChanges NONE = new FieldChanges(Map.of(), List.of());

  /**
   * Copies what it is given.
   *
   * @throws IllegalArgumentException if it would change a field that only the gateway can set
   */
  public FieldChanges {
    set = Map.copyOf(set);
    remove = List.copyOf(remove);
    set.keySet().forEach(FieldChanges::check);
    remove.forEach(FieldChanges::check);
  }

  private static void check(String name) {
    String lower = name.toLowerCase(Locale.ROOT).replace('_', '-');
    if (OURS.contains(lower) || lower.startsWith("x-scopegate-")) {
      throw new IllegalArgumentException(
          "`" + name + "` is set by the gateway and cannot be changed");
    }
  }

  /** Returns no changes. */
  public static FieldChanges none() {
    return NONE;
  }

  /** Says whether nothing is changed. */
  public boolean isEmpty() {
    return set.isEmpty() && remove.isEmpty();
  }
}
