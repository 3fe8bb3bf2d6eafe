package io.scopegate.bench;

import io.scopegate.permission.Level;
import io.scopegate.permission.Permission;
import io.scopegate.permission.PermissionCatalog;
import io.scopegate.permission.Role;
import io.scopegate.policy.Bounds;
import io.scopegate.policy.Caller;
import io.scopegate.policy.Delegation;
import io.scopegate.policy.Membership;
import io.scopegate.policy.Organization;
import io.scopegate.policy.Policy;
import io.scopegate.policy.Principal;
import io.scopegate.policy.RoleBook;
import io.scopegate.route.CredentialKind;
import io.scopegate.route.Expression;
import io.scopegate.route.Forwarding;
import io.scopegate.route.PathTemplate;
import io.scopegate.route.Place;
import io.scopegate.route.Places;
import io.scopegate.route.Position;
import io.scopegate.route.Requirement;
import io.scopegate.route.Route;
import io.scopegate.route.RouteTable;
import io.scopegate.route.Rule;
import io.scopegate.route.Shared;
import io.scopegate.route.Source;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * A table of any size in the shape of large public APIs: areas of a hundred rows, five to seven
 * segments each, and a caller whom a restricted token lets through every row. Immutable.
 */
public final class InventedTable {
  private static final int PERMISSIONS = 90;
  private static final int AREA = 100;
  private static final List<String> ACTIONS = List.of("", "/settings", "/history", "/members");

  private final boolean parameters;
  private final Policy policy;
  private final List<String> paths;

  /** Invents a table, its rows with or without path parameters. */
  public InventedTable(int size, boolean parameters) {
    this.parameters = parameters;
    PermissionCatalog catalog =
        PermissionCatalog.of(
            IntStream.range(0, PERMISSIONS)
                .mapToObj(number -> Permission.of("permission:" + number))
                .toList(),
            Map.of());
    // As the reader of files makes them.
    Shared values = new Shared();
    List<Route> rows = new ArrayList<>();
    List<String> requests = new ArrayList<>();
    for (int number = 0; number < size; number++) {
      rows.add(values.row(row(number, catalog)));
      requests.add(path(number, "acme", String.valueOf(10_000 + number)));
    }
    Role.Grant everything = new Role.Grant(catalog.all(), Set.of());
    Role owner =
        new Role(
            Level.ORGANIZATION,
            "OWNER",
            "",
            Set.of(),
            List.of(everything),
            Map.of(),
            Map.of());
    this.policy =
        new Policy(
            1,
            catalog,
            RoleBook.of(List.of(owner), catalog),
            Map.of(),
            RouteTable.build(rows).table(),
            false,
            List.of());
    this.paths = List.copyOf(requests);
  }

  private Route row(int number, PermissionCatalog catalog) {
    String template = parameters ? path(number, "{org}", "{id}") : path(number, "acme", "all");
    Source source = parameters ? new Source.PathParameter("org") : new Source.FromToken();
    Place place = new Place(Level.ORGANIZATION, List.of(source), Place.Reach.MEMBERS, false);
    Expression required =
        new Expression.Term("permission:" + number % PERMISSIONS, Optional.empty());
    return new Route(
        "GET " + template,
        new Position("invented", number + 1, 1),
        Set.of("GET"),
        Optional.empty(),
        PathTemplate.parse(template),
        Optional.empty(),
        new Rule.Permitted(
            Requirement.of(required, catalog),
            Map.of(),
            Rule.Target.ORGANIZATION,
            Optional.empty()),
        new Places(Optional.of(place), Optional.empty(), Optional.empty()),
        Forwarding.to("core"),
        Optional.empty(),
        false,
        false,
        "",
        List.of());
  }

  private String path(int number, String organization, String id) {
    int inArea = number % AREA;
    return "/api/v1/area-%d/%s/resource-%d/%s%s"
        .formatted(
            number / AREA,
            organization,
            inArea / ACTIONS.size(),
            parameters ? id : "all",
            ACTIONS.get(inArea % ACTIONS.size()));
  }

  /** Returns the policy with the table. */
  public Policy policy() {
    return policy;
  }

  /** Returns per row the path of a request that meets it. */
  public List<String> paths() {
    return paths;
  }

  /** Returns the caller who may use every row. */
  public Caller.Authenticated caller() {
    Organization acme =
        new Organization("acme", Set.of(), Map.of(), Map.of(), Map.of(), Map.of());
    Membership owner = new Membership(acme, Set.of("OWNER"), Map.of(), Map.of());
    return new Caller.Authenticated(
        new Principal("alice", List.of(owner)),
        Delegation.of(
            List.copyOf(policy.catalog().names()), Bounds.organization("acme"), policy),
        CredentialKind.TOKEN,
        "token-1");
  }
}
