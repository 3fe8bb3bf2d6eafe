package io.scopegate.file;

import io.scopegate.permission.Level;
import io.scopegate.route.Expression;
import io.scopegate.route.Position;
import java.util.List;
import java.util.Optional;

/**
 * The {@code require:} of a row. Immutable.
 *
 * @param expression it as a whole
 * @param terms every permission in it, with its position
 */
record RequirementEntry(Position at, Expression expression, List<TermEntry> terms) {

  /**
   * One permission.
   *
   * @param place where it must be held, if the requirement says so
   */
  record TermEntry(Word permission, Optional<Level> place) {}
}
