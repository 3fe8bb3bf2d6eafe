package io.scopegate.authn;

import io.scopegate.policy.Bounds;
import io.scopegate.policy.Delegation;
import io.scopegate.policy.Policy;
import java.lang.ref.WeakReference;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a token was issued for, with the delegation that it came to last. Millions of tokens are
 * issued for few different things, and share one of these. Safe from any thread.
 */
final class Issue {
  private final List<String> scopes;
  private final Bounds bounds;
  private volatile @Nullable Made made;

  /** A delegation, and the policy it was made under. Weak: what is cached outlives a reload. */
  private record Made(WeakReference<Policy> policy, Delegation delegation) {}

  Issue(List<String> scopes, Bounds bounds) {
    this.scopes = scopes;
    this.bounds = bounds;
  }

  /** Returns the delegation under a policy: the very same one as long as that stays. */
  Delegation delegation(Policy policy) {
    Made last = made;
    if (last != null && last.policy().refersTo(policy)) {
      return last.delegation();
    }
    Delegation delegation = Delegation.of(scopes, bounds, policy);
    made = new Made(new WeakReference<>(policy), delegation);
    return delegation;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Issue that && scopes.equals(that.scopes) && bounds.equals(that.bounds);
  }

  @Override
  public int hashCode() {
    return 31 * scopes.hashCode() + bounds.hashCode();
  }
}
