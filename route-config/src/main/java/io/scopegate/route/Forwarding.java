package io.scopegate.route;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Where an allowed request goes. Immutable.
 *
 * @param backend the name of the backend
 * @param stripPrefix the literal prefix that is cut from the target's raw bytes; empty if nothing
 *     is cut
 * @param shadow whether a refusal is recorded only
 * @param timeout to the end of the answer's head, if the row says its own
 * @param bodyLimitBytes of the request body, if the row says its own
 * @param webSocket whether a request may open a WebSocket there
 */
public record Forwarding(
    String backend,
    String stripPrefix,
    boolean shadow,
    Optional<Duration> timeout,
    OptionalLong bodyLimitBytes,
    boolean webSocket) {

  /** Returns the plain way to a backend. */
  public static Forwarding to(String backend) {
    return new Forwarding(backend, "", false, Optional.empty(), OptionalLong.empty(), false);
  }
}
