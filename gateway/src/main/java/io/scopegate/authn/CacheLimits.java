package io.scopegate.authn;

import java.time.Duration;

/**
 * How much is remembered of callers, and how long. Immutable.
 *
 * @param tokens how many tokens
 * @param subjects how many subjects
 * @param unknown how many digests that are no token's
 * @param freshFor how long a token or subject counts without being read again
 * @param trustedFor how long it counts without a sign that every change was told
 * @param staleIfError how long it counts after it was last known to be true, if it cannot be read
 * @param unknownFor how long a digest that was no token's is not looked up again
 * @param patience how long a request waits for a look-up, which goes on
 * @param gap between two reads when all is to be read at once; none if 0
 */
public record CacheLimits(
    int tokens,
    int subjects,
    int unknown,
    Duration freshFor,
    Duration trustedFor,
    Duration staleIfError,
    Duration unknownFor,
    Duration patience,
    Duration gap) {
  private static final Duration LAST_NET = Duration.ofMinutes(10);
  private static final Duration LONGEST_TRUST = Duration.ofSeconds(3);
  private static final Duration SHORTEST_TRUST = Duration.ofMillis(900);
  private static final Duration PATIENCE = Duration.ofSeconds(1);
  private static final Duration GAP = Duration.ofMillis(100);

  /**
   * Returns the limits for a store of this process, which tells every change itself: the time is
   * only the last net.
   */
  public static CacheLimits embedded(Duration staleIfError) {
    return limits(LAST_NET, LONGEST_TRUST, staleIfError, Duration.ZERO);
  }

  /** Returns the limits for what needs no store. */
  public static CacheLimits embedded() {
    return embedded(Duration.ZERO);
  }

  /** Returns the limits for a store that others change, too, and that tells of it. */
  public static CacheLimits shared(Duration staleIfError) {
    return limits(LAST_NET, trust(staleIfError), staleIfError, GAP);
  }

  /** Returns the limits for a store that others change without telling. */
  public static CacheLimits untold(Duration freshFor, Duration staleIfError) {
    return limits(freshFor, freshFor, staleIfError, GAP);
  }

  private static CacheLimits limits(
      Duration freshFor, Duration trustedFor, Duration staleIfError, Duration gap) {
    return new CacheLimits(
        100_000,
        100_000,
        10_000,
        freshFor,
        trustedFor,
        staleIfError,
        Duration.ofSeconds(10),
        PATIENCE,
        gap);
  }

  /** Returns the same with room for so many tokens, and as many subjects. */
  public CacheLimits withRoomFor(int callers) {
    return new CacheLimits(
        callers, callers, unknown, freshFor, trustedFor, staleIfError, unknownFor, patience, gap);
  }

  /** Returns how long a shared store is trusted without a sign of it. */
  public static Duration trust(Duration staleIfError) {
    if (staleIfError.compareTo(SHORTEST_TRUST) < 0) {
      return SHORTEST_TRUST;
    }
    return staleIfError.compareTo(LONGEST_TRUST) > 0 ? LONGEST_TRUST : staleIfError;
  }
}
