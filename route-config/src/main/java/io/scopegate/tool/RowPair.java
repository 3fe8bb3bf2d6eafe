package io.scopegate.tool;

import io.scopegate.route.Route;
import java.util.Map;
import java.util.Optional;

/**
 * What one request meets in an old table and in a new one. Immutable.
 *
 * @param before its row in the old one; empty if none is declared, if it is malformed there, or if
 *     the row does not take such requests
 * @param after its row in the new one; empty in the same way
 * @param own whether it is a request that names its caller
 * @param given how often the request has the query keys and fields that both a condition and a
 *     place look at; others may be there or not
 * @param special what is special about the request where one of the tables finds it malformed for
 *     that; empty for any other request
 * @param id what the route is called: by the new table, if the request meets a row there
 */
record RowPair(
    Optional<Route> before,
    Optional<Route> after,
    boolean own,
    Map<Given, Presence> given,
    String special,
    String id) {

  RowPair {
    given = Map.copyOf(given);
  }

  /** Returns what a request meets that is malformed in neither. */
  static RowPair of(
      Optional<Route> before, Optional<Route> after, boolean own, Map<Given, Presence> given) {
    return new RowPair(before, after, own, given, "", id(before, after));
  }

  /** A query key or a field, in lower case, that a request may have. */
  record Given(String kind, String name) {
    static final String QUERY = "query";
    static final String HEADER = "header";
  }

  /** How often a request has it. */
  enum Presence {
    ABSENT,
    ONCE,
    REPEATED
  }

  /** Returns the pair where requests of this kind are malformed on one side. */
  RowPair malformed(boolean inOld, boolean inNew, String why) {
    Optional<Route> old = inOld ? Optional.empty() : before;
    Optional<Route> now = inNew ? Optional.empty() : after;
    return new RowPair(old, now, own, given, why, id(old, now));
  }

  /** Returns the pair where the row of one side does not take requests of this kind. */
  RowPair refused(boolean inOld, boolean inNew, String why) {
    return new RowPair(
        inOld ? Optional.empty() : before, inNew ? Optional.empty() : after, own, given, why, id);
  }

  private static String id(Optional<Route> before, Optional<Route> after) {
    return after.or(() -> before).map(Route::id).orElse("");
  }
}
