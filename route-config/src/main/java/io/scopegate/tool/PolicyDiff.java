package io.scopegate.tool;

import io.scopegate.policy.Policy;
import java.util.List;
import java.util.Set;

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

  /**
   * The role of a page of another site, whose origin then stands for the scope: {@link #EVERYTHING}
   * for every one that neither table names.
   */
  public static final String PAGE = "page";

  /** The scope of a token that carries everything. */
  public static final String EVERYTHING = "*";

  /** The scope of a token whose list of scopes is empty. */
  public static final String EMPTY = "";

  /** The scope of a session. */
  public static final String SESSION = "session";

  /** The role where there is too much to go through, so that something may have widened. */
  public static final String UNKNOWN = "unknown";

  /** Copies what it is given. */
  public PolicyDiff {
    widened = List.copyOf(widened);
    narrowed = List.copyOf(narrowed);
  }

  /**
   * One answer that changes.
   *
   * @param role {@code level:NAME} of a caller who holds that role alone; several joined by {@code
   *     +} where no one of them shows the change, {@code @another} behind the role at another team
   *     that owns the project; {@code custom(…)} for a role that an organization makes itself of
   *     these permissions; in brackets what else it takes: settings of the organization, a token
   *     that is bound to a project, a membership in two organizations
   * @param scope what the token carries: {@code *}, one scope, or several joined by {@code ,} where
   *     no one of them shows the change; of a page its origin
   * @param route the id of the row in the new table, or in the old one if the new has none
   * @param from {@code allow}, {@code deny} or {@code shadow}; behind a comma the projects that a
   *     backend is told of where only they change, and what the row says of its places, or what is
   *     malformed, where only some requests show the change; of a page what else it may do, or
   *     {@code as the backend says}, which may be anything
   * @param to the same, now
   */
  public record Change(String role, String scope, String route, String from, String to) {}

  /** Compares two policies. */
  public static PolicyDiff between(Policy before, Policy after) {
    Comparison comparison = new Comparison(before, after);
    Set<RowPair> pairs = RowPairs.of(before.routes(), after.routes());
    // What only special requests show is told where no ordinary one shows it.
    pairs.stream().filter(pair -> pair.special().isEmpty()).forEach(comparison::compare);
    pairs.stream().filter(pair -> !pair.special().isEmpty()).forEach(comparison::compare);
    pairs.stream()
        .filter(pair -> pair.special().isEmpty())
        .forEach(pair -> new PageComparison(comparison, pair).compare());
    return comparison.diff();
  }
}
