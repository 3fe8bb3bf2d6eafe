package io.scopegate.policy;

import java.util.List;

/**
 * What a refused caller lacks, sorted. Immutable.
 *
 * @param token the scopes that the token lacks
 * @param role the permissions that the roles lack, or {@code level:NAME} of the roles of which one
 *     is needed
 */
public record Missing(List<String> token, List<String> role) {
  /** Copies what it is given. */
  public Missing {
    token = List.copyOf(token);
    role = List.copyOf(role);
  }

  /** Returns nothing missing. */
  public static Missing nothing() {
    return new Missing(List.of(), List.of());
  }
}
