package io.scopegate.policy;

import java.util.List;

/**
 * What a credential hands over of what its subject holds, as names; outlives a reload. Immutable.
 */
public sealed interface Delegation {

  /** Returns where it may be used. */
  Bounds bounds();

  /** Returns the scopes as issued, sorted; {@code *} alone for everything. */
  List<String> scopes();

  /**
   * Everything that the roles hold. Made in one place, {@link #of} and {@link #ofSession}, on
   * purpose.
   *
   * @param bounds where it may be used
   */
  record Full(Bounds bounds) implements Delegation {
    @Override
    public List<String> scopes() {
      return List.of("*");
    }
  }

  /**
   * Exactly the listed scopes; an empty list is nothing.
   *
   * @param scopes as issued, sorted
   * @param bounds where it may be used
   */
  record Restricted(List<String> scopes, Bounds bounds) implements Delegation {
    /** Copies what it is given. */
    public Restricted {
      scopes = scopes.stream().sorted().distinct().toList();
    }
  }

  /**
   * The one place where a list of scopes becomes a delegation. {@code *} makes it full; an empty
   * list only where the table says {@code emptyScopes: full}; everything else restricts.
   */
  static Delegation of(List<String> scopes, Bounds bounds, Policy policy) {
    boolean full = scopes.contains("*") || (scopes.isEmpty() && policy.emptyScopesFull());
    return full ? new Full(bounds) : new Restricted(scopes, bounds);
  }

  /** Returns the delegation of a session that hands over everything its subject holds. */
  static Delegation ofSession() {
    return new Full(Bounds.none());
  }
}
