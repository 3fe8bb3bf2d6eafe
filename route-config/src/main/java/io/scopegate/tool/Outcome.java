package io.scopegate.tool;

import io.scopegate.policy.Decision;
import java.util.Optional;

/**
 * What a caller gets of a row, as far as two of them are compared. Immutable.
 *
 * @param allowed whether the request goes to its backend
 * @param projects how many projects the backend is told of: none, one that is there, or every one
 *     there may ever be; absent on rows that list none
 */
record Outcome(boolean allowed, boolean overruled, Optional<Integer> projects) {
  private static final Outcome REFUSED = new Outcome(false, false, Optional.empty());
  private static final String[] LISTED = {"none", "some", "all"};

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
            .map(listing -> listing.everywhere() ? 2 : listing.ids().isEmpty() ? 0 : 1));
  }

  /** Returns whether it grants more than the other: above 0 more, below 0 less, 0 the same. */
  int comparedTo(Outcome other) {
    if (allowed != other.allowed) {
      return allowed ? 1 : -1;
    }
    return projects.isPresent() && other.projects.isPresent()
        ? Integer.compare(projects.get(), other.projects.get())
        : 0;
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
        ? "allow, projects: " + LISTED[projects.get()]
        : "allow";
  }
}
