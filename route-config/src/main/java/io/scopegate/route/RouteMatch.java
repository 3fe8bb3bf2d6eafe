package io.scopegate.route;

import java.util.List;
import java.util.Optional;

/**
 * The rows that a request line meets: equally specific ones, of which the conditions choose.
 * Immutable.
 */
public final class RouteMatch {

  /** Returns the request line. */
  public RequestLine line() {
    throw new UnsupportedOperationException();
  }

  /**
   * Returns those with a condition in file order, then the one without, if there is one. Never
   * empty.
   */
  public List<Route> rows() {
    throw new UnsupportedOperationException();
  }

  /** Says whether one of the rows is public. */
  public boolean mayBePublic() {
    throw new UnsupportedOperationException();
  }

  /**
   * Returns why the request cannot be let through to these rows, if it has a spelling that they do
   * not take.
   */
  public Optional<String> refusal() {
    throw new UnsupportedOperationException();
  }

  /** Says whether the rows can be told apart only once the caller is known. */
  public boolean needsCaller() {
    throw new UnsupportedOperationException();
  }

  /**
   * Chooses the row that counts.
   *
   * @param subject the caller, if known; an {@code own} clause does not hold without one
   */
  public Choice choose(HttpFields fields, Optional<String> subject) {
    throw new UnsupportedOperationException();
  }

  /**
   * Returns the decoded value of a parameter of this row's path or host.
   *
   * @throws IllegalArgumentException if the row has no such parameter
   */
  public String parameter(Route row, String name) {
    throw new UnsupportedOperationException();
  }

  /** What the conditions say. */
  public sealed interface Choice {}

  /** This row counts. */
  public record Chosen(Route row) implements Choice {}

  /** No condition applies. */
  public record None() implements Choice {}

  /**
   * A conditioned query key or header is repeated or spelt with escapes.
   *
   * @param detail what is wrong, for the caller
   */
  public record Ambiguous(String detail) implements Choice {}
}
