package io.scopegate.authn.session;

import com.nimbusds.jose.JWSAlgorithm;
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Tells JWTs (RFC 7519, RFC 8725) of the issuers that sign them. What costs nothing is looked at
 * first, the signature last, and nothing in a token says where a key comes from. Safe from any
 * thread; never blocks.
 */
final class SignatureVerification implements Verification {
  private final Map<String, Signer> signers = new HashMap<>();
  private final Executor executor;
  private final Clock clock;

  /**
   * An issuer with its keys. Immutable.
   *
   * @param algorithms by name
   */
  record Signer(
      Issuer issuer,
      Map<String, JWSAlgorithm> algorithms,
      LiveKeys keys,
      ClaimReader reader,
      IssuerFigures figures) {

    static Signer of(
        Issuer issuer,
        Issuer.Signature signature,
        LiveKeys keys,
        ClaimReader reader,
        IssuerFigures figures) {
      Map<String, JWSAlgorithm> algorithms = new HashMap<>();
      signature.algorithms().forEach(name -> algorithms.put(name, JWSAlgorithm.parse(name)));
      return new Signer(issuer, Map.copyOf(algorithms), keys, reader, figures);
    }
  }

  /** The keys by which a session was verified: it holds as long as they are in force. */
  private record KeyProof(LiveKeys live, SigningKeys keys) implements Proof {
    @Override
    @SuppressWarnings("ReferenceEquality") // other keys are another object, by LiveKeys
    public boolean holds(Instant now) {
      return live.ready() == keys;
    }

    @Override
    public boolean holdsInNeed(Instant now) {
      // How long keys count while their issuer is away is decided for the keys.
      return false;
    }
  }

  /** A token whose signature alone is still to be looked at. */
  private record Candidate(
      CompactToken token,
      Signer signer,
      JWSAlgorithm algorithm,
      Map<String, Object> claims,
      TokenRules.Span span) {}

  /**
   * Knows these issuers.
   *
   * @param executor where tokens are read and signatures verified
   */
  SignatureVerification(List<Signer> signers, Executor executor, Clock clock) {
    signers.forEach(signer -> this.signers.put(signer.issuer().url(), signer));
    this.executor = executor;
    this.clock = clock;
  }

  @Override
  public boolean mayKnow(String token) {
    return !signers.isEmpty()
        && token.length() <= CompactToken.MAX_LENGTH
        && CompactToken.isClaimedBy(token);
  }

  /** Says whether a token claims to be of one of these issuers: then it is nobody else's. */
  boolean isClaimedBy(String token) {
    return mayKnow(token)
        && CompactToken.parse(token)
            .flatMap(parsed -> StrictJson.object(parsed.payload()))
            .filter(claims -> claims.get("iss") instanceof String url && signers.containsKey(url))
            .isPresent();
  }

  @Override
  public CompletableFuture<Verdict> verify(String token) {
    try {
      return CompletableFuture.supplyAsync(() -> candidate(token), executor)
          .thenCompose(this::verify)
          .exceptionally(failure -> Verdict.UNAVAILABLE);
    } catch (RejectedExecutionException e) {
      // Too many wait already.
      return CompletableFuture.completedFuture(Verdict.UNAVAILABLE);
    }
  }

  private Optional<Candidate> candidate(String token) {
    return CompactToken.parse(token)
        .flatMap(
            parsed ->
                StrictJson.object(parsed.payload()).flatMap(claims -> candidate(parsed, claims)));
  }

  private Optional<Candidate> candidate(CompactToken token, Map<String, Object> claims) {
    Signer signer = claims.get("iss") instanceof String url ? signers.get(url) : null;
    if (signer == null) {
      return Optional.empty();
    }
    Optional<Candidate> candidate = candidate(token, claims, signer);
    if (candidate.isEmpty()) {
      signer.figures().told(Verdict.REFUSED);
    }
    return candidate;
  }

  private Optional<Candidate> candidate(
      CompactToken token, Map<String, Object> claims, Signer signer) {
    Issuer issuer = signer.issuer();
    JWSAlgorithm algorithm = signer.algorithms().get(token.algorithm());
    if (algorithm == null
        || !isOfType(issuer, token)
        || !TokenRules.isForHere(issuer, claims)
        || token.signature().length == 0) {
      return Optional.empty();
    }
    return TokenRules.span(issuer, claims, false)
        .filter(span -> span.contains(clock.instant()))
        .map(span -> new Candidate(token, signer, algorithm, claims, span));
  }

  /** A token without a type counts only where the issuer's {@code typ} lists {@code absent}. */
  private static boolean isOfType(Issuer issuer, CompactToken token) {
    return issuer.types().contains(token.type().orElse("absent"));
  }

  private CompletableFuture<Verdict> verify(Optional<Candidate> found) {
    if (found.isEmpty()) {
      return CompletableFuture.completedFuture(Verdict.REFUSED);
    }
    Candidate candidate = found.get();
    LiveKeys live = candidate.signer().keys();
    SigningKeys ready = live.ready();
    CompletableFuture<Verdict> verdict =
        ready == null
            ? then(live.current(), keys -> verifyWith(keys.orElse(null), candidate))
            : verifyWith(ready, candidate);
    return verdict.thenApply(candidate.signer().figures()::told);
  }

  private CompletableFuture<Verdict> verifyWith(@Nullable SigningKeys keys, Candidate candidate) {
    if (keys == null) {
      return CompletableFuture.completedFuture(Verdict.UNAVAILABLE);
    }
    SigningKeys.Result result = keys.verify(candidate.token(), candidate.algorithm());
    if (result != SigningKeys.Result.NO_SUCH_KEY) {
      return CompletableFuture.completedFuture(verdict(result, keys, candidate));
    }
    return then(
        candidate.signer().keys().renewed(),
        newer -> CompletableFuture.completedFuture(verifyAgain(keys, newer, candidate)));
  }

  @SuppressWarnings("ReferenceEquality") // other keys are another object, by LiveKeys
  private static Verdict verifyAgain(
      SigningKeys tried, Optional<SigningKeys> newer, Candidate candidate) {
    if (newer.isEmpty() || newer.get() == tried) {
      return Verdict.REFUSED;
    }
    SigningKeys keys = newer.get();
    return verdict(keys.verify(candidate.token(), candidate.algorithm()), keys, candidate);
  }

  private static Verdict verdict(SigningKeys.Result result, SigningKeys keys, Candidate candidate) {
    if (result != SigningKeys.Result.GOOD) {
      return result == SigningKeys.Result.BAD ? Verdict.REFUSED_FOR_GOOD : Verdict.REFUSED;
    }
    Signer signer = candidate.signer();
    return signer
        .reader()
        .session(candidate.claims(), candidate.span(), new KeyProof(signer.keys(), keys))
        .<Verdict>map(Verdict.Valid::new)
        .orElse(Verdict.REFUSED_FOR_GOOD);
  }

  /** Goes on here where it is there already, and on the own threads where it comes later. */
  private CompletableFuture<Verdict> then(
      CompletableFuture<Optional<SigningKeys>> keys,
      Function<Optional<SigningKeys>, CompletableFuture<Verdict>> next) {
    return keys.isDone() ? keys.thenCompose(next) : keys.thenComposeAsync(next, executor);
  }
}
