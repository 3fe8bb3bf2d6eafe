package io.scopegate.event;

import io.scopegate.policy.Decision;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What happened. Implementations are called on event loops: they never block and are safe from any
 * thread. Every method does nothing by default.
 */
public interface GatewayEvents {

  /** Events that nobody listens to. */
  GatewayEvents NONE = new GatewayEvents() {};

  /** Returns events that all of these hear of, in this order. */
  static GatewayEvents of(GatewayEvents... listeners) {
    return new EventFanOut(List.of(listeners));
  }

  /** A request was decided, before anything is answered or forwarded. */
  default void decided(Decision decision) {}

  /**
   * An exchange is over, or was broken off.
   *
   * @param decision null if the request could not be read as far as that
   * @param method one of the standard methods or {@code _OTHER}: a caller cannot grow it
   * @param status the status that was sent, or 0 if the connection broke before
   * @param nanos from the first byte of the head to the last of the answer
   */
  default void completed(@Nullable Decision decision, String method, int status, long nanos) {}

  /**
   * A request under way was ended, because what it was let through with does not hold any more: its
   * credential was revoked or has expired, its subject holds less, or the route table has changed.
   *
   * @param then what it was let through with
   * @param why what would be said of it now
   */
  default void withdrawn(Decision.Allow then, Decision.Deny why) {}

  /**
   * The route table was read again: the new one is in force, or it had problems and the old one
   * stays.
   */
  default void reloaded(boolean ok, long generation) {}

  /** The identity store was asked for something that was not cached. */
  default void storeRead(boolean ok, Duration duration) {}
}
