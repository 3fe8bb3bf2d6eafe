package io.scopegate.file;

import io.scopegate.route.Position;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The problems found so far while files are read. What is said twice of one position counts once.
 * Used by the wiring only.
 */
public final class Problems {
  private final Set<Problem> found = new LinkedHashSet<>();
  private int noted;

  /** Starts without a problem. */
  public Problems() {}

  /** Notes an error without a suggestion. */
  public void error(Position at, String message) {
    error(at, message, "");
  }

  /** Notes an error and what would be right. */
  public void error(Position at, String message, String hint) {
    add(problem(at, Problem.Severity.ERROR, message, hint));
  }

  /** Notes that a word is none of those that could stand here, and suggests the nearest. */
  public void unknown(Position at, String what, String word, Collection<String> known) {
    error(
        at,
        "unknown " + what + " " + Wording.quoted(word),
        Nearest.to(word, known).map(Wording::didYouMean).orElse(""));
  }

  /** Notes something that somebody should look at. */
  public void warning(Position at, String message) {
    warning(at, message, "");
  }

  /** Notes something that somebody should look at and what would be right. */
  void warning(Position at, String message, String hint) {
    add(problem(at, Problem.Severity.WARNING, message, hint));
  }

  /** Notes what was found in another file. */
  void addAll(Collection<Problem> others) {
    others.forEach(this::add);
  }

  private static Problem problem(
      Position at, Problem.Severity severity, String message, String hint) {
    return new Problem(at.file(), at.line(), at.column(), severity, message, hint);
  }

  private void add(Problem problem) {
    if (problem.isError()) {
      noted++;
    }
    found.add(problem);
  }

  /** Says whether anything found makes the files unusable. */
  public boolean hasErrors() {
    return noted > 0;
  }

  /** Counts the errors noted so far, those said before included. */
  int noted() {
    return noted;
  }

  /** Returns what was found, by file, line and column. */
  public List<Problem> sorted() {
    return found.stream().sorted(Problem.BY_POSITION).toList();
  }
}
