package io.scopegate.policy;

import io.scopegate.route.CredentialKind;

/** What authentication found out. Immutable. */
public sealed interface Caller {

  /** No credential was presented. */
  record Anonymous() implements Caller {}

  /**
   * A credential was presented and is unknown, revoked, expired or malformed, or its subject is
   * disabled.
   */
  record Invalid() implements Caller {}

  /**
   * More than one credential was presented where only one can be.
   *
   * @param detail what is wrong, for the caller
   */
  record Ambiguous(String detail) implements Caller {}

  /** Who it is cannot be told now: identities cannot be read and nothing cached is fresh enough. */
  record Unavailable() implements Caller {}

  /**
   * A valid credential.
   *
   * @param kind what it is
   * @param tokenId the token's id, never its value; {@code session} for a session and {@code
   *     certificate} for a certificate
   */
  record Authenticated(
      Principal principal, Delegation delegation, CredentialKind kind, String tokenId)
      implements Caller {

    /** Returns the caller of a session that hands over everything. */
    public static Authenticated session(Principal principal) {
      return new Authenticated(
          principal, Delegation.ofSession(), CredentialKind.SESSION, "session");
    }
  }
}
