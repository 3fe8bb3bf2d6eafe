package io.scopegate.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.scopegate.permission.Permission;
import io.scopegate.permission.PermissionCatalog;
import io.scopegate.permission.PermissionSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DelegationTest {

  @Test
  void a_delegation_that_outlives_a_reload_means_its_names_in_the_new_catalogue() {
    PermissionCatalog before = catalog(Map.of("write", List.of("read")), "read", "write");
    PermissionCatalog after = catalog(Map.of("write", List.of("list")), "admin", "list", "write");
    Delegation.Restricted delegation =
        new Delegation.Restricted(List.of("read", "write"), Bounds.none());

    PermissionSet first = delegation.permissions(before);
    PermissionSet second = delegation.permissions(after);

    assertThat(first.names()).containsExactly("read", "write");
    assertThat(second.isOf(after)).isTrue();
    assertThat(second.names()).containsExactly("list", "write");
    assertThat(delegation.permissions(before)).isEqualTo(first);
  }

  private static PermissionCatalog catalog(Map<String, List<String>> implies, String... names) {
    return PermissionCatalog.of(List.of(names).stream().map(Permission::of).toList(), implies);
  }
}
