package io.scopegate.route;

import io.scopegate.permission.Level;
import java.util.List;
import java.util.Optional;

/** What a row requires, in the words of the table. Immutable. */
public sealed interface Expression {
  /** One permission, at the place the row means or at another one that it names. */
  record Term(String permission, Optional<Level> at) implements Expression {}

  /** At least one of these. */
  record Any(List<Expression> of) implements Expression {
    /** Copies what it is given. */
    public Any {
      of = List.copyOf(of);
    }
  }

  /** All of these. */
  record All(List<Expression> of) implements Expression {
    /** Copies what it is given. */
    public All {
      of = List.copyOf(of);
    }
  }
}
