package io.scopegate.guard;

import io.scopegate.authn.Authenticator;
import io.scopegate.authn.Credential;
import io.scopegate.event.GatewayEvents;
import io.scopegate.policy.Authorizer;
import io.scopegate.policy.Caller;
import io.scopegate.policy.Decision;
import io.scopegate.route.HttpFields;
import io.scopegate.route.Reading;
import io.scopegate.route.RequestLine;
import java.util.concurrent.CompletableFuture;

/**
 * The one door: a request line and a credential become a decision. Safe from any thread; never
 * blocks.
 */
public final class Gatekeeper {
  private static final Caller NOBODY = new Caller.Unavailable();

  private final LivePolicy livePolicy;
  private final Authenticator authenticator;
  private final GatewayEvents events;

  /** Wires the door. */
  public Gatekeeper(LivePolicy livePolicy, Authenticator authenticator, GatewayEvents events) {
    this.livePolicy = livePolicy;
    this.authenticator = authenticator;
    this.events = events;
  }

  /**
   * Decides. What needs no look-up completes on the spot; the rest on another thread, from where
   * the caller goes back to its own.
   *
   * @param method the method as sent
   * @param target the target as sent
   * @param authority the value of {@code Host} as sent
   */
  public CompletableFuture<Decision> judge(
      String method, String target, String authority, HttpFields fields) {
    return judge(method, target, authority, fields, "");
  }

  /**
   * Decides in the same way.
   *
   * @param address where the request comes from, in digits; empty if that is not known
   */
  public CompletableFuture<Decision> judge(
      String method, String target, String authority, HttpFields fields, String address) {
    Reading reading = RequestLine.parse(method, target, authority);
    Authorizer.Admission admission = Authorizer.admit(livePolicy.current(), reading, fields);
    if (admission instanceof Authorizer.Settled settled) {
      events.decided(settled.decision());
      return CompletableFuture.completedFuture(settled.decision());
    }
    Authorizer.Pending pending = (Authorizer.Pending) admission;
    CompletableFuture<Caller> caller =
        authenticator.authenticate(Credential.from(fields), pending.policy(), address);
    // Nothing hangs on a future that is there already: this is the way of nearly all requests.
    return caller.isDone()
        ? CompletableFuture.completedFuture(decide(pending, caller.getNow(NOBODY)))
        : caller.thenApply(found -> decide(pending, found));
  }

  private Decision decide(Authorizer.Pending pending, Caller caller) {
    Decision decision = Authorizer.decide(pending, caller);
    events.decided(decision);
    return decision;
  }
}
