package io.scopegate.file;

/** How messages show what a user wrote. Safe from any thread. */
final class Wording {
  private static final int LONGEST_SHOWN = 120;

  private Wording() {}

  /** Returns the user's word in backticks, on one line and not longer than a line. */
  static String quoted(String word) {
    StringBuilder shown = new StringBuilder("`");
    word.codePoints()
        .limit(LONGEST_SHOWN)
        .forEach(
            point -> {
              if (Character.isISOControl(point) || Character.getType(point) == Character.FORMAT) {
                shown.append(String.format("\\u%04x", point));
              } else {
                shown.appendCodePoint(point);
              }
            });
    if (word.codePointCount(0, word.length()) > LONGEST_SHOWN) {
      shown.append("...");
    }
    return shown.append('`').toString();
  }

  /** Returns the suggestion of a word. */
  static String didYouMean(String word) {
    return "did you mean " + quoted(word) + "?";
  }
}
