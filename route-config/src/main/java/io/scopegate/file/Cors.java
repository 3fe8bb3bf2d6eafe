package io.scopegate.file;

import java.util.Optional;

/** Reads {@code cors:}, which has no effect yet. Used by the wiring only. */
final class Cors {
  private Cors() {}

  /** Notes what is wrong with it, or that it has no effect yet. */
  static void check(Fields owner, Problems problems) {
    Optional<Fields> cors = owner.fields("cors");
    if (cors.isEmpty()) {
      return;
    }
    Fields fields = cors.get();
    if (fields.requiredNode("origins").isPresent()) {
      fields.texts("origins");
    }
    fields.flag("credentials");
    fields.finish();
    problems.warning(owner.keyAt("cors"), "`cors` is not supported yet and has no effect");
  }
}
