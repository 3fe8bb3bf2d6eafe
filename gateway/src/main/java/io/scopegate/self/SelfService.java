package io.scopegate.self;

import io.scopegate.authn.TokenFormat;
import io.scopegate.endpoint.Answers;
import io.scopegate.endpoint.JsonBody;
import io.scopegate.endpoint.TokenLifetime;
import io.scopegate.guard.LivePolicy;
import io.scopegate.guard.LocalBackend;
import io.scopegate.guard.LocalHandler.Answer;
import io.scopegate.policy.Authorizer;
import io.scopegate.policy.Caller;
import io.scopegate.policy.Decision;
import io.scopegate.route.CredentialKind;
import io.scopegate.route.HttpFields;
import io.scopegate.route.RequestLine;
import io.scopegate.store.IdentityStore;
import io.scopegate.store.StoreFailure;
import io.scopegate.tool.Explanation;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;

/**
 * The backend {@code self}: who the caller is, what it could do, and its tokens. The route table
 * says who gets here; an anonymous caller never does. What may block runs on an executor. Safe from
 * any thread.
 */
public final class SelfService implements LocalBackend {
  /** What rows call it. */
  public static final String NAME = "self";

  private final LivePolicy livePolicy;
  private final OwnTokens tokens;
  private final Executor executor;

  /**
   * Wires the backend.
   *
   * @param lifetime how long tokens may live
   * @param executor where the store is asked, which may block
   */
  public SelfService(
      IdentityStore store,
      LivePolicy livePolicy,
      TokenFormat format,
      TokenLifetime lifetime,
      Clock clock,
      Executor executor) {
    this.livePolicy = livePolicy;
    this.tokens = new OwnTokens(store, livePolicy, format, lifetime, clock);
    this.executor = executor;
  }

  @Override
  public CompletionStage<Answer> handle(Decision.Allow allow, String requestId, String body) {
    Refusals refusals = new Refusals(requestId);
    // The reader refuses rows that would let a stranger come here; should one be made in another
    // way, the door is shut all the same.
    if (!(allow.caller() instanceof Caller.Authenticated caller) || allow.overruled().isPresent()) {
      return now(refusals.unauthorized(false, "this is for callers that are known"));
    }
    Optional<SelfEndpoint> endpoint = SelfEndpoint.of(allow);
    if (endpoint.isEmpty()) {
      return now(refusals.notFound("no such endpoint, or not for this method"));
    }
    String tokenId = endpoint.get().tokenId();
    return switch (endpoint.get().kind()) {
      case WHO -> now(Answers.json(200, new Account(livePolicy.current(), caller).fields()));
      case QUESTION -> now(decision(caller, allow.line().host(), body, refusals));
      case LIST -> later(refusals, () -> tokens.list(caller));
      case CREATION -> change(caller, refusals, () -> tokens.create(caller, body, refusals));
      case ROTATION ->
          change(caller, refusals, () -> tokens.rotate(caller, tokenId, body, refusals));
      case REVOCATION -> change(caller, refusals, () -> tokens.revoke(caller, tokenId, refusals));
    };
  }

  private CompletionStage<Answer> change(
      Caller.Authenticated caller, Refusals refusals, Supplier<Answer> work) {
    return caller.kind() == CredentialKind.CERTIFICATE
        ? now(refusals.credentialKind())
        : later(refusals, work);
  }

  /** Decides without doing it: by the same function, of the same caller, as the edge would. */
  private Answer decision(
      Caller.Authenticated caller, String sameHost, String body, Refusals refusals) {
    JsonBody json = JsonBody.parse(body);
    String method = json.requiredString("method");
    String path = json.requiredString("path");
    String host = json.string("host").orElse(sameHost);
    List<JsonBody.Complaint> complaints = json.complaints();
    if (!complaints.isEmpty()) {
      return refusals.badBody(complaints);
    }
    Decision decision =
        Authorizer.decide(
            livePolicy.current(), RequestLine.parse(method, path, host), HttpFields.none(), caller);
    return Answers.json(200, Explanation.of(decision));
  }

  private CompletionStage<Answer> later(Refusals refusals, Supplier<Answer> work) {
    try {
      return CompletableFuture.supplyAsync(
          () -> {
            try {
              return work.get();
            } catch (StoreFailure e) {
              return refusals.unavailable();
            }
          },
          executor);
    } catch (RejectedExecutionException e) {
      return now(refusals.overloaded());
    }
  }

  private static CompletionStage<Answer> now(Answer answer) {
    return CompletableFuture.completedStage(answer);
  }
}
