package io.scopegate.route;

import java.util.Locale;

/** What a credential is; a row may insist on one of the first two. Immutable. */
public enum CredentialKind {
  /** A signed-in person's session, as bearer or in the cookie. */
  SESSION,
  /** A personal access token. */
  TOKEN,
  /** The certificate of a client's connection, which no row can insist on. */
  CERTIFICATE;

  /** Returns the word that files and answers use. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
