package io.scopegate.route;

import java.util.HashMap;
import java.util.Map;

/**
 * Values that the rows of one table have in common, each kept once: thousands of rows ask for the
 * same few things, and what is kept once stays in the processor's cache. Used by the wiring only.
 */
public final class Shared {
  private final Map<Object, Object> values = new HashMap<>();

  /** Returns the one that is kept of all that are equal to this. */
  @SuppressWarnings("unchecked")
  <T> T one(T value) {
    // Equal values of one class are of one type; the class is part of what records compare.
    return (T) values.computeIfAbsent(value, first -> first);
  }

  /** Returns the row made of shared values. */
  public Route row(Route row) {
    return new Route(
        row.id(),
        row.at(),
        one(row.methods()),
        one(row.host()),
        row.path().shared(this),
        row.when(),
        one(row.rule()),
        one(row.places()),
        one(row.forwarding()),
        one(row.cors()),
        row.encodedSlash(),
        row.pathParameters(),
        row.description(),
        one(row.tags()));
  }
}
