package io.scopegate.event;

import io.scopegate.policy.Decision;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Several listeners as one. Safe from any thread. */
record EventFanOut(List<GatewayEvents> listeners) implements GatewayEvents {

  @Override
  public void decided(Decision decision) {
    for (GatewayEvents listener : listeners) {
      listener.decided(decision);
    }
  }

  @Override
  public void completed(@Nullable Decision decision, String method, int status, long nanos) {
    for (GatewayEvents listener : listeners) {
      listener.completed(decision, method, status, nanos);
    }
  }

  @Override
  public void withdrawn(Decision.Allow then, Decision.Deny why) {
    for (GatewayEvents listener : listeners) {
      listener.withdrawn(then, why);
    }
  }

  @Override
  public void reloaded(boolean ok, long generation) {
    for (GatewayEvents listener : listeners) {
      listener.reloaded(ok, generation);
    }
  }

  @Override
  public void storeRead(boolean ok, Duration duration) {
    for (GatewayEvents listener : listeners) {
      listener.storeRead(ok, duration);
    }
  }
}
