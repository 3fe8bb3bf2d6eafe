package io.scopegate.policy;

import io.scopegate.permission.PermissionCatalog;
import io.scopegate.permission.PermissionSet;
import java.lang.ref.WeakReference;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a credential hands over of what its subject holds, as names; outlives a reload. Immutable.
 */
public sealed interface Delegation {

  /** Returns where it may be used. */
  Bounds bounds();

  /** Returns the scopes as issued, sorted; {@code *} alone for everything. */
  List<String> scopes();

  /** Returns the scopes as one text, with a comma and a space between two. */
  String listing();

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

    @Override
    public String listing() {
      return "*";
    }
  }

  /** Exactly the listed scopes; an empty list is nothing. Immutable. */
  final class Restricted implements Delegation {
    private final List<String> scopes;
    private final Bounds bounds;

    /**
     * What the scopes came to last. Weak, because a set keeps its catalogue, and a delegation
     * outlives a reload. A race here only works it out twice.
     */
    private volatile @Nullable WeakReference<PermissionSet> permissions;

    /** Made when it is first asked for; a race only makes it twice. */
    private @Nullable String listing;

    /**
     * Makes the delegation of a list of scopes.
     *
     * @param scopes as issued
     * @param bounds where it may be used
     */
    public Restricted(List<String> scopes, Bounds bounds) {
      this.scopes = scopes.stream().sorted().distinct().toList();
      this.bounds = bounds;
    }

    @Override
    public List<String> scopes() {
      return scopes;
    }

    @Override
    public String listing() {
      String known = listing;
      if (known == null) {
        known = String.join(", ", scopes);
        listing = known;
      }
      return known;
    }

    @Override
    public Bounds bounds() {
      return bounds;
    }

    /** Returns what the scopes come to in a catalogue: those it has, closed under implies. */
    PermissionSet permissions(PermissionCatalog catalog) {
      WeakReference<PermissionSet> last = permissions;
      PermissionSet set = last == null ? null : last.get();
      if (set == null || !set.isOf(catalog)) {
        set = catalog.inForce(catalog.known(scopes));
        permissions = new WeakReference<>(set);
      }
      return set;
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Restricted that
          && scopes.equals(that.scopes)
          && bounds.equals(that.bounds);
    }

    @Override
    public int hashCode() {
      return 31 * scopes.hashCode() + bounds.hashCode();
    }

    @Override
    public String toString() {
      return "Restricted[scopes=" + scopes + ", bounds=" + bounds + "]";
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
