package io.scopegate.authn;

import io.scopegate.policy.Caller;
import io.scopegate.policy.Policy;
import java.util.concurrent.CompletableFuture;

/** Finds out who a credential is. Safe from any thread; never blocks. */
public interface Authenticator {

  /**
   * Returns who it is, for a request from this address, which may be noted. What is cached
   * completes on the spot; anything else on a thread of the store. Never completes exceptionally:
   * what cannot be told is {@link Caller.Unavailable}.
   *
   * @param address in digits; empty if it is not known
   */
  CompletableFuture<Caller> authenticate(Credential credential, Policy policy, String address);

  /** The same for a request of which no address is known. */
  default CompletableFuture<Caller> authenticate(Credential credential, Policy policy) {
    return authenticate(credential, policy, "");
  }
}
