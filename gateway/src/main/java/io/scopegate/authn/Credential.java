package io.scopegate.authn;

import io.scopegate.route.HttpFields;

/** What a request presents of its caller, unchecked. Immutable; never printed. */
public sealed interface Credential {

  /** Nothing. */
  record None() implements Credential {}

  /** The value of {@code Authorization: Bearer} (RFC 6750 §2.1). */
  record Bearer(String value) implements Credential {
    @Override
    public String toString() {
      return "Bearer[…]";
    }
  }

  /** The value of the session cookie. */
  record SessionCookie(String value) implements Credential {
    @Override
    public String toString() {
      return "SessionCookie[…]";
    }
  }

  /**
   * An {@code Authorization} that is not a well-formed bearer: never valid, and no way to the
   * cookie.
   */
  record Unusable() implements Credential {}

  /** Presented more than once. */
  record Ambiguous(String detail) implements Credential {}

  /** Reads the credential of a request. */
  static Credential from(HttpFields fields) {
    throw new UnsupportedOperationException();
  }
}
