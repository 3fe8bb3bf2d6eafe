package io.scopegate.backend;

import java.time.Duration;
import java.util.Optional;

/**
 * How a backend is kept usable while some of its endpoints are not. Immutable.
 *
 * @param healthCheck how endpoints are asked whether they are well, if they are
 * @param slowStart over how long an endpoint that is back gets its full share again; zero for at
 *     once
 */
public record Resilience(
    Connections connections,
    Retries retries,
    Ejection ejection,
    Optional<HealthCheck> healthCheck,
    Duration slowStart) {

  /**
   * What may be open at one endpoint. Immutable.
   *
   * @param max connections at once
   * @param maxIdlePerLoop how many may lie unused, per event loop
   * @param maxWaiting requests that wait for one of them; what comes on top is refused at once
   * @param maxWait how long one waits before it is refused
   * @param lifetime after which a connection is given up between two requests, ten percent more or
   *     less so that not all go at once
   */
  public record Connections(
      int max, int maxIdlePerLoop, int maxWaiting, Duration maxWait, Optional<Duration> lifetime) {}

  /**
   * How often requests go out once more. Immutable.
   *
   * @param attempts how often one request may
   * @param percent of the recent requests that may
   * @param perSecond how many may each second whatever the percentage says
   */
  public record Retries(int attempts, int percent, int perSecond) {}

  /**
   * When an endpoint that fails is left out for a while. Immutable.
   *
   * @param after how many failures in a row; 0 for never
   * @param time how long at first; twice as long each time it fails again
   * @param maxTime how long at most
   */
  public record Ejection(int after, Duration time, Duration maxTime) {}

  /**
   * How endpoints are asked whether they are well. Immutable.
   *
   * @param path answered with 2xx or 3xx by one that is
   * @param timeout to the status of the answer
   * @param healthyAfter how many good answers in a row bring one back
   * @param unhealthyAfter how many bad ones in a row take one out
   */
  public record HealthCheck(
      String path, Duration interval, Duration timeout, int healthyAfter, int unhealthyAfter) {}

  /** Returns what holds where nothing else is set. */
  public static Resilience standard() {
    return new Resilience(
        new Connections(10_000, 256, 1_000, Duration.ofSeconds(1), Optional.empty()),
        new Retries(2, 20, 10),
        new Ejection(5, Duration.ofSeconds(5), Duration.ofMinutes(5)),
        Optional.empty(),
        Duration.ofSeconds(10));
  }
}
