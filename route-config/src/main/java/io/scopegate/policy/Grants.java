package io.scopegate.policy;

import io.scopegate.permission.PermissionSet;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The caller's roles at the places of one request, and what they have in common with the
 * delegation. Immutable.
 */
public final class Grants {
  private final String organization;
  private final @Nullable String team;
  private final @Nullable String project;
  private final @Nullable Standing standing;
  private final @Nullable PermissionSet effective;

  Grants(
      String organization,
      @Nullable String team,
      @Nullable String project,
      @Nullable Standing standing,
      @Nullable PermissionSet effective) {
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
  public String organization() {
    return organization;
  }

  /**
   * Returns the team that the request names: its id, or what the request calls it if it is not
   * known.
   */
  public Optional<String> team() {
    return Optional.ofNullable(team);
  }

  /**
   * Returns the project that the request names: its id, or what the request calls it if it is not
   * known.
   */
  public Optional<String> project() {
    return Optional.ofNullable(project);
  }

  /**
   * Returns the roles counted at the place where the requirement is held, as {@code level:NAME},
   * sorted.
   */
  public List<String> roles() {
    return standing == null ? List.of() : standing.labels();
  }

  /**
   * Returns what roles and delegation have in common there, the only thing a route is compared
   * with; empty where the requirement is not held at one place.
   */
  public Optional<PermissionSet> effective() {
    return Optional.ofNullable(effective);
  }
}
