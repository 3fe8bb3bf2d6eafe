package io.scopegate.route;

import java.util.Locale;

/** The two kinds of credential that a row may insist on. Immutable. */
public enum CredentialKind {
  /** A signed-in person's session, as bearer or in the cookie. */
  SESSION,
  /** A personal access token. */
  TOKEN;

  /** Returns the word that files and answers use. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
