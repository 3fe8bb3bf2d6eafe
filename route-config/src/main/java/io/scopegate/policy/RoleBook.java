package io.scopegate.policy;

import io.scopegate.permission.PermissionCatalog;
import io.scopegate.permission.Role;
import java.util.Collection;
import java.util.List;

/** The roles of one policy, compiled against its catalogue. Immutable. */
public final class RoleBook {
  private RoleBook() {}

  /**
   * Compiles the roles.
   *
   * @throws IllegalArgumentException if a role refers to one that is not there, or acts upwards
   */
  public static RoleBook of(Collection<Role> roles, PermissionCatalog catalog) {
    throw new UnsupportedOperationException();
  }

  /** Returns the roles as declared. */
  public List<Role> roles() {
    throw new UnsupportedOperationException();
  }
}
