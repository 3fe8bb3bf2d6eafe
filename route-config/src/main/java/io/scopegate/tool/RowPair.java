package io.scopegate.tool;

import io.scopegate.route.Route;
import java.util.Optional;

/**
 * What one request meets in an old table and in a new one. Immutable.
 *
 * @param before its row in the old one; empty if none is declared
 * @param after its row in the new one; empty if none is declared
 * @param own whether it is a request that names its caller
 */
record RowPair(Optional<Route> before, Optional<Route> after, boolean own) {
  /** Returns what the route is called: by the new table, if it has it. */
  String id() {
    return after.or(() -> before).map(Route::id).orElse("");
  }
}
