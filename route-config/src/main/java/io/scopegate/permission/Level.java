package io.scopegate.permission;

import java.util.Locale;
import java.util.Optional;

/** The kind of place at which a role is held. Immutable. */
public enum Level {
  ORGANIZATION,
  TEAM,
  PROJECT;

  private final String word = name().toLowerCase(Locale.ROOT);

  /** Returns the word that files and answers use, such as {@code project}. */
  public String word() {
    return word;
  }

  /** Returns the level that a file calls by this word. */
  public static Optional<Level> of(String word) {
    for (Level level : values()) {
      if (level.word.equals(word)) {
        return Optional.of(level);
      }
    }
    return Optional.empty();
  }
}
