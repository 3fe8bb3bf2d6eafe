package io.scopegate.authn;

import io.scopegate.policy.Caller;
import io.scopegate.policy.Principal;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * Knows what subjects hold, for whoever has found out by other means which subject a credential is.
 * Safe from any thread; never blocks.
 */
public interface Subjects {

  /**
   * Returns the caller that is made of what a subject holds. A disabled subject is {@link
   * Caller.Invalid} and one that cannot be looked up {@link Caller.Unavailable}, whatever would be
   * made of it. Never completes exceptionally.
   */
  CompletableFuture<Caller> caller(String subject, Function<Principal, Caller> made);
}
