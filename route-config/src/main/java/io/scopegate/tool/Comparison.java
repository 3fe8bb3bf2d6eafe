package io.scopegate.tool;

import io.scopegate.permission.Level;
import io.scopegate.permission.Role;
import io.scopegate.policy.Policy;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * What two policies have and do not have in common besides their rows, and what is told of their
 * rows so far. Confined to one comparison.
 */
final class Comparison {
  private final Policy before;
  private final Policy after;
  private final List<Holder.Held> roles;
  private final Set<String> permissions = new TreeSet<>();
  private final boolean rowsAloneDiffer;
  private final boolean scopesMeanTheSame;
  private final boolean settingsAreTheSame;
  private final Set<Holder.Held> changedRoles = new HashSet<>();
  private final Map<Direction, Set<PolicyDiff.Change>> changes = new EnumMap<>(Direction.class);
  private final Set<Subject> told = new HashSet<>();

  Comparison(Policy before, Policy after) {
    this.before = before;
    this.after = after;
    Set<Holder.Held> all = new LinkedHashSet<>(Matrix.roles(after));
    all.addAll(Matrix.roles(before));
    this.roles = all.stream().sorted(Comparator.comparing(Holder.Held::level)).toList();
    permissions.addAll(before.catalog().names());
    permissions.addAll(after.catalog().names());
    this.rowsAloneDiffer = Meaning.of(before).equals(Meaning.of(after));
    this.scopesMeanTheSame = Meaning.ofScopes(before).equals(Meaning.ofScopes(after));
    this.settingsAreTheSame = before.settings().equals(after.settings());
    findChangedRoles();
    for (Direction direction : Direction.values()) {
      changes.put(direction, new LinkedHashSet<>());
    }
  }

  /** What is told once: later mentions need something special. */
  private record Subject(Direction direction, String role, String scope, String route) {}

  private void findChangedRoles() {
    Map<Holder.Held, Object> old = meanings(before);
    Map<Holder.Held, Object> now = meanings(after);
    roles.stream()
        .filter(
            role -> !Optional.ofNullable(old.get(role)).equals(Optional.ofNullable(now.get(role))))
        .forEach(changedRoles::add);
    boolean more = true;
    while (more) {
      Set<Holder.Held> found = new HashSet<>();
      Stream.of(before, after)
          .flatMap(policy -> policy.roles().roles().stream())
          .filter(role -> Meaning.references(role).stream().anyMatch(changedRoles::contains))
          .forEach(role -> found.add(Holder.Held.declared(role.level(), role.name())));
      more = changedRoles.addAll(found);
    }
  }

  private static Map<Holder.Held, Object> meanings(Policy policy) {
    Map<Holder.Held, Object> meanings = new HashMap<>();
    for (Role role : policy.roles().roles()) {
      meanings.put(Holder.Held.declared(role.level(), role.name()), Meaning.of(role));
    }
    return meanings;
  }

  Policy before() {
    return before;
  }

  Policy after() {
    return after;
  }

  /** Returns the roles of both, from the organization downwards. */
  List<Holder.Held> roles() {
    return roles;
  }

  /** Returns the permissions of both, sorted. */
  Set<String> permissions() {
    return permissions;
  }

  /** Says whether a token hands over the same under both. */
  boolean scopesMeanTheSame() {
    return scopesMeanTheSame;
  }

  /** Says whether a row that is the same in both may be decided differently for these roles. */
  boolean mayDiffer(Collection<Holder.Held> held) {
    return !scopesMeanTheSame
        || !settingsAreTheSame
        || held.stream()
            .anyMatch(
                role -> changedRoles.contains(Holder.Held.declared(role.level(), role.name())));
  }

  /** Compares what requests of one kind get. */
  void compare(RowPair pair) {
    RowComparison rows = new RowComparison(this, pair);
    if (!(rowsAloneDiffer && rows.areTheSame())) {
      rows.compare();
    }
  }

  /**
   * Notes a change.
   *
   * @param subject what the change is told of, without what is special about it
   * @param isSpecial whether it is left out if the same was told already
   */
  void tell(Direction direction, PolicyDiff.Change change, String subject, boolean isSpecial) {
    boolean isNew = told.add(new Subject(direction, subject, change.scope(), change.route()));
    if (isNew || !isSpecial) {
      changes.getOrDefault(direction, new LinkedHashSet<>()).add(change);
    }
  }

  /** Returns everything told, in the order of the new table. */
  PolicyDiff diff() {
    Map<String, Integer> order = new HashMap<>();
    for (Policy policy : List.of(after, before)) {
      policy.routes().routes().forEach(row -> order.putIfAbsent(row.id(), order.size()));
    }
    Comparator<PolicyDiff.Change> byRow =
        Comparator.comparingInt(change -> order.getOrDefault(change.route(), order.size()));
    return new PolicyDiff(sorted(Direction.WIDENED, byRow), sorted(Direction.NARROWED, byRow));
  }

  private List<PolicyDiff.Change> sorted(Direction direction, Comparator<PolicyDiff.Change> byRow) {
    return changes.getOrDefault(direction, Set.of()).stream().sorted(byRow).toList();
  }

  /** Says whether a role of either table gives something only to who has joined a place. */
  boolean hasJoining() {
    return Stream.of(before, after)
        .flatMap(policy -> policy.roles().roles().stream())
        .anyMatch(role -> !role.onJoin().isEmpty());
  }

  /** Returns the roles of a level. */
  List<Holder.Held> roles(Level level) {
    return roles.stream().filter(role -> role.level() == level).toList();
  }
}
