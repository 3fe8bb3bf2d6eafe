package io.scopegate.policy;

import io.scopegate.permission.PermissionSet;
import java.util.List;
import java.util.Optional;

/**
 * The caller's roles at the places of one request, and what they have in common with the
 * delegation. Immutable.
 */
public final class Grants {
  private final Optional<String> organization;
  private final Optional<String> team;
  private final Optional<String> project;
  private final Optional<Standing> standing;
  private final Optional<PermissionSet> effective;

  Grants(
      Optional<String> organization,
      Optional<String> team,
      Optional<String> project,
      Optional<Standing> standing,
      Optional<PermissionSet> effective) {
    this.organization = organization;
    this.team = team;
    this.project = project;
    this.standing = standing;
    this.effective = effective;
  }

  /**
   * Returns the id of the organization of the place, or what the request calls it if the caller is
   * not in it.
   */
  public Optional<String> organization() {
    return organization;
  }

  /**
   * Returns the team that the request names: its id, or what the request calls it if it is not
   * known.
   */
  public Optional<String> team() {
    return team;
  }

  /**
   * Returns the project that the request names: its id, or what the request calls it if it is not
   * known.
   */
  public Optional<String> project() {
    return project;
  }

  /**
   * Returns the roles counted at the place where the requirement is held, as {@code level:NAME},
   * sorted.
   */
  public List<String> roles() {
    return standing.map(Standing::labels).orElse(List.of());
  }

  /**
   * Returns what roles and delegation have in common there, the only thing a route is compared
   * with; empty where the requirement is not held at one place.
   */
  public Optional<PermissionSet> effective() {
    return effective;
  }
}
