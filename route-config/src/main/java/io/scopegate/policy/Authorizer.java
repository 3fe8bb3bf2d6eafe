package io.scopegate.policy;

import io.scopegate.route.HttpFields;
import io.scopegate.route.Reading;
import io.scopegate.route.RequestLine;
import io.scopegate.route.RouteMatch;
import java.util.Optional;

/**
 * Decides whether a caller may use a route: what the token and the roles hold in common must cover
 * what the route requires. A pure function of its arguments, and the only maker of an {@link
 * Decision.Allow}. Safe from any thread.
 */
public final class Authorizer {
  private Authorizer() {}

  /** What can be said of a request before its credential is looked at. */
  public sealed interface Admission {}

  /** It is decided already: malformed, or public. */
  public record Settled(Decision decision) implements Admission {}

  /**
   * It depends on the caller.
   *
   * @param match the rows it meets; empty if there are none, which is said only after
   *     authentication
   */
  public record Pending(
      Policy policy, RequestLine line, HttpFields fields, Optional<RouteMatch> match)
      implements Admission {}

  /** Takes the steps that need no credential. */
  public static Admission admit(Policy policy, Reading reading, HttpFields fields) {
    throw new UnsupportedOperationException();
  }

  /** Takes the other steps. */
  public static Decision decide(Pending pending, Caller caller) {
    throw new UnsupportedOperationException();
  }

  /** Takes all steps for a caller that is known beforehand. */
  public static Decision decide(Policy policy, Reading reading, HttpFields fields, Caller caller) {
    Admission admission = admit(policy, reading, fields);
    return admission instanceof Settled settled
        ? settled.decision()
        : decide((Pending) admission, caller);
  }
}
