package io.scopegate.command;

import io.scopegate.file.Nearest;
import io.scopegate.file.Problem;
import java.util.Collection;
import java.util.List;

/** Ends a command: with words for the user, and an exit code. */
final class Failure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** The answer is no. */
  static final int NO = 1;

  /** Wrong use, or a broken file. */
  static final int BROKEN = 2;

  private final int exitCode;

  private Failure(int exitCode, String message) {
    super(message);
    this.exitCode = exitCode;
  }

  static Failure no(String message) {
    return new Failure(NO, "scopegate: " + message);
  }

  static Failure broken(String message) {
    return new Failure(BROKEN, "scopegate: " + message);
  }

  /** Returns the end of a command whose files have problems; all of them are told. */
  static Failure problems(List<Problem> problems) {
    return lines(problems.stream().map(Problem::toString).toList());
  }

  /** Returns the end of a command whose input is wrong in several ways. */
  static Failure lines(List<String> lines) {
    return new Failure(BROKEN, String.join("\n", lines));
  }

  /** Returns the end of a message about an unknown word: empty, or the nearest known one. */
  static String hint(String word, Collection<String> known) {
    return Nearest.to(word, known).map(nearest -> "; did you mean `" + nearest + "`?").orElse("");
  }

  int exitCode() {
    return exitCode;
  }

  /** Returns the words for the user. */
  String words() {
    return String.valueOf(getMessage());
  }
}
