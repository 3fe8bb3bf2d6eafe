package io.scopegate.authn;

import io.scopegate.policy.Caller;
import io.scopegate.policy.Delegation;
import io.scopegate.policy.Policy;
import io.scopegate.policy.Principal;
import io.scopegate.route.CredentialKind;
import io.scopegate.store.StoredToken;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * What a request needs of a cached token, and what was last made of it. There may be millions. Safe
 * from any thread.
 */
final class KnownToken {
  private static final long USE_GRAIN_MILLIS = Duration.ofMinutes(1).toMillis();

  private static final Instant LAST = Instant.ofEpochMilli(Long.MAX_VALUE);

  private final String id;
  private final String subject;
  private final Issue issue;
  private final long expiresMillis;
  private final AtomicLong lastUseMillis;

  /** Used again only for the very same principal and delegation; a race only makes it twice. */
  private volatile @Nullable CompletableFuture<Caller> made;

  /**
   * Keeps of a token what is needed.
   *
   * @param issue what it was issued for
   */
  KnownToken(StoredToken token, Issue issue) {
    this.id = token.id();
    this.subject = token.subject();
    this.issue = issue;
    this.expiresMillis = token.expires().map(KnownToken::millis).orElse(Long.MAX_VALUE);
    this.lastUseMillis = new AtomicLong(token.lastUsed().map(Instant::toEpochMilli).orElse(0L));
  }

  /** Databases know moments for which milliseconds are too fine: {@code infinity} is one. */
  private static long millis(Instant moment) {
    if (moment.isAfter(LAST)) {
      return Long.MAX_VALUE;
    }
    return moment.isBefore(Instant.EPOCH) ? 0 : moment.toEpochMilli();
  }

  String id() {
    return id;
  }

  String subject() {
    return subject;
  }

  /** Says whether it is past its end at this moment, in milliseconds of the epoch. */
  boolean isExpired(long now) {
    return now >= expiresMillis;
  }

  /** Returns the caller that this token makes of its subject under a policy, at once. */
  // Identity is exact here and costs nothing; equality would walk through all memberships.
  @SuppressWarnings("ReferenceEquality")
  CompletableFuture<Caller> caller(Principal principal, Policy policy) {
    Delegation delegation = issue.delegation(policy);
    CompletableFuture<Caller> last = made;
    if (last != null
        && last.getNow(null) instanceof Caller.Authenticated caller
        && caller.principal() == principal
        && caller.delegation() == delegation) {
      return last;
    }
    CompletableFuture<Caller> now =
        CompletableFuture.completedFuture(
            new Caller.Authenticated(principal, delegation, CredentialKind.TOKEN, id));
    made = now;
    return now;
  }

  /** Says whether a use at this moment is worth noting: once a minute. */
  boolean notesUse(long now) {
    long last = lastUseMillis.get();
    return now - last >= USE_GRAIN_MILLIS && lastUseMillis.compareAndSet(last, now);
  }
}
