package io.scopegate.proxy.message;

/**
 * Bytes that have no reading, or more than one; nothing follows it. Immutable.
 *
 * @param detail what is wrong, for whoever sent it
 */
public record Malformed(Kind kind, String detail) {
  /** What the answer depends on. */
  public enum Kind {
    SYNTAX,
    TARGET_TOO_LONG,
    HEAD_TOO_LARGE
  }
}
