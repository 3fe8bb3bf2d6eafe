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
 */
public record NewToken(
    String subject,
    String name,
    List<String> scopes,
    Bounds bounds,
    Optional<Instant> expires,
    TokenDigest digest,
    String start,
    boolean imported) {
  /** Copies what it is given. */
  public NewToken {
    scopes = List.copyOf(scopes);
  }
}
