package io.scopegate.proxy;

import io.scopegate.proxy.message.HeadLimits;
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
    TrustedProxies trustedProxies,
    HeadLimits heads,
    ConnectionLimits connections) {

  private static final long GIBIBYTE = 1L << 30;

  /** Sets the times and the largest body, and leaves the other limits as they are by default. */
  public FrontendSettings(
      Duration headTimeout,
      Duration bodyTimeout,
      Duration idleTimeout,
      long bodyLimitBytes,
      TrustedProxies trustedProxies) {
    this(
        headTimeout,
        bodyTimeout,
        idleTimeout,
        bodyLimitBytes,
        trustedProxies,
        HeadLimits.STANDARD,
        ConnectionLimits.STANDARD);
  }

  /** Returns what holds where nothing else is set. */
  public static FrontendSettings standard() {
    return new FrontendSettings(
        Duration.ofSeconds(10),
        Duration.ofSeconds(60),
        Duration.ofSeconds(75),
        GIBIBYTE,
        TrustedProxies.none());
  }

  /** Returns them with these limits of heads and connections. */
  public FrontendSettings with(HeadLimits ofHeads, ConnectionLimits ofConnections) {
    return new FrontendSettings(
        headTimeout,
        bodyTimeout,
        idleTimeout,
        bodyLimitBytes,
        trustedProxies,
        ofHeads,
        ofConnections);
  }
}
