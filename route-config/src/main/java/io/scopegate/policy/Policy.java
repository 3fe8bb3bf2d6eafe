package io.scopegate.policy;

import io.scopegate.permission.PermissionCatalog;
import io.scopegate.route.RouteTable;
import io.scopegate.route.Source;
import java.util.List;
import java.util.Map;

/**
 * One snapshot of everything a route table says. Bits live in it and die with it. Immutable.
 *
 * @param generation counts the snapshots of one process, from 1
 * @param catalog the permissions
 * @param roles the roles, compiled against the catalogue
 * @param settings the switches with their defaults
 * @param routes the rows
 * @param emptyScopesFull whether a token with an empty scope list hands over everything
 * @param defaultScopes what a token is issued with when no scope is named; empty if that is wrong
 *     use
 */
public record Policy(
    long generation,
    PermissionCatalog catalog,
    RoleBook roles,
    Map<String, Boolean> settings,
    RouteTable routes,
    boolean emptyScopesFull,
    List<String> defaultScopes) {

  /** Copies what it is given. */
  public Policy {
    settings = Map.copyOf(settings);
    defaultScopes = List.copyOf(defaultScopes);
  }

  /** Says whether a row learns the organization from the project, whose id must then tell it. */
  public boolean learnsOrganizationFromProject() {
    return routes.routes().stream()
        .flatMap(route -> route.places().organization().stream())
        .anyMatch(place -> place.sources().contains(new Source.FromProject()));
  }

  /** Returns the same policy as another generation. */
  public Policy withGeneration(long number) {
    return new Policy(number, catalog, roles, settings, routes, emptyScopesFull, defaultScopes);
  }
}
