package io.scopegate.authn;

import io.scopegate.policy.Caller;
import io.scopegate.policy.Policy;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Leaves each credential to those who know its form. A bearer that is shaped like a personal access
 * token is one or nothing; any other is tried as a session's JWT, then as an imported token, then
 * as an opaque session. The cookie carries sessions only. The first that knows it, or cannot tell
 * now, has the last word. Safe from any thread; never blocks.
 */
public final class CredentialAuthenticator implements Authenticator {
  private final Authenticator tokens;
  private final List<Authenticator> bearers;
  private final List<Authenticator> cookies;

  /**
   * Wires those who know.
   *
   * @param tokens knows personal access tokens and imported ones
   * @param jwts knows sessions that are JWTs
   * @param opaque knows other sessions
   */
  public CredentialAuthenticator(Authenticator tokens, Authenticator jwts, Authenticator opaque) {
    this.tokens = tokens;
    this.bearers = List.of(jwts, tokens, opaque);
    this.cookies = List.of(jwts, opaque);
  }

  @Override
  public CompletableFuture<Caller> authenticate(
      Credential credential, Policy policy, String address) {
    if (credential instanceof Credential.SessionCookie) {
      return first(cookies, 0, credential, policy, address);
    }
    return credential instanceof Credential.Bearer bearer && !TokenFormat.isClaimedBy(bearer)
        ? first(bearers, 0, credential, policy, address)
        : tokens.authenticate(credential, policy, address);
  }

  private static CompletableFuture<Caller> first(
      List<Authenticator> those, int index, Credential credential, Policy policy, String address) {
    CompletableFuture<Caller> caller = those.get(index).authenticate(credential, policy, address);
    if (index == those.size() - 1) {
      return caller;
    }
    if (caller.isDone()) {
      return caller.getNow(new Caller.Unavailable()) instanceof Caller.Invalid
          ? first(those, index + 1, credential, policy, address)
          : caller;
    }
    return caller.thenCompose(
        found ->
            found instanceof Caller.Invalid
                ? first(those, index + 1, credential, policy, address)
                : CompletableFuture.completedFuture(found));
  }
}
