package io.scopegate.self;

import io.scopegate.authn.TokenFormat;
import io.scopegate.endpoint.Answers;
import io.scopegate.endpoint.JsonBody;
import io.scopegate.endpoint.TokenLifetime;
import io.scopegate.endpoint.TokenListing;
import io.scopegate.endpoint.TokenMint;
import io.scopegate.endpoint.TokenOrder;
import io.scopegate.endpoint.TokenRotation;
import io.scopegate.guard.LivePolicy;
import io.scopegate.guard.LocalHandler.Answer;
import io.scopegate.policy.Caller;
import io.scopegate.policy.Identities;
import io.scopegate.policy.Policy;
import io.scopegate.route.CredentialKind;
import io.scopegate.store.IdentityStore;
import io.scopegate.store.IdentityStore.StoreConflict;
import io.scopegate.store.NewToken;
import io.scopegate.store.StoredToken;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * The tokens of the caller's subject: what a session may do with any of them, a token may only with
 * those that can do no more than itself, and a client certificate with none. May block. Safe from
 * any thread.
 */
final class OwnTokens {
  private final IdentityStore store;
  private final LivePolicy livePolicy;
  private final TokenFormat format;
  private final TokenRotation rotation;
  private final TokenLifetime lifetime;
  private final Clock clock;

  OwnTokens(
      IdentityStore store,
      LivePolicy livePolicy,
      TokenFormat format,
      TokenLifetime lifetime,
      Clock clock) {
    this.store = store;
    this.livePolicy = livePolicy;
    this.format = format;
    this.rotation = new TokenRotation(store, format, clock);
    this.lifetime = lifetime;
    this.clock = clock;
  }

  Answer list(Caller.Authenticated caller) {
    List<StoredToken> own = store.tokens(Optional.of(caller.principal().subject()));
    return Answers.json(200, Map.of("tokens", TokenListing.of(own, clock.instant())));
  }

  Answer create(Caller.Authenticated caller, String text, Refusals refusals) {
    Policy policy = livePolicy.current();
    JsonBody body = JsonBody.parse(text);
    Identities.Token order =
        new TokenOrder(policy, new Account(policy, caller)::organization, lifetime, clock.instant())
            .read(body, caller.principal().subject());
    List<JsonBody.Complaint> complaints = body.complaints();
    if (!complaints.isEmpty()) {
      return refusals.badBody(complaints);
    }
    Optional<StoredToken> own = ownToken(caller);
    Optional<Answer> refusal =
        refusal(
            caller,
            own,
            limits -> limits.excess(order.scopes(), order.bounds(), order.expires()),
            refusals);
    return refusal.orElseGet(() -> keep(order, own, refusals));
  }

  private Answer keep(Identities.Token order, Optional<StoredToken> maker, Refusals refusals) {
    TokenMint mint = new TokenMint(format);
    NewToken token = mint.token(order);
    try {
      // What a session made stays; what a token made dies with it.
      StoredToken kept = store.create(maker.map(parent -> token.madeBy(parent.id())).orElse(token));
      return Answers.json(201, mint.told(kept).orElseThrow());
    } catch (StoreConflict e) {
      return refusals.conflict(String.valueOf(e.getMessage()));
    }
  }

  Answer rotate(Caller.Authenticated caller, String id, String text, Refusals refusals) {
    JsonBody body = TokenRotation.body(text);
    Duration overlap = TokenRotation.overlap(body);
    List<JsonBody.Complaint> complaints = body.complaints();
    if (!complaints.isEmpty()) {
      return refusals.badBody(complaints);
    }
    Optional<StoredToken> token = tokenOf(caller, id);
    if (token.isEmpty()) {
      return noSuchToken(refusals);
    }
    Optional<StoredToken> own = ownToken(caller);
    Optional<Answer> refusal = refusal(caller, own, limits -> limits.excess(token.get()), refusals);
    if (refusal.isPresent()) {
      return refusal.get();
    }
    try {
      return rotation
          .rotated(id, overlap, own.map(StoredToken::id))
          .map(told -> Answers.json(200, told))
          .orElseGet(() -> noSuchToken(refusals));
    } catch (StoreConflict e) {
      return refusals.conflict(String.valueOf(e.getMessage()));
    }
  }

  Answer revoke(Caller.Authenticated caller, String id, Refusals refusals) {
    Optional<StoredToken> token = tokenOf(caller, id);
    if (token.isEmpty()) {
      return noSuchToken(refusals);
    }
    return refusal(caller, ownToken(caller), limits -> limits.excess(token.get()), refusals)
        .orElseGet(() -> store.revoke(id) ? Answer.empty(204) : noSuchToken(refusals));
  }

  private Optional<StoredToken> tokenOf(Caller.Authenticated caller, String id) {
    return store.token(id).filter(one -> one.subject().equals(caller.principal().subject()));
  }

  /** Returns the token that the caller presents, as long as it is there; a session has none. */
  private Optional<StoredToken> ownToken(Caller.Authenticated caller) {
    return caller.kind() == CredentialKind.TOKEN ? store.token(caller.tokenId()) : Optional.empty();
  }

  /** Returns what keeps the caller from it: only a session is free in what it does. */
  private Optional<Answer> refusal(
      Caller.Authenticated caller,
      Optional<StoredToken> own,
      Function<TokenLimits, List<JsonBody.Complaint>> excess,
      Refusals refusals) {
    if (caller.kind() == CredentialKind.SESSION) {
      return Optional.empty();
    }
    if (own.isEmpty()) {
      // It was revoked since the decision, and must not pass for a session.
      return Optional.of(refusals.unauthorized(true, "the token is not in force any more"));
    }
    List<JsonBody.Complaint> complaints =
        excess.apply(new TokenLimits(livePolicy.current(), own.get(), clock.instant()));
    return complaints.isEmpty() ? Optional.empty() : Optional.of(refusals.exceedsToken(complaints));
  }

  /** One answer for what is not there and what is not the caller's. */
  private static Answer noSuchToken(Refusals refusals) {
    return refusals.notFound("the caller has no such token");
  }
}
