package io.scopegate.policy;

import io.scopegate.permission.PermissionSet;
import java.util.List;
import java.util.Optional;

/**
 * The caller's roles at the places of one request, and what they have in common with the
 * delegation. Immutable.
 */
public final class Grants {
  private Grants() {}

  /** Returns the id of the organization of the place, if there is one. */
  public Optional<String> organization() {
    throw new UnsupportedOperationException();
  }

  /**
   * Returns the team that the request names: its id, or what the request calls it if it is not
   * known.
   */
  public Optional<String> team() {
    throw new UnsupportedOperationException();
  }

  /**
   * Returns the project that the request names: its id, or what the request calls it if it is not
   * known.
   */
  public Optional<String> project() {
    throw new UnsupportedOperationException();
  }

  /**
   * Returns the roles counted at the place where the requirement is held, as {@code level:NAME},
   * sorted.
   */
  public List<String> roles() {
    throw new UnsupportedOperationException();
  }

  /**
   * Returns what roles and delegation have in common there: the only thing a route is compared
   * with.
   */
  public PermissionSet effective() {
    throw new UnsupportedOperationException();
  }
}
