package io.scopegate.authn;

import java.time.Duration;

/**
 * How much is remembered of callers, and how long. Immutable.
 *
 * @param tokens how many tokens
 * @param subjects how many subjects
 * @param unknown how many digests that are no token's
 * @param freshFor how long a token or subject counts without being read again
 * @param unknownFor how long a digest that was no token's is not looked up again
 */
public record CacheLimits(
    int tokens, int subjects, int unknown, Duration freshFor, Duration unknownFor) {

  /**
   * Returns the limits for a store of this process, which tells every change itself: the time is
   * only the last net.
   */
  public static CacheLimits embedded() {
    return new CacheLimits(
        100_000, 100_000, 10_000, Duration.ofMinutes(10), Duration.ofSeconds(10));
  }
}
