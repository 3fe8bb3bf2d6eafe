package io.scopegate.tool;

import io.scopegate.permission.Level;
import io.scopegate.route.Condition;
import io.scopegate.route.Route;
import io.scopegate.route.Source;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Everything that requests of one kind can be as far as the conditions of the rows that they meet
 * can tell: each variable that is looked at takes every value that a test names, one that none
 * names, none at all, and several. Two different regular expressions are taken to agree on nothing,
 * so a pair of rows that no request meets may be told, but none that one does is left out. Confined
 * to one comparison.
 */
final class ConditionSpace {
  /** More assignments than this are not gone through: then every row may meet every other. */
  private static final int MOST_ASSIGNMENTS = 50_000;

  private static final int MOST_EXPRESSIONS = 8;

  private final List<Route> before;
  private final List<Route> after;
  private final Map<Variable, Set<Condition.Test>> tests = new LinkedHashMap<>();

  ConditionSpace(List<Route> before, List<Route> after) {
    this.before = before;
    this.after = after;
    before.forEach(this::collect);
    after.forEach(this::collect);
  }

  /** Something of a request that a condition looks at. */
  private record Variable(String kind, String name) {}

  /** What a variable is. */
  private sealed interface Value {}

  private record Nothing() implements Value {}

  /** More than one, or one that can be read in two ways. */
  private record Repeated() implements Value {}

  private record Text(String text) implements Value {}

  /** A text that no test names and that these regular expressions accept. */
  private record Other(Set<String> accepting) implements Value {}

  private void collect(Route row) {
    for (Condition.Clause clause : clauses(row)) {
      tests.computeIfAbsent(variable(row, clause), any -> new LinkedHashSet<>()).add(test(clause));
    }
  }

  private static List<Condition.Clause> clauses(Route row) {
    return row.when().map(Condition::clauses).orElse(List.of());
  }

  private static Variable variable(Route row, Condition.Clause clause) {
    if (clause instanceof Condition.Query query) {
      return new Variable(RowPair.Given.QUERY, query.key());
    }
    if (clause instanceof Condition.Header header) {
      return new Variable(RowPair.Given.HEADER, header.name().toLowerCase(Locale.ROOT));
    }
    // Rows of one match may call the same segment by different names.
    return clause instanceof Condition.Own own
        ? new Variable("own", segment(row, own.parameter()))
        : new Variable("param", segment(row, ((Condition.Parameter) clause).name()));
  }

  private static String segment(Route row, String name) {
    return row.path().spot(name).orElse("host");
  }

  private static Condition.Test test(Condition.Clause clause) {
    if (clause instanceof Condition.Query query) {
      return query.test();
    }
    if (clause instanceof Condition.Header header) {
      return header.test();
    }
    return clause instanceof Condition.Parameter parameter
        ? parameter.test()
        : new Condition.Present();
  }

  /** Returns what a request can meet on both sides. */
  Set<RowPair> pairs() {
    List<Variable> variables = List.copyOf(tests.keySet());
    List<List<Value>> values = variables.stream().map(this::values).toList();
    long assignments = 1;
    for (List<Value> each : values) {
      assignments = Math.min(assignments * each.size(), MOST_ASSIGNMENTS + 1L);
    }
    Set<RowPair> pairs = new LinkedHashSet<>();
    if (assignments > MOST_ASSIGNMENTS) {
      addAll(pairs);
    } else {
      assign(variables, values, new LinkedHashMap<>(), pairs);
    }
    return pairs;
  }

  private void addAll(Set<RowPair> pairs) {
    List<Optional<Route>> left = orNone(before);
    List<Optional<Route>> right = orNone(after);
    left.forEach(one -> right.forEach(other -> pairs.add(RowPair.of(one, other, false, Map.of()))));
  }

  private static List<Optional<Route>> orNone(List<Route> rows) {
    List<Optional<Route>> all = new ArrayList<>();
    rows.forEach(row -> all.add(Optional.of(row)));
    all.add(Optional.empty());
    return all;
  }

  private void assign(
      List<Variable> variables,
      List<List<Value>> values,
      Map<Variable, Value> chosen,
      Set<RowPair> pairs) {
    if (chosen.size() == variables.size()) {
      add(chosen, pairs);
      return;
    }
    Variable next = variables.get(chosen.size());
    for (Value value : values.get(chosen.size())) {
      chosen.put(next, value);
      assign(variables, values, chosen, pairs);
      chosen.remove(next);
    }
  }

  private void add(Map<Variable, Value> chosen, Set<RowPair> pairs) {
    boolean own =
        chosen.entrySet().stream()
            .anyMatch(
                entry ->
                    entry.getKey().kind().equals("own") && !(entry.getValue() instanceof Nothing));
    Choice old = choice(before, chosen);
    Choice now = choice(after, chosen);
    RowPair pair = RowPair.of(old.row(), now.row(), own, given(old.row(), now.row(), chosen));
    if (old.repeated().isEmpty() && now.repeated().isEmpty()) {
      pairs.add(pair);
    } else if (old.row().isPresent() || now.row().isPresent()) {
      String repeated = old.repeated().isEmpty() ? now.repeated() : old.repeated();
      pairs.add(pair.malformed(false, false, repeated));
    }
  }

  /** What conditions choose: a row, or nothing, which may be because something is repeated. */
  private record Choice(Optional<Route> row, String repeated) {}

  private static Choice choice(List<Route> rows, Map<Variable, Value> chosen) {
    for (Route row : rows) {
      boolean holds = true;
      for (Condition.Clause clause : clauses(row)) {
        Variable variable = variable(row, clause);
        Value value = require(chosen, variable);
        if (value instanceof Repeated) {
          String what = variable.kind() + " `" + variable.name() + "` repeated";
          return new Choice(Optional.empty(), what);
        }
        holds &= passes(test(clause), value);
      }
      if (holds) {
        return new Choice(Optional.of(row), "");
      }
    }
    return new Choice(Optional.empty(), "");
  }

  /** Returns how often the request has what the places of these rows are named by, where known. */
  private static Map<RowPair.Given, RowPair.Presence> given(
      Optional<Route> old, Optional<Route> now, Map<Variable, Value> chosen) {
    Map<RowPair.Given, RowPair.Presence> given = new LinkedHashMap<>();
    Stream.of(old, now)
        .flatMap(Optional::stream)
        .flatMap(row -> Stream.of(Level.values()).flatMap(level -> row.places().at(level).stream()))
        .flatMap(place -> place.sources().stream())
        .flatMap(source -> named(source).stream())
        .forEach(
            variable -> {
              Value value = chosen.get(variable);
              if (value != null) {
                given.put(
                    new RowPair.Given(variable.kind(), variable.name()),
                    value instanceof Nothing
                        ? RowPair.Presence.ABSENT
                        : value instanceof Repeated
                            ? RowPair.Presence.REPEATED
                            : RowPair.Presence.ONCE);
              }
            });
    return given;
  }

  private static Optional<Variable> named(Source source) {
    if (source instanceof Source.QueryParameter query) {
      return Optional.of(new Variable(RowPair.Given.QUERY, query.key()));
    }
    return source instanceof Source.HeaderField header
        ? Optional.of(new Variable(RowPair.Given.HEADER, header.name().toLowerCase(Locale.ROOT)))
        : Optional.empty();
  }

  private static Value require(Map<Variable, Value> chosen, Variable variable) {
    Value value = chosen.get(variable);
    return value == null ? new Nothing() : value;
  }

  private static boolean passes(Condition.Test test, Value value) {
    if (test instanceof Condition.Accepted accepted) {
      return value instanceof Text text
          ? accepted.accepts().test(text.text())
          : value instanceof Other other && other.accepting().contains(accepted.text());
    }
    return (test instanceof Condition.Present) == !(value instanceof Nothing);
  }

  private List<Value> values(Variable variable) {
    Set<Value> values = new LinkedHashSet<>();
    if (!variable.kind().equals("param")) {
      values.add(new Nothing());
    }
    if (variable.kind().equals("own")) {
      values.add(new Text(""));
      return List.copyOf(values);
    }
    Set<String> expressions = new LinkedHashSet<>();
    for (Condition.Test test : tests.getOrDefault(variable, Set.of())) {
      if (test instanceof Condition.Accepted accepted) {
        for (String text : named(accepted)) {
          values.add(new Text(text));
        }
        if (isExpression(accepted.text())) {
          expressions.add(accepted.text());
        }
      }
    }
    subsets(expressions).forEach(accepting -> values.add(new Other(accepting)));
    if (!variable.kind().equals("param")) {
      values.add(new Repeated());
    }
    return List.copyOf(values);
  }

  /** Returns the values that a test accepts by name; a regular expression names none. */
  private static List<String> named(Condition.Accepted accepted) {
    List<String> texts = new ArrayList<>(List.of(accepted.text().split(", ", -1)));
    texts.add(accepted.text());
    return texts.stream().filter(accepted.accepts()).distinct().toList();
  }

  private static boolean isExpression(String text) {
    return text.length() > 1 && text.startsWith("/") && text.endsWith("/");
  }

  private static List<Set<String>> subsets(Set<String> expressions) {
    List<Set<String>> subsets = new ArrayList<>(List.of(Set.of()));
    for (String expression : expressions) {
      if (subsets.size() >= 1 << MOST_EXPRESSIONS) {
        subsets.add(Set.of(expression));
        continue;
      }
      for (Set<String> subset : List.copyOf(subsets)) {
        Set<String> larger = new LinkedHashSet<>(subset);
        larger.add(expression);
        subsets.add(larger);
      }
    }
    return subsets;
  }
}
