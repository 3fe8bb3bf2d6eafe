package io.scopegate.route;

import io.scopegate.permission.Level;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a row requires, in the words of the table. Immutable. */
public sealed interface Expression {

  /** Returns it as strings, maps and lists, the way the table words it and answers repeat it. */
  Object plain();

  /** One permission, at the place the row means or at another one that it names. */
  record Term(String permission, Optional<Level> at) implements Expression {
    @Override
    public Object plain() {
      if (at.isEmpty()) {
        return permission;
      }
      Map<String, Object> fields = new LinkedHashMap<>(); // in the order of the contract, always
      fields.put("permission", permission);
      fields.put("at", at.get().word());
      return fields;
    }
  }

  /** At least one of these. */
  record Any(List<Expression> of) implements Expression {
    /** Copies what it is given. */
    public Any {
      of = List.copyOf(of);
    }

    @Override
    public Object plain() {
      return Map.of("any", of.stream().map(Expression::plain).toList());
    }
  }

  /** All of these. */
  record All(List<Expression> of) implements Expression {
    /** Copies what it is given. */
    public All {
      of = List.copyOf(of);
    }

    @Override
    public Object plain() {
      return Map.of("all", of.stream().map(Expression::plain).toList());
    }
  }
}
