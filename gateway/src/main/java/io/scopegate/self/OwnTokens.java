package io.scopegate.self;

import io.scopegate.authn.TokenFormat;
import io.scopegate.endpoint.Answers;
import io.scopegate.endpoint.JsonBody;
import io.scopegate.endpoint.TokenListing;
import io.scopegate.endpoint.TokenMint;
import io.scopegate.endpoint.TokenOrder;
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
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The tokens of the caller's subject: what a session may do with any of them, a token may only with
 * those that can do no more than itself. May block. Safe from any thread.
 */
final class OwnTokens {
  private final IdentityStore store;
  private final LivePolicy livePolicy;
  private final TokenFormat format;
  private final Clock clock;

  OwnTokens(IdentityStore store, LivePolicy livePolicy, TokenFormat format, Clock clock) {
    this.store = store;
    this.livePolicy = livePolicy;
    this.format = format;
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
        new TokenOrder(policy, new Account(policy, caller)::organization, clock.instant())
            .read(body, caller.principal().subject());
    List<JsonBody.Complaint> complaints = body.complaints();
    if (!complaints.isEmpty()) {
      return refusals.badBody(complaints);
    }
    Optional<StoredToken> own = ownToken(caller);
    if (isGone(caller, own)) {
      return gone(refusals);
    }
    List<JsonBody.Complaint> excess =
        own.map(
                token ->
                    new TokenLimits(policy, token)
                        .excess(order.scopes(), order.bounds(), order.expires()))
            .orElse(List.of());
    return excess.isEmpty() ? keep(order, own, refusals) : refusals.exceedsToken(excess);
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

  Answer revoke(Caller.Authenticated caller, String id, Refusals refusals) {
    Optional<StoredToken> token =
        store.token(id).filter(one -> one.subject().equals(caller.principal().subject()));
    if (token.isEmpty()) {
      return noSuchToken(refusals);
    }
    Optional<StoredToken> own = ownToken(caller);
    if (isGone(caller, own)) {
      return gone(refusals);
    }
    StoredToken other = token.get();
    List<JsonBody.Complaint> excess =
        own.map(
                limit ->
                    new TokenLimits(livePolicy.current(), limit)
                        .excess(other.scopes(), other.bounds(), other.expires()))
            .orElse(List.of());
    if (!excess.isEmpty()) {
      return refusals.exceedsToken(excess);
    }
    return store.revoke(id) ? Answer.empty(204) : noSuchToken(refusals);
  }

  /** Returns the token that the caller presents, as long as it is there; a session has none. */
  private Optional<StoredToken> ownToken(Caller.Authenticated caller) {
    return caller.kind() == CredentialKind.SESSION
        ? Optional.empty()
        : store.token(caller.tokenId());
  }

  /** Says whether the token was revoked since the decision: it must not pass for a session. */
  private static boolean isGone(Caller.Authenticated caller, Optional<StoredToken> own) {
    return caller.kind() != CredentialKind.SESSION && own.isEmpty();
  }

  private static Answer gone(Refusals refusals) {
    return refusals.unauthorized(true, "the token is not in force any more");
  }

  /** One answer for what is not there and what is not the caller's. */
  private static Answer noSuchToken(Refusals refusals) {
    return refusals.notFound("the caller has no such token");
  }
}
