package io.scopegate.route;

import java.util.List;
import java.util.function.Predicate;

/**
 * The {@code when:} of a row: it counts only if every clause holds. Immutable.
 *
 * @param clauses never empty
 */
public record Condition(List<Clause> clauses) {

  /** Copies what it is given. */
  public Condition {
    clauses = List.copyOf(clauses);
  }

  /** Says whether it can be told only once the caller is known. */
  public boolean needsCaller() {
    return clauses.stream().anyMatch(Own.class::isInstance);
  }

  /**
   * Says whether no request meets it: a path and a host always have their parameters. A row with
   * such a condition keeps requests from less specific ones.
   */
  public boolean neverHolds() {
    return clauses.stream()
        .anyMatch(
            clause -> clause instanceof Parameter parameter && parameter.test() instanceof Absent);
  }

  /** One thing that must hold. */
  public sealed interface Clause {}

  /** The parameter of the path names the caller. */
  public record Own(String parameter) implements Clause {}

  /** A query parameter passes the test. */
  public record Query(String key, Test test) implements Clause {}

  /** A header field passes the test. */
  public record Header(String name, Test test) implements Clause {}

  /** A parameter of the path or host passes the test. */
  public record Parameter(String name, Test test) implements Clause {}

  /** What is asked of a value. */
  public sealed interface Test {}

  /** It must be there, whatever it is. */
  public record Present() implements Test {}

  /** It must not be there. */
  public record Absent() implements Test {}

  /**
   * It must be there and be accepted.
   *
   * @param text the test as the file words it
   * @param accepts tells in linear time; safe from any thread
   */
  public record Accepted(String text, Predicate<String> accepts) implements Test {}
}
