package io.scopegate.route;

/** What a query says of one key. Immutable. */
public sealed interface QueryValue {
  /** The key is not there. */
  record Absent() implements QueryValue {}

  /**
   * The key is there once.
   *
   * @param value decoded once
   */
  record Single(String value) implements QueryValue {}

  /**
   * The key is repeated, or spelt with escapes, or there for some readers only.
   *
   * @param detail what is wrong, for the caller
   */
  record Ambiguous(String detail) implements QueryValue {}
}
