package io.scopegate.route;

import org.jspecify.annotations.Nullable;

/** What a character of a request target is, and what is said where it cannot stand. */
enum TargetCharacter {
  /** Of a segment (RFC 3986 §3.3, {@code pchar}). */
  PLAIN(null, null),
  /** Between two segments. */
  SLASH(null, null),
  /** Begins an escape. */
  PERCENT(null, null),
  /** Begins a path parameter. */
  SEMICOLON(null, null),
  /** Ends the path. */
  QUESTION_MARK(null, null),
  /** No URI has it in its path; servers differ in what they make of it. */
  QUERY_ONLY("the path holds a character that must be percent-encoded", null),
  /** Some servers take it for a slash. */
  BACKSLASH("the path holds a backslash", null),
  /** Begins a fragment. */
  HASH("the target holds a fragment", "the target holds a fragment"),
  /** Ends the target for some readers. */
  SPACE("the path holds a space", "the query holds a space"),
  /** Of ASCII's control characters. */
  CONTROL("the path holds a control character", "the query holds a control character"),
  /** Not of ASCII. */
  HIGH("the path holds a raw byte from 0x80", "the query holds a raw byte from 0x80");

  private static final TargetCharacter[] ASCII = new TargetCharacter[128];

  static {
    for (char c = 0; c < ASCII.length; c++) {
      ASCII[c] = classified(c);
    }
  }

  private final @Nullable String refusalInPath;
  private final @Nullable String refusalInQuery;

  TargetCharacter(@Nullable String refusalInPath, @Nullable String refusalInQuery) {
    this.refusalInPath = refusalInPath;
    this.refusalInQuery = refusalInQuery;
  }

  private static TargetCharacter classified(char c) {
    return switch (c) {
      case '/' -> SLASH;
      case '%' -> PERCENT;
      case ';' -> SEMICOLON;
      case '?' -> QUESTION_MARK;
      case '\\' -> BACKSLASH;
      case '#' -> HASH;
      case ' ' -> SPACE;
      case '"', '<', '>', '[', ']', '^', '`', '{', '|', '}' -> QUERY_ONLY;
      default -> Character.isISOControl(c) ? CONTROL : PLAIN;
    };
  }

  /** Returns what the character is. */
  static TargetCharacter of(char c) {
    return c < ASCII.length ? ASCII[c] : HIGH;
  }

  /** Returns why it cannot stand in a path, or null if it can. */
  @Nullable String refusalInPath() {
    return refusalInPath;
  }

  /** Returns why it cannot stand in a query, or null if it can. */
  @Nullable String refusalInQuery() {
    return refusalInQuery;
  }
}
