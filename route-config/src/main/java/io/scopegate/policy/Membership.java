package io.scopegate.policy;

import java.util.Map;
import java.util.Set;

/**
 * What a subject holds in one organization, as role names. Immutable.
 *
 * @param organization where
 * @param roles at the organization; may be empty
 * @param teams per team id the roles held there
 * @param projects per project id the roles held there
 */
public record Membership(
    Organization organization,
    Set<String> roles,
    Map<String, Set<String>> teams,
    Map<String, Set<String>> projects) {

  /** Copies what it is given. */
  public Membership {
    roles = Set.copyOf(roles);
    teams = Map.copyOf(teams);
    projects = Map.copyOf(projects);
  }
}
