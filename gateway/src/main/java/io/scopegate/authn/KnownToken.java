package io.scopegate.authn;

import io.scopegate.policy.Caller;
import io.scopegate.policy.Delegation;
import io.scopegate.policy.Policy;
import io.scopegate.policy.Principal;
import io.scopegate.route.CredentialKind;
import io.scopegate.store.StoredToken;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** A cached token with what was last made of it. Safe from any thread. */
final class KnownToken {
  private static final long USE_GRAIN_MILLIS = Duration.ofMinutes(1).toMillis();

  private final StoredToken token;
  private final AtomicLong lastUseMillis;
  private volatile @Nullable Made made;

  /** A caller, and of what it was made: it is used again only for the very same. */
  private record Made(
      WeakReference<Policy> policy, Principal principal, Caller.Authenticated caller) {

    // Identity is exact here and costs nothing; equality would walk through all memberships.
    @SuppressWarnings("ReferenceEquality")
    boolean isOf(Principal other, Policy otherPolicy) {
      return principal == other && policy.refersTo(otherPolicy);
    }
  }

  KnownToken(StoredToken token) {
    this.token = token;
    this.lastUseMillis = new AtomicLong(token.lastUsed().map(Instant::toEpochMilli).orElse(0L));
  }

  StoredToken token() {
    return token;
  }

  /** Returns the caller that this token makes of its subject under a policy. */
  Caller.Authenticated caller(Principal principal, Policy policy) {
    Made last = made;
    if (last != null && last.isOf(principal, policy)) {
      return last.caller();
    }
    Caller.Authenticated caller =
        new Caller.Authenticated(
            principal,
            Delegation.of(token.scopes(), token.bounds(), policy),
            CredentialKind.TOKEN,
            token.id());
    // Weak: a token that is not used any more must not keep an old policy.
    made = new Made(new WeakReference<>(policy), principal, caller);
    return caller;
  }

  /** Says whether a use at this moment is worth noting: once a minute. */
  boolean notesUse(Instant now) {
    long last = lastUseMillis.get();
    long millis = now.toEpochMilli();
    return millis - last >= USE_GRAIN_MILLIS && lastUseMillis.compareAndSet(last, millis);
  }
}
