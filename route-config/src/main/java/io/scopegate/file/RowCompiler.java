package io.scopegate.file;

import io.scopegate.route.Forwarding;
import io.scopegate.route.PathTemplate;
import io.scopegate.route.Places;
import io.scopegate.route.Route;
import io.scopegate.route.Rule;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Turns a row as the file words it into one of the table. Used by the wiring only. */
final class RowCompiler {
  private final RuleCompiler rules;
  private final Problems problems;

  RowCompiler(RuleCompiler rules, Problems problems) {
    this.rules = rules;
    this.problems = problems;
  }

  /**
   * A compiled row.
   *
   * @param sound whether nothing in it was refused; one that is not sound stands in the table only
   *     to find rows that it clashes with
   */
  record Compiled(RowEntry entry, Route route, boolean sound) {}

  /** Returns the row, if its methods and template can be told. */
  Optional<Compiled> compiled(RowEntry row, String id) {
    int before = problems.noted();
    Places named = RowPlaces.named(row);
    Optional<Rule> rule = rule(row, named);
    checkCondition(row);
    checkUpgrade(row);
    String backend = backend(row);
    boolean sound = rule.isPresent() && !row.broken() && problems.noted() == before;
    Optional<PathTemplate> path = row.head().path();
    if (path.isEmpty() || row.head().methods().isEmpty()) {
      return Optional.empty();
    }
    RowEntry.Handling handling = row.handling();
    Optional<Long> limit = handling.bodyLimitBytes();
    // INVARIANT: a row without a rule comes with a problem, and with a problem there is no policy.
    Route route =
        new Route(
            id,
            row.match().at(),
            new LinkedHashSet<>(row.head().methods()),
            row.head().host().map(Inclusion.HostWord::pattern),
            path.get(),
            row.demand().when().map(RowEntry.ConditionEntry::condition),
            rule.orElseGet(() -> new Rule.Authenticated(Optional.empty())),
            looksAtPlaces(rule) ? looked(row, named) : Places.none(),
            new Forwarding(
                backend,
                handling.stripPrefix(),
                handling.shadow(),
                handling.timeout(),
                limit.isPresent() ? OptionalLong.of(limit.get()) : OptionalLong.empty(),
                handling.webSocket()),
            handling.encodedSlash(),
            handling.pathParameters(),
            row.label().description(),
            row.label().tags());
    return Optional.of(new Compiled(row, route, sound));
  }

  private static Places looked(RowEntry row, Places named) {
    return row.demand().listsProjects() ? RowPlaces.listing(row, named) : named;
  }

  private static boolean looksAtPlaces(Optional<Rule> rule) {
    return rule.isPresent()
        && rule.get() instanceof Rule.Permitted permitted
        && permitted.target() != Rule.Target.ANY_ORGANIZATION;
  }

  private Optional<Rule> rule(RowEntry row, Places named) {
    Optional<RowEntry.Admittance> admittance = row.demand().admittance();
    if (admittance.isEmpty()) {
      return Optional.empty();
    }
    if (admittance.get() instanceof RowEntry.Required required) {
      RowPlaces.checkRepeated(row, named, problems);
      return rules.rule(row, required.requirement(), named);
    }
    return Optional.of(
        row.isPublic() ? new Rule.Public() : new Rule.Authenticated(row.demand().credential()));
  }

  private void checkCondition(RowEntry row) {
    if (row.head().path().isEmpty() || row.demand().when().isEmpty()) {
      return;
    }
    for (Word parameter : row.demand().when().get().parameters()) {
      if (row.head().parameters().contains(parameter.text())) {
        RowPlaces.checkRepeated(row, parameter.text(), problems);
      } else {
        problems.unknown(parameter.at(), "parameter", parameter.text(), row.head().parameters());
      }
    }
  }

  /** A WebSocket begins with a GET (RFC 6455 §4.1), and needs a backend that can speak it. */
  private void checkUpgrade(RowEntry row) {
    if (!row.handling().webSocket()) {
      return;
    }
    List<String> methods = row.head().methods();
    if (!methods.isEmpty() && !methods.contains("GET") && !methods.contains(Route.ANY)) {
      problems.error(row.match().at(), "a row with `upgrade: websocket` must be for GET");
    }
    if (row.handling().backend().map(Word::name).equals(Optional.of(Backends.SELF))) {
      problems.error(
          row.match().at(), "the backend `self` cannot have a row with `upgrade: websocket`");
    }
  }

  private String backend(RowEntry row) {
    Optional<Word> backend = row.handling().backend();
    if (backend.isEmpty()) {
      Optional<Word> origin = row.inclusion().origin();
      if (origin.isPresent()) {
        problems.error(
            origin.get().at(),
            "rows of " + Wording.quoted(origin.get().text()) + " have no backend",
            "name one here or as the default of this file");
      } else if (!row.broken()) {
        problems.error(row.match().at(), "the row has no backend");
      }
      return "";
    }
    if (backend.get().name().equals(Backends.SELF)) {
      if (row.isPublic() || row.handling().shadow()) {
        problems.error(
            row.match().at(),
            "the backend `self` cannot have a row with "
                + (row.isPublic() ? "`access: public`" : "`mode: shadow`"));
      }
    }
    return backend.get().name();
  }
}
