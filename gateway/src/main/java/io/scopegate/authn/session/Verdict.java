package io.scopegate.authn.session;

/** What came of verifying a token. Immutable. */
sealed interface Verdict {
  /** Nobody vouches for it now, for a reason that may pass. */
  Verdict REFUSED = new Refused(false);

  /** Nobody vouches for it. */
  Verdict REFUSED_FOR_GOOD = new Refused(true);

  /** It cannot be told now. */
  Verdict UNAVAILABLE = new Unavailable();

  /** An issuer vouches for it. */
  record Valid(Session session) implements Verdict {}

  /**
   * Nobody vouches for it.
   *
   * @param forGood whether that is worth remembering for a moment
   */
  record Refused(boolean forGood) implements Verdict {}

  /** It cannot be told now. */
  record Unavailable() implements Verdict {}
}
