package io.scopegate.authn.session;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.stats.CacheStats;
import io.scopegate.authn.CacheFigures;
import io.scopegate.authn.CacheLimits;
import io.scopegate.authn.SharedResult;
import io.scopegate.store.TokenDigest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A cache in front of a verification, by the digest of the token: whoever asks for the same shares
 * one verification and does not wait for it long, and what was verified stays as long as its proof
 * holds. Safe from any thread; never blocks.
 */
final class SessionLookup {
  /** Nobody asks for a session for so long unless it is still in use. */
  private static final Duration IDLE = Duration.ofHours(1);

  private final String name;
  private final Verification verification;
  private final Clock clock;
  private final Duration patience;
  private final AsyncCache<TokenDigest, Verdict> sessions;

  /** Tokens that nobody vouches for; apart, so that rubbish cannot push out the good. */
  private final Cache<TokenDigest, Verdict> refused;

  SessionLookup(String name, Verification verification, CacheLimits limits, Clock clock) {
    this.name = name;
    this.verification = verification;
    this.clock = clock;
    this.patience = limits.patience();
    this.sessions =
        Caffeine.newBuilder()
            .maximumSize(limits.tokens())
            .expireAfterAccess(IDLE)
            .executor(Runnable::run)
            .recordStats()
            .buildAsync();
    this.refused =
        Caffeine.newBuilder()
            .maximumSize(limits.unknown())
            .expireAfterWrite(limits.unknownFor())
            .executor(Runnable::run)
            .recordStats()
            .build();
  }

  boolean mayKnow(String token) {
    return verification.mayKnow(token);
  }

  /** Returns what a token is; complete if that is known, else after a verification. */
  CompletableFuture<Verdict> find(String token) {
    TokenDigest digest = TokenDigest.of(token);
    CompletableFuture<Verdict> known = sessions.getIfPresent(digest);
    if (known == null) {
      Verdict refusal = refused.getIfPresent(digest);
      return refusal == null
          ? start(digest, token, null)
          : CompletableFuture.completedFuture(refusal);
    }
    if (!known.isDone()) {
      return SharedResult.inTime(known);
    }
    return holds(known) ? known : start(digest, token, known);
  }

  private boolean holds(CompletableFuture<Verdict> known) {
    return known.getNow(Verdict.UNAVAILABLE) instanceof Verdict.Valid valid
        && valid.session().proof().holds(clock.instant());
  }

  /**
   * Starts a verification or joins one.
   *
   * @param old what does not hold any more
   */
  private CompletableFuture<Verdict> start(
      TokenDigest digest, String token, @Nullable CompletableFuture<Verdict> old) {
    SharedResult<Verdict> promise =
        new SharedResult<>(patience, late -> inNeed(old, Verdict.UNAVAILABLE));
    if (old != null) {
      sessions.asMap().remove(digest, old);
    }
    CompletableFuture<Verdict> other = sessions.asMap().putIfAbsent(digest, promise);
    if (other != null) {
      return SharedResult.inTime(other);
    }
    var unused =
        verification
            .verify(token)
            .whenComplete(
                (verdict, failure) ->
                    settle(digest, promise, verdict == null ? Verdict.UNAVAILABLE : verdict, old));
    return promise.inTime();
  }

  private void settle(
      TokenDigest digest,
      CompletableFuture<Verdict> promise,
      Verdict verdict,
      @Nullable CompletableFuture<Verdict> old) {
    Verdict kept = verdict instanceof Verdict.Unavailable ? inNeed(old, verdict) : verdict;
    if (!(kept instanceof Verdict.Valid)) {
      // Before it completes, so that nobody who comes later sees it.
      sessions.asMap().remove(digest, promise);
    }
    if (kept instanceof Verdict.Refused refusal && refusal.forGood()) {
      refused.put(digest, kept);
    }
    promise.complete(kept);
  }

  private Verdict inNeed(@Nullable CompletableFuture<Verdict> old, Verdict otherwise) {
    Instant now = clock.instant();
    return old != null
            && old.getNow(otherwise) instanceof Verdict.Valid valid
            && valid.session().proof().holdsInNeed(now)
        ? valid
        : otherwise;
  }

  /** Returns how the caches do. */
  List<CacheFigures> figures() {
    return List.of(figures(name, sessions.synchronous()), figures(name + "-refused", refused));
  }

  private static CacheFigures figures(String name, Cache<TokenDigest, Verdict> cache) {
    CacheStats stats = cache.stats();
    return new CacheFigures(
        name, cache.estimatedSize(), stats.hitCount(), stats.missCount(), stats.evictionCount());
  }
}
