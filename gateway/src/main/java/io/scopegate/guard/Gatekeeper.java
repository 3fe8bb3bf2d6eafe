package io.scopegate.guard;

import io.scopegate.authn.Authenticator;
import io.scopegate.authn.Credential;
import io.scopegate.authn.assertion.Assertions;
import io.scopegate.event.GatewayEvents;
import io.scopegate.policy.Authorizer;
import io.scopegate.policy.Caller;
import io.scopegate.policy.Continuance;
import io.scopegate.policy.Decision;
import io.scopegate.route.Cors;
import io.scopegate.route.HttpFields;
import io.scopegate.route.Reading;
import io.scopegate.route.RequestLine;
import io.scopegate.route.RouteMatch;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * The one door: a request line and a credential become a decision. Safe from any thread; never
 * blocks.
 */
public final class Gatekeeper {
  private static final Caller NOBODY = new Caller.Unavailable();

  private final LivePolicy livePolicy;
  private final Authenticator authenticator;
  private final SiteCheck sites;
  private final Assertions assertions;
  private final GatewayEvents events;

  /** Wires a door that knows no other site and asserts nothing. */
  public Gatekeeper(LivePolicy livePolicy, Authenticator authenticator, GatewayEvents events) {
    this(livePolicy, authenticator, new SiteCheck(Set.of()), Assertions.NONE, events);
  }

  /**
   * Wires the door.
   *
   * @param assertions prepared before a request goes on, so that nothing waits for one later
   */
  public Gatekeeper(
      LivePolicy livePolicy,
      Authenticator authenticator,
      SiteCheck sites,
      Assertions assertions,
      GatewayEvents events) {
    this.livePolicy = livePolicy;
    this.authenticator = authenticator;
    this.sites = sites;
    this.assertions = assertions;
    this.events = events;
  }

  /** Returns what backends are told of those who pass. */
  public Assertions assertions() {
    return assertions;
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
    return judge(method, target, authority, fields, new Credential.None(), "");
  }

  /**
   * Decides in the same way.
   *
   * @param ofConnection what the connection itself presents of who its client is
   * @param address where the request comes from, in digits; empty if that is not known
   */
  public CompletableFuture<Decision> judge(
      String method,
      String target,
      String authority,
      HttpFields fields,
      Credential ofConnection,
      String address) {
    Reading reading = RequestLine.parse(method, target, authority);
    Authorizer.Admission admission = Authorizer.admit(livePolicy.current(), reading, fields);
    if (admission instanceof Authorizer.Settled settled) {
      events.decided(settled.decision());
      return CompletableFuture.completedFuture(settled.decision());
    }
    Authorizer.Pending pending = (Authorizer.Pending) admission;
    Credential credential = Credential.from(fields, ofConnection);
    Optional<String> crossSite = crossSite(pending, credential, method, authority);
    CompletableFuture<Caller> caller =
        authenticator.authenticate(credential, pending.policy(), address);
    // Nothing hangs on a future that is there already: this is the way of nearly all requests.
    return caller.isDone()
        ? decide(pending, caller.getNow(NOBODY), crossSite)
        : caller.thenCompose(found -> decide(pending, found, crossSite));
  }

  private Optional<String> crossSite(
      Authorizer.Pending pending, Credential credential, String method, String authority) {
    RouteMatch match = pending.match();
    Optional<Cors> cors = match == null ? Optional.empty() : match.cors();
    return sites.objection(credential, method, authority, pending.fields(), cors);
  }

  /**
   * Decides once more about a request that is under way, by what holds now, and tells nobody of it.
   * It completes in the same way.
   *
   * @param then what it was let through with
   * @param authority the value of {@code Host} as sent
   * @return why it may not go on; empty if it may
   */
  public CompletableFuture<Optional<Decision.Deny>> objection(
      Decision.Allow then,
      String authority,
      HttpFields fields,
      Credential ofConnection,
      String address) {
    Authorizer.Admission admission = Authorizer.admit(livePolicy.current(), then.line(), fields);
    if (admission instanceof Authorizer.Settled settled) {
      return CompletableFuture.completedFuture(Continuance.objection(then, settled.decision()));
    }
    Authorizer.Pending pending = (Authorizer.Pending) admission;
    Credential credential = Credential.from(fields, ofConnection);
    Optional<String> crossSite = crossSite(pending, credential, then.line().method(), authority);
    return authenticator
        .authenticate(credential, pending.policy(), address)
        .thenApply(
            caller -> Continuance.objection(then, Authorizer.decide(pending, caller, crossSite)));
  }

  private CompletableFuture<Decision> decide(
      Authorizer.Pending pending, Caller caller, Optional<String> crossSite) {
    Decision decision = Authorizer.decide(pending, caller, crossSite);
    events.decided(decision);
    CompletableFuture<Decision> decided = CompletableFuture.completedFuture(decision);
    if (!(decision instanceof Decision.Allow allow)) {
      return decided;
    }
    Optional<CompletableFuture<String>> assertion = assertions.prepared(allow);
    return assertion.isEmpty() || assertion.get().isDone()
        ? decided
        : assertion.get().thenCompose(text -> decided);
  }
}
