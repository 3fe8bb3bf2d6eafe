package io.scopegate.route;

/**
 * A literal segment. A short one is kept in two numbers, so that comparing it reads nothing but the
 * object it is part of: in a large table each object further away costs more than the comparison.
 * Immutable.
 */
abstract class Literal {
  private static final int WORD = 8;
  private static final int MAX_PACKED = 2 * WORD;

  private final String text;
  private final int hash;
  private final int length;
  private final boolean packed;
  private final long first;
  private final long second;

  Literal(String text) {
    this.text = text;
    this.hash = text.hashCode();
    this.length = text.length();
    this.packed = length <= MAX_PACKED && text.chars().allMatch(c -> c < 128);
    this.first = packed ? word(text, 0, Math.min(WORD, length)) : 0;
    this.second = packed && length > WORD ? word(text, WORD, length) : 0;
  }

  /** Returns that of {@link String#hashCode()}. */
  final int hash() {
    return hash;
  }

  final int length() {
    return length;
  }

  /** Says whether it stands in a text at this index, where at least as many characters follow. */
  final boolean stands(String where, int start) {
    if (!packed) {
      return where.startsWith(text, start);
    }
    int middle = start + Math.min(WORD, length);
    return word(where, start, middle) == first
        && (length <= WORD || word(where, middle, start + length) == second);
  }

  /** Packs at most eight characters; such as are not ASCII become what no packed literal is. */
  private static long word(String text, int from, int to) {
    long word = 0;
    int all = 0;
    for (int i = from; i < to; i++) {
      char c = text.charAt(i);
      word = word << WORD | c;
      all |= c;
    }
    return all < 128 ? word : ~0L;
  }
}
