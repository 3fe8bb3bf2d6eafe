package io.scopegate.guard;

import io.scopegate.policy.Policy;

/**
 * Holds the policy in force. It is read once per request and swapped whole. Safe from any thread.
 */
public final class LivePolicy {
  private volatile Policy current;

  /** Starts with this policy. */
  public LivePolicy(Policy first) {
    this.current = first;
  }

  /** Returns the policy in force. */
  public Policy current() {
    return current;
  }

  /** Puts another policy in force for every request that starts from now on. */
  public void swap(Policy next) {
    current = next;
  }
}
