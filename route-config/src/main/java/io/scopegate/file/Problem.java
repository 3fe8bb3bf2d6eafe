package io.scopegate.file;

import io.scopegate.route.Position;
import java.util.Comparator;
import java.util.Locale;

/**
 * One thing that is wrong in a file. Immutable.
 *
 * @param file the path as the user gave it
 * @param line counts from 1
 * @param column of the first character of the user's word, counts from 1
 * @param message what is wrong, with the user's own word in backticks
 * @param hint what would be right; empty if there is nothing to suggest
 */
public record Problem(
    String file, int line, int column, Severity severity, String message, String hint) {

  /** Sorts by file, line and column, and problems of one position by their words. */
  public static final Comparator<Problem> BY_POSITION =
      Comparator.comparing(Problem::file)
          .thenComparingInt(Problem::line)
          .thenComparingInt(Problem::column)
          .thenComparing(Problem::severity)
          .thenComparing(Problem::message)
          .thenComparing(Problem::hint);

  /** How bad it is. */
  public enum Severity {
    /** The file cannot be used. */
    ERROR,
    /** The file can be used, and somebody should look. */
    WARNING;

    /** Returns the word that answers use, such as {@code error}. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Returns where it stands. */
  public Position at() {
    return new Position(file, line, column);
  }

  /** Says whether the file cannot be used. */
  public boolean isError() {
    return severity == Severity.ERROR;
  }

  /** Returns it as one line, such as {@code routes.yaml:14:9: unknown key `tag`}. */
  @Override
  public String toString() {
    return at()
        + (isError() ? ": " : ": warning: ")
        + message
        + (hint.isEmpty() ? "" : "; " + hint);
  }
}
