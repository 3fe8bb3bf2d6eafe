package io.scopegate.policy;

import java.util.List;

/**
 * A subject and what it holds, as names; outlives a reload. A disabled subject never becomes a
 * principal: its credentials are invalid. Immutable.
 *
 * @param subject 1 to 255 visible ASCII characters
 * @param memberships at most one per organization
 */
public record Principal(String subject, List<Membership> memberships) {
  /** Copies what it is given. */
  public Principal {
    memberships = List.copyOf(memberships);
  }
}
