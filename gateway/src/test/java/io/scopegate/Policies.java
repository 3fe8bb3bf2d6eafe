package io.scopegate;

import io.scopegate.permission.Permission;
import io.scopegate.permission.PermissionCatalog;
import io.scopegate.policy.Policy;
import io.scopegate.policy.RoleBook;
import io.scopegate.route.RouteTable;
import java.util.List;
import java.util.Map;

/** Policies for tests. Used by tests only. */
public final class Policies {
  private Policies() {}

  /** Returns one without a row. */
  public static Policy bare(boolean emptyScopesFull) {
    PermissionCatalog catalog = PermissionCatalog.of(List.of(Permission.of("work:read")), Map.of());
    return new Policy(
        1,
        catalog,
        RoleBook.of(List.of(), catalog),
        Map.of(),
        RouteTable.build(List.of()).table(),
        emptyScopesFull,
        List.of());
  }
}
