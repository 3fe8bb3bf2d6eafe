package io.scopegate.authn;

import io.scopegate.policy.Caller;
import io.scopegate.policy.Policy;
import java.util.concurrent.CompletableFuture;

/** Finds out who a credential is. Safe from any thread; never blocks. */
public interface Authenticator {

  /**
   * Returns who it is. What is cached completes on the spot; anything else on a thread of the
   * store. Never completes exceptionally: what cannot be told is {@link Caller.Unavailable}.
   */
  CompletableFuture<Caller> authenticate(Credential credential, Policy policy);

  /**
   * Returns who it is, for a request from this address, which may be noted.
   *
   * @param address in digits; empty if it is not known
   */
  default CompletableFuture<Caller> authenticate(
      Credential credential, Policy policy, String address) {
    return authenticate(credential, policy);
  }
}
