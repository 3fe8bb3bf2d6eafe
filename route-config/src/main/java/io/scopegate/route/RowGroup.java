package io.scopegate.route;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Rows of one template that cover a method in the same way: those with a condition in file order,
 * then the one without.
 */
final class RowGroup {
  private final List<Route> rows;

  /** The one row where there is no condition at all. */
  private final @Nullable Route always;

  private final int methodRank;
  private final int[] specificity;
  private final boolean needsCaller;
  private final boolean mayBePublic;
  private final boolean encodedSlash;
  private final boolean pathParameters;

  // Those of one match have the same: a preflight could not tell which of them counts.
  private final Optional<Cors> cors;

  /**
   * Groups rows of one template.
   *
   * @param inFileOrder never empty
   * @param methodRank how closely they name the method: the higher number wins
   */
  RowGroup(List<Route> inFileOrder, int methodRank) {
    this.rows =
        Stream.concat(
                inFileOrder.stream().filter(row -> row.when().isPresent()),
                inFileOrder.stream().filter(row -> row.when().isEmpty()))
            .toList();
    this.always = rows.get(0).when().isEmpty() ? rows.get(0) : null;
    this.methodRank = methodRank;
    this.specificity = rows.get(0).path().specificity();
    this.needsCaller =
        rows.stream().flatMap(row -> row.when().stream()).anyMatch(Condition::needsCaller);
    this.mayBePublic = rows.stream().anyMatch(Route::isPublic);
    this.encodedSlash = rows.stream().allMatch(Route::encodedSlash);
    this.pathParameters = rows.stream().allMatch(Route::pathParameters);
    this.cors = rows.get(0).cors();
  }

  List<Route> rows() {
    return rows;
  }

  Optional<Cors> cors() {
    return cors;
  }

  boolean mayBePublic() {
    return mayBePublic;
  }

  boolean needsCaller() {
    return needsCaller;
  }

  /** Says whether these rows are more specific than others that the same request meets. */
  boolean beats(RowGroup other) {
    int order = Arrays.compare(specificity, other.specificity);
    return order > 0 || (order == 0 && methodRank > other.methodRank);
  }

  /** Returns why none of these rows can take the request line, or null if they can. */
  @Nullable String refusal(RequestLine line) {
    return line.refusal(encodedSlash, pathParameters);
  }

  /** Chooses the first row whose condition holds. */
  RouteMatch.Choice choose(RouteMatch match, HttpFields fields, Optional<String> subject) {
    if (always != null) {
      return new RouteMatch.Chosen(always);
    }
    for (Route row : rows) {
      Optional<Condition> when = row.when();
      if (when.isEmpty()) {
        return new RouteMatch.Chosen(row);
      }
      ConditionTrial trial = new ConditionTrial(match, row, fields, subject);
      boolean holds = trial.holds(when.get());
      if (trial.ambiguity() != null) {
        return new RouteMatch.Ambiguous(trial.ambiguity());
      }
      if (holds) {
        return new RouteMatch.Chosen(row);
      }
    }
    return new RouteMatch.None();
  }
}
