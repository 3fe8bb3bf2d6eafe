package io.scopegate.endpoint;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/**
 * How long a token may live from the moment it is made. Immutable.
 *
 * @param max the longest; without it a token may live for ever
 */
public record TokenLifetime(Optional<Duration> max) {

  /** Returns that a token may live for ever. */
  public static TokenLifetime unlimited() {
    return new TokenLifetime(Optional.empty());
  }

  /** Returns the latest end of a token that is made now, if there is one. */
  public Optional<Instant> latestEnd(Instant now) {
    return max.map(now::plus);
  }

  /** Returns what is wrong with the end of a token that is made now, if anything is. */
  Optional<String> complaint(Optional<Instant> expires, Instant now) {
    Optional<Instant> latest = latestEnd(now);
    if (latest.isEmpty() || (expires.isPresent() && !expires.get().isAfter(latest.get()))) {
      return Optional.empty();
    }
    String end = "`" + latest.get().truncatedTo(ChronoUnit.SECONDS) + "`";
    return Optional.of(
        expires.isEmpty()
            ? "is missing: here a token must end, by " + end + " at the latest"
            : "must not be after " + end + ": no token lives longer here");
  }
}
