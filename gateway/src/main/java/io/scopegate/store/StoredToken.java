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
 * @param lastAddress where its last noted use came from
 * @param imported whether its first value came as a digest of a secret made elsewhere
 * @param parent the id of the token that made it, and with which it dies
 * @param overlap until when the value before its last rotation works, too; it may be past
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
    Optional<String> lastAddress,
    boolean imported,
    Optional<String> parent,
    Optional<Instant> overlap) {
  /** Copies what it is given. */
  public StoredToken {
    scopes = List.copyOf(scopes);
  }

  /** Returns the same, ending at this moment if it does not end before. */
  StoredToken endingBy(Instant end) {
    return isExpired(end)
        ? this
        : new StoredToken(
            id,
            subject,
            name,
            start,
            scopes,
            bounds,
            created,
            Optional.of(end),
            lastUsed,
            lastAddress,
            imported,
            parent,
            overlap);
  }

  /** Says whether it is past its end at this moment. */
  public boolean isExpired(Instant now) {
    return expires.isPresent() && !now.isBefore(expires.get());
  }
}
