package io.scopegate.file;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/** Finds what a user may have meant by a misspelt word. Safe from any thread. */
public final class Nearest {
  /** Nobody misspells a longer word into something a program can guess. */
  private static final int LONGEST_WORD = 80;

  private Nearest() {}

  /** Returns the known word that takes the fewest edits, if it takes few for its length. */
  public static Optional<String> to(String word, Collection<String> known) {
    if (word.length() > LONGEST_WORD) {
      return Optional.empty();
    }
    String best = null;
    int fewest = Math.min(3, (word.length() + 1) / 3) + 1;
    for (String candidate : known) {
      if (Math.abs(candidate.length() - word.length()) > fewest || candidate.equals(word)) {
        continue;
      }
      int edits = candidate.equalsIgnoreCase(word) ? 0 : distance(lower(word), lower(candidate));
      boolean tie = edits == fewest && best != null && candidate.compareTo(best) < 0;
      if (edits < fewest || tie) {
        best = candidate;
        fewest = edits;
      }
    }
    return Optional.ofNullable(best);
  }

  private static String lower(String word) {
    return word.toLowerCase(Locale.ROOT);
  }

  /** Counts insertions, deletions, substitutions and swaps of neighbours. */
  private static int distance(String left, String right) {
    int[][] edits = new int[left.length() + 1][right.length() + 1];
    for (int i = 0; i <= left.length(); i++) {
      edits[i][0] = i;
    }
    for (int j = 0; j <= right.length(); j++) {
      edits[0][j] = j;
    }
    for (int i = 1; i <= left.length(); i++) {
      for (int j = 1; j <= right.length(); j++) {
        int change = left.charAt(i - 1) == right.charAt(j - 1) ? 0 : 1;
        int least =
            Math.min(Math.min(edits[i - 1][j], edits[i][j - 1]) + 1, edits[i - 1][j - 1] + change);
        boolean swapped =
            i > 1
                && j > 1
                && left.charAt(i - 1) == right.charAt(j - 2)
                && left.charAt(i - 2) == right.charAt(j - 1);
        edits[i][j] = swapped ? Math.min(least, edits[i - 2][j - 2] + 1) : least;
      }
    }
    return edits[left.length()][right.length()];
  }
}
