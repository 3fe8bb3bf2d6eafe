package io.scopegate.store;

import io.scopegate.policy.Bounds;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A token as it is kept: everything but its value. Immutable.
 *
 * @param id names it in commands, logs and at backends
 * @param name unique among the subject's tokens
 * @param start the first 11 characters, to recognise it; empty if it came as a digest
 * @param scopes as issued
 * @param imported whether it came as a digest of a secret made elsewhere
 * @param parent the id of the token that made it, and with which it dies
 */
public record StoredToken(
    String id,
    String subject,
    String name,
    String start,
    List<String> scopes,
    Bounds bounds,
    Instant created,
    Optional<Instant> expires,
    Optional<Instant> lastUsed,
    boolean imported,
    Optional<String> parent) {
  /** Copies what it is given. */
  public StoredToken {
    scopes = List.copyOf(scopes);
  }

  /** Says whether it is past its end at this moment. */
  public boolean isExpired(Instant now) {
    return expires.isPresent() && !now.isBefore(expires.get());
  }
}
