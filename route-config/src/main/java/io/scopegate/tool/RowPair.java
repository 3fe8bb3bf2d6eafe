package io.scopegate.tool;

import io.scopegate.route.Route;
import java.util.Map;
import java.util.Optional;

/**
 * What one request meets in an old table and in a new one. Immutable.
 *
 * @param before its row in the old one; empty if none is declared, or if it is malformed there
 * @param after its row in the new one; empty if none is declared, or if it is malformed there
 * @param own whether it is a request that names its caller
 * @param given how often the request has the query keys and fields that both a condition and a
 *     place look at; others may be there or not
 * @param special what is special about the request where one of the tables finds it malformed for
 *     that; empty for any other request
 */
record RowPair(
    Optional<Route> before,
    Optional<Route> after,
    boolean own,
    Map<Given, Presence> given,
    String special) {

  RowPair {
    given = Map.copyOf(given);
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
    return new RowPair(
        inOld ? Optional.empty() : before, inNew ? Optional.empty() : after, own, given, why);
  }

  /** Returns what the route is called: by the new table, if it has it. */
  String id() {
    return after.or(() -> before).map(Route::id).orElse("");
  }
}
