package io.scopegate.policy;

import io.scopegate.permission.Level;
import io.scopegate.permission.PermissionSet;
import io.scopegate.route.Place;
import java.util.List;
import java.util.Optional;

/**
 * What a caller holds at places that no request has named: its roles there, and what they have in
 * common with its delegation. Immutable.
 */
public final class Holdings {
  private final Policy policy;
  private final Caller.Authenticated caller;
  private final Bounds bounds;

  /** Looks at a caller under a policy. */
  public Holdings(Policy policy, Caller.Authenticated caller) {
    this.policy = policy;
    this.caller = caller;
    this.bounds = caller.delegation().bounds();
  }

  /** Returns the organizations with a role of the caller that the credential is good in. */
  public List<Membership> memberships() {
    return caller.principal().memberships().stream()
        .filter(each -> bounds.isEmpty() || bounds.organization().equals(Optional.of(idOf(each))))
        .toList();
  }

  /** Returns what is held at an organization. */
  public Grants at(Membership membership) {
    return grants(
        membership,
        Optional.empty(),
        Optional.empty(),
        Standing.atOrganization(policy, membership),
        Bounds.organization(idOf(membership)));
  }

  /** Returns what is held at a team of the organization. */
  public Grants atTeam(Membership membership, Organization.Team team) {
    return grants(
        membership,
        Optional.of(team.id()),
        Optional.empty(),
        Standing.atOrganization(policy, membership).atTeam(team),
        Bounds.organization(idOf(membership)));
  }

  /** Returns what is held at a project of the organization. */
  public Grants atProject(Membership membership, Organization.Project project) {
    return grants(
        membership,
        Optional.empty(),
        Optional.of(project.id()),
        Standing.atOrganization(policy, membership).atProject(project),
        Bounds.projects(idOf(membership), List.of(project.id())));
  }

  /**
   * Says whether the roles, whatever is delegated of them, reach a project on any row: by a role
   * there or at a team that owns it, or, where a row opens projects to the organization, by one at
   * the organization.
   */
  public boolean reaches(Membership membership, Organization.Project project) {
    Standing organization = Standing.atOrganization(policy, membership);
    Standing here = organization.atProject(project);
    return here.hasRoleAt(Level.TEAM)
        || here.hasRoleAt(Level.PROJECT)
        || (!organization.isEmpty() && opensProjects());
  }

  private boolean opensProjects() {
    return policy.routes().routes().stream()
        .flatMap(row -> row.places().project().stream())
        .anyMatch(place -> place.reach() == Place.Reach.ORGANIZATION);
  }

  private Grants grants(
      Membership membership,
      Optional<String> team,
      Optional<String> project,
      Standing standing,
      Bounds place) {
    // A credential that is bound to projects is not for their organization.
    PermissionSet effective =
        bounds.contains(place) ? delegated(standing.permissions()) : policy.catalog().none();
    return new Grants(
        idOf(membership), team.orElse(null), project.orElse(null), standing, effective);
  }

  private PermissionSet delegated(PermissionSet held) {
    return caller.delegation() instanceof Delegation.Restricted restricted
        ? held.intersect(restricted.permissions(policy.catalog()))
        : held;
  }

  private static String idOf(Membership membership) {
    return membership.organization().id();
  }
}
