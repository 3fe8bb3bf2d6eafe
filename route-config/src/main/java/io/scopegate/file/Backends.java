package io.scopegate.file;

import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** The backends that a table may name, if they are known at all. Used by the wiring only. */
final class Backends {
  /** The gateway itself. */
  static final String SELF = "self";

  private final Optional<Set<String>> known;
  private final Problems problems;

  Backends(Optional<Set<String>> known, Problems problems) {
    this.known = known;
    this.problems = problems;
  }

  /** Notes it if there is no such backend. */
  void check(Word backend) {
    if (!Names.isVisible(backend.text())) {
      problems.error(
          backend.at(), "backend " + Wording.quoted(backend.text()) + " must be visible ASCII");
    } else if (known.isPresent()
        && !known.get().contains(backend.text())
        && !backend.text().equals(SELF)) {
      Set<String> names = new TreeSet<>(known.get());
      names.add(SELF);
      problems.unknown(backend.at(), "backend", backend.text(), names);
    }
  }
}
