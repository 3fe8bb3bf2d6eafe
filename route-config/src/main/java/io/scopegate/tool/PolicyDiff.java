package io.scopegate.tool;

import io.scopegate.policy.Policy;
import java.util.List;

/**
 * Which decisions change from one policy to another: what requests meet is compared, not the text
 * of the tables. Immutable.
 *
 * @param widened what was refused and is allowed now
 * @param narrowed what was allowed and is refused now
 */
public record PolicyDiff(List<Change> widened, List<Change> narrowed) {
  /** The role of a caller without a credential. */
  public static final String ANONYMOUS = "anonymous";

  /** The role of a caller with a valid credential and no role anywhere. */
  public static final String AUTHENTICATED = "authenticated";

  /** The scope of a token that carries everything. */
  public static final String EVERYTHING = "*";

  /** The scope of a token whose list of scopes is empty. */
  public static final String EMPTY = "";

  /** The scope of a session. */
  public static final String SESSION = "session";

  /** Copies what it is given. */
  public PolicyDiff {
    widened = List.copyOf(widened);
    narrowed = List.copyOf(narrowed);
  }

  /**
   * One answer that changes.
   *
   * @param role {@code level:NAME} of a caller who holds that role alone; several joined by {@code
   *     +} where no one of them shows the change; settings of the organization in brackets where it
   *     shows only with them
   * @param scope what the token carries: {@code *}, one scope, or several joined by {@code ,} where
   *     no one of them shows the change
   * @param route the id of the row in the new table, or in the old one if the new has none
   * @param from {@code allow}, {@code deny} or {@code shadow}, with the projects a backend is told
   *     of where only they change
   * @param to the same, now
   */
  public record Change(String role, String scope, String route, String from, String to) {}

  /** Compares two policies. */
  public static PolicyDiff between(Policy before, Policy after) {
    Comparison comparison = new Comparison(before, after);
    RowPairs.of(before.routes(), after.routes()).forEach(comparison::compare);
    return comparison.diff();
  }
}
