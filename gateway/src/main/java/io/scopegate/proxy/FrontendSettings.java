package io.scopegate.proxy;

import java.time.Duration;

/**
 * What can be set of frontend connections. Immutable.
 *
 * @param headTimeout from the first byte of a head to its last
 * @param bodyTimeout how long a request body, or a client that reads an answer, may stand still
 * @param idleTimeout how long a connection may lie unused
 * @param bodyLimitBytes of a request body where the row says nothing
 * @param trustedProxies whose word about where a request came from counts
 */
public record FrontendSettings(
    Duration headTimeout,
    Duration bodyTimeout,
    Duration idleTimeout,
    long bodyLimitBytes,
    TrustedProxies trustedProxies) {

  private static final long GIBIBYTE = 1L << 30;

  /** Returns what holds where nothing else is set. */
  public static FrontendSettings standard() {
    return new FrontendSettings(
        Duration.ofSeconds(30),
        Duration.ofSeconds(60),
        Duration.ofSeconds(75),
        GIBIBYTE,
        TrustedProxies.none());
  }
}
