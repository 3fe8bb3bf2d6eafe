package io.scopegate.self;

import io.scopegate.endpoint.JsonBody.Complaint;
import io.scopegate.permission.Permission;
import io.scopegate.permission.PermissionSet;
import io.scopegate.policy.Bounds;
import io.scopegate.policy.Delegation;
import io.scopegate.policy.Policy;
import io.scopegate.store.StoredToken;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What another token may be, so that this one may make, rotate or revoke it: nothing that could do
 * more, or for longer, than it can itself. Immutable.
 */
final class TokenLimits {
  private final Policy policy;
  private final StoredToken own;

  private final Optional<Instant> end;

  TokenLimits(Policy policy, StoredToken own, Instant now) {
    this.policy = policy;
    this.own = own;
    // While two values work nobody knows here which one was presented, and the older one ends soon.
    this.end = own.overlap().filter(now::isBefore).or(own::expires);
  }

  /** Returns where a token that is there goes beyond this one, which is within itself. */
  List<Complaint> excess(StoredToken other) {
    return other.id().equals(own.id())
        ? List.of()
        : excess(other.scopes(), other.bounds(), other.expires());
  }

  /** Returns where another token goes beyond this one; nothing if it lies within. */
  List<Complaint> excess(List<String> scopes, Bounds bounds, Optional<Instant> expires) {
    List<Complaint> excess = new ArrayList<>();
    addScopes(scopes, bounds, excess);
    if (!own.bounds().contains(bounds)) {
      excess.add(
          new Complaint(
              own.bounds().projects().isEmpty() ? "/organization" : "/projects",
              "must be bound within " + words(own.bounds()) + ", as this token is"));
    }
    if (end.isPresent() && (expires.isEmpty() || expires.get().isAfter(end.get()))) {
      String why =
          end.equals(own.expires()) ? "when this token ends" : "until when its value before works";
      excess.add(new Complaint("/expires", "must not be after `" + end.get() + "`, " + why));
    }
    return excess;
  }

  private void addScopes(List<String> scopes, Bounds bounds, List<Complaint> excess) {
    Delegation mine = Delegation.of(own.scopes(), own.bounds(), policy);
    if (mine instanceof Delegation.Full) {
      return;
    }
    if (Delegation.of(scopes, bounds, policy) instanceof Delegation.Full) {
      excess.add(new Complaint("/scopes", "everything is more than this token carries"));
      return;
    }
    PermissionSet carried = policy.catalog().inForce(policy.catalog().known(mine.scopes()));
    for (String scope : scopes) {
      if (!mine.scopes().contains(scope) && !isCarried(scope, carried)) {
        excess.add(new Complaint("/scopes", "this token does not carry `" + scope + "`"));
      }
    }
  }

  /** What is not in force now may be one day, and counts as not carried. */
  private boolean isCarried(String scope, PermissionSet carried) {
    return policy
        .catalog()
        .find(scope)
        .filter(each -> !each.planned())
        .map(Permission::name)
        .stream()
        .anyMatch(
            name ->
                carried.containsAll(
                    policy.catalog().inForce(policy.catalog().known(List.of(name)))));
  }

  private static String words(Bounds bounds) {
    String organization = bounds.organization().orElseThrow();
    if (bounds.projects().isEmpty()) {
      return "`" + organization + "`";
    }
    List<String> names =
        bounds.projects().stream().sorted().map(id -> "`" + organization + "/" + id + "`").toList();
    return String.join(", ", names);
  }
}
