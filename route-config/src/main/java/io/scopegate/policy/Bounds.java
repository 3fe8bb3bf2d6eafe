package io.scopegate.policy;

import java.util.Collection;
import java.util.Optional;
import java.util.Set;

/**
 * Where a credential may be used, by id. Immutable.
 *
 * @param organization the only organization, if it is bound to one
 * @param projects the only projects, all of that organization; empty if it is not bound to projects
 */
public record Bounds(Optional<String> organization, Set<String> projects) {

  private static final Bounds NONE = new Bounds(Optional.empty(), Set.of());

  /** Copies what it is given. */
  public Bounds {
    projects = Set.copyOf(projects);
    if (!projects.isEmpty() && organization.isEmpty()) {
      throw new IllegalArgumentException("a bound to projects is a bound to their organization");
    }
  }

  /** Returns the bounds of a credential that is good everywhere. */
  public static Bounds none() {
    return NONE;
  }

  /** Returns the bounds of a credential that is good in this organization. */
  public static Bounds organization(String id) {
    return new Bounds(Optional.of(id), Set.of());
  }

  /** Returns the bounds of a credential that is good in these projects of an organization. */
  public static Bounds projects(String organization, Collection<String> projects) {
    return new Bounds(Optional.of(organization), Set.copyOf(projects));
  }

  /** Says whether whatever lies within the other bounds lies within these too. */
  public boolean contains(Bounds other) {
    if (isEmpty()) {
      return true;
    }
    return organization.equals(other.organization)
        && (projects.isEmpty()
            || (!other.projects.isEmpty() && projects.containsAll(other.projects)));
  }

  /** Says whether there is no bound at all. */
  public boolean isEmpty() {
    return organization.isEmpty();
  }
}
