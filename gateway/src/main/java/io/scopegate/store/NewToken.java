package io.scopegate.store;

import io.scopegate.policy.Bounds;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A token to be kept. Immutable.
 *
 * @param digest of its value
 * @param start the first 11 characters of its value; empty if only the digest is known
 * @param parent the id of the token that makes it, and with which it dies
 */
public record NewToken(
    String subject,
    String name,
    List<String> scopes,
    Bounds bounds,
    Optional<Instant> expires,
    TokenDigest digest,
    String start,
    boolean imported,
    Optional<String> parent) {
  /** Copies what it is given. */
  public NewToken {
    scopes = List.copyOf(scopes);
  }

  /** Makes one that dies with no other. */
  public NewToken(
      String subject,
      String name,
      List<String> scopes,
      Bounds bounds,
      Optional<Instant> expires,
      TokenDigest digest,
      String start,
      boolean imported) {
    this(subject, name, scopes, bounds, expires, digest, start, imported, Optional.empty());
  }

  /** Returns the same, made by the token of this id. */
  public NewToken madeBy(String tokenId) {
    return new NewToken(
        subject, name, scopes, bounds, expires, digest, start, imported, Optional.of(tokenId));
  }
}
