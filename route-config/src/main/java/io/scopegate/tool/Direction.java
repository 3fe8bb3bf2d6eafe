package io.scopegate.tool;

/** Which way an answer changes. Immutable. */
enum Direction {
  /** What was refused is allowed. */
  WIDENED,
  /** What was allowed is refused. */
  NARROWED
}
