package io.scopegate.policy;

import java.util.Locale;

/** Why a request was refused: the {@code code} of the answer and its status. Immutable. */
public enum Code {
  BAD_REQUEST(400, "the request is malformed or ambiguous"),
  PLACE_UNDETERMINED(400, "the request does not say which place it acts on"),
  CREDENTIAL_MISSING(401, "a credential is needed"),
  CREDENTIAL_INVALID(401, "the credential is not valid"),
  ROUTE_NOT_DECLARED(403, "no route is declared for this request"),
  CROSS_SITE(403, "a cookie session cannot be used across sites"),
  CREDENTIAL_KIND(403, "this route wants another kind of credential"),
  TOKEN_OUT_OF_BOUNDS(403, "the credential is not for this organization or project"),
  NOT_A_MEMBER(403, "the caller has no role here"),
  NOT_FOUND(404, "there is nothing here"),
  INSUFFICIENT_ROLE(403, "the caller's roles do not hold what this route requires"),
  INSUFFICIENT_SCOPE(403, "the token does not carry what this route requires"),
  IDENTITY_UNAVAILABLE(503, "identities cannot be read now");

  private final int status;
  private final String word;
  private final String title;

  Code(int status, String title) {
    this.status = status;
    this.word = name().toLowerCase(Locale.ROOT);
    this.title = title;
  }

  /** Returns the HTTP status of the answer. */
  public int status() {
    return status;
  }

  /** Returns the word of the answer, such as {@code insufficient_scope}. */
  public String word() {
    return word;
  }

  /** Returns a short sentence for people. */
  public String title() {
    return title;
  }
}
