package io.scopegate.endpoint;

import io.scopegate.file.Nearest;
import io.scopegate.file.Quantities;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.Collection;
import java.util.Optional;

/** What callers may write, and what they may have meant. Safe from any thread. */
public final class Words {
  private static final int LONGEST = 255;

  private Words() {}

  /** Returns the end of a message about an unknown word: empty, or the nearest known one. */
  public static String didYouMean(String word, Collection<String> known) {
    return Nearest.to(word, known).map(nearest -> "; did you mean `" + nearest + "`?").orElse("");
  }

  /** Says whether a subject can be called so. */
  public static boolean isSubject(String text) {
    return isShort(text) && text.chars().allMatch(c -> c > ' ' && c < 0x7f);
  }

  /** Says whether a token can be called so. */
  public static boolean isTokenName(String text) {
    return isShort(text) && text.chars().noneMatch(Character::isISOControl) && !text.isBlank();
  }

  /** Says whether an organization, team or project can be called so. */
  public static boolean isPlace(String text) {
    return !text.isEmpty()
        && text.chars().allMatch(c -> c > ' ' && c < 0x7f && ",;\"\\/".indexOf(c) < 0);
  }

  private static boolean isShort(String text) {
    return !text.isEmpty() && text.length() <= LONGEST;
  }

  /** Returns the duration of a text such as {@code 90d}. */
  public static Optional<Duration> duration(String text) {
    return Quantities.duration(text);
  }

  /** Returns the moment of a text such as {@code 2027-01-01T00:00:00Z} (RFC 3339). */
  public static Optional<Instant> instant(String text) {
    try {
      return Optional.of(OffsetDateTime.parse(text).toInstant());
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
  }
}
