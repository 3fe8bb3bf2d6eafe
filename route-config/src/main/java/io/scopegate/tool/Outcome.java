package io.scopegate.tool;

import io.scopegate.policy.Decision;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * What a caller gets of a row, as far as two of them are compared. Immutable.
 *
 * @param allowed whether the request goes to its backend
 * @param overruled whether only because the row is in shadow mode
 * @param projects which projects the backend is told of, {@link #FUTURE} among them if every one
 *     that may yet be made is; absent on rows that list none, and in shadow mode
 */
record Outcome(boolean allowed, boolean overruled, Optional<Set<String>> projects) {
  private static final String FUTURE = "*";
  private static final Outcome REFUSED = new Outcome(false, false, Optional.empty());

  static Outcome refused() {
    return REFUSED;
  }

  static Outcome of(Decision decision) {
    if (!(decision instanceof Decision.Allow allow)) {
      return REFUSED;
    }
    return new Outcome(
        true,
        allow.overruled().isPresent(),
        allow
            .listing()
            .filter(listing -> listing.kind() == Decision.Listing.Kind.PROJECTS)
            // A list keeps nobody from anything where whoever has no project gets through unlisted.
            .filter(listing -> !allow.row().forwarding().shadow())
            .map(Outcome::projects));
  }

  private static Set<String> projects(Decision.Listing listing) {
    Set<String> projects = new HashSet<>(listing.ids());
    if (listing.everywhere()) {
      projects.addAll(Set.of(FUTURE, Holder.HERE, Holder.SECOND));
    }
    return Set.copyOf(projects);
  }

  /** Says whether it grants something that the other does not. */
  boolean exceeds(Outcome other) {
    if (!allowed || !other.allowed) {
      return allowed && !other.allowed;
    }
    // A backend that is told of no projects at all keeps to none of them.
    return other.projects.isPresent()
        && !other
            .projects
            .get()
            .containsAll(projects.orElse(Set.of(FUTURE, Holder.HERE, Holder.SECOND)));
  }

  /** Returns in which ways this differs from what was there before. */
  Set<Direction> since(Outcome before) {
    Set<Direction> directions = EnumSet.noneOf(Direction.class);
    if (exceeds(before)) {
      directions.add(Direction.WIDENED);
    }
    if (before.exceeds(this)) {
      directions.add(Direction.NARROWED);
    }
    return directions;
  }

  /** Returns it in a word, next to another one that it is compared to. */
  String word(Outcome other) {
    if (!allowed) {
      return "deny";
    }
    if (overruled) {
      return "shadow";
    }
    return other.allowed && projects.isPresent()
        ? "allow, projects: " + listed(projects.get(), other.projects.orElse(Set.of()))
        : "allow";
  }

  private static String listed(Set<String> projects, Set<String> others) {
    if (projects.isEmpty() || projects.contains(FUTURE)) {
      return projects.isEmpty() ? "none" : "all";
    }
    boolean alike = !others.isEmpty() && !others.contains(FUTURE);
    return !alike ? "some" : projects.containsAll(others) ? "more" : "fewer";
  }
}
