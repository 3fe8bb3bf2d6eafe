package io.scopegate.route;

import io.scopegate.permission.Level;
import java.util.List;

/**
 * A place that a row names: which kind, and where the request says which one. Immutable.
 *
 * @param sources tried in order, the first that gives a value counts; only those that this row can
 *     have, never empty
 * @param reach who gets to the place at all
 * @param hide whether a caller without a role there is told that it does not exist
 */
public record Place(Level level, List<Source> sources, Reach reach, boolean hide) {

  /** Copies what it is given. */
  public Place {
    sources = List.copyOf(sources);
    if (sources.isEmpty()) {
      throw new IllegalArgumentException("a place needs a source");
    }
  }

  /** Who gets to a place at all. */
  public enum Reach {
    /**
     * Only those with a role there: their own, through a team that owns it, or by {@code actsAs}.
     */
    MEMBERS,
    /** Whoever holds the permission in the organization; the place need not be known. */
    ORGANIZATION
  }
}
