package io.scopegate.route;

import java.util.List;
import java.util.Optional;

/** All rows, as a trie per host. The order of rows never matters. Immutable. */
public final class RouteTable {

  /**
   * Builds the table.
   *
   * @param routes conditioned rows of one match in the order in which their conditions are tried
   */
  public static Built build(List<Route> routes) {
    throw new UnsupportedOperationException();
  }

  /** Returns the rows that the request line meets, if any. */
  public Optional<RouteMatch> match(RequestLine line) {
    throw new UnsupportedOperationException();
  }

  /** Returns all rows in the order they were given. */
  public List<Route> routes() {
    throw new UnsupportedOperationException();
  }

  /**
   * What came of building a table.
   *
   * @param table usable if there are no clashes
   * @param clashes pairs of rows that are equally specific and can match the same request
   * @param crossings pairs of rows whose templates cross, where the left segment decides
   */
  public record Built(RouteTable table, List<Pair> clashes, List<Pair> crossings) {}

  /** Two rows, the earlier one first. */
  public record Pair(Route first, Route second) {}
}
