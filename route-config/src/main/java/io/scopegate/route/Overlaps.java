package io.scopegate.route;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Finds rows that can match the same request without one being the more specific throughout. It
 * walks pairs of branches that a request may take alike; from each node with itself that comes to
 * few pairs but where literals stand beside parameters.
 */
final class Overlaps {
  /** Crossings are a warning: looking for them must not hold up a large table. */
  private static final int MAX_CROSSING_STEPS = 1_000_000;

  private static final int MAX_CROSSINGS = 1_000;

  private final IdentityHashMap<Route, Integer> order = new IdentityHashMap<>();
  private final List<RouteTable.Pair> clashes = new ArrayList<>();
  private final List<RouteTable.Pair> crossings = new ArrayList<>();
  private int steps;

  /** How two templates compare from the left up to a segment. */
  private enum Lead {
    /** Equally specific so far. */
    NONE,
    /** The first is the more specific one. */
    FIRST,
    /** The first is the more specific one further left, the second further right. */
    CROSSED
  }

  Overlaps(List<Route> routes) {
    routes.forEach(row -> order.putIfAbsent(row, order.size()));
  }

  /** Returns pairs of rows that are equally specific and can match the same request. */
  List<RouteTable.Pair> clashes() {
    return List.copyOf(clashes);
  }

  /** Returns pairs of rows whose templates cross. */
  List<RouteTable.Pair> crossings() {
    return List.copyOf(crossings);
  }

  /** Looks at all rows below one branch. */
  void look(Branch branch) {
    repeated(branch.rows());
    repeated(branch.restRows());
    Branch parameter = branch.parameter();
    List<Map.Entry<Shape, Branch>> mixed = List.copyOf(branch.mixed().entrySet());
    branch
        .literals()
        .forEach(
            (text, below) -> {
              besides(text, below, branch, Lead.NONE);
              look(below);
            });
    for (int i = 0; i < mixed.size(); i++) {
      for (int j = i + 1; j < mixed.size(); j++) {
        mixed(mixed.get(i), mixed.get(j), Lead.NONE);
      }
      if (parameter != null) {
        walk(mixed.get(i).getValue(), parameter, Lead.FIRST);
      }
      look(mixed.get(i).getValue());
    }
    if (parameter != null) {
      look(parameter);
    }
  }

  /** Finds rows of one template without a condition of which two name the same method. */
  private void repeated(List<Route> rows) {
    Map<String, Route> firsts = new HashMap<>();
    for (Route row : rows) {
      if (row.when().isEmpty()) {
        row.methods().stream()
            .flatMap(method -> Stream.ofNullable(firsts.get(method)))
            .min(Comparator.comparing(this::place))
            .ifPresent(first -> clashes.add(pair(first, row)));
        row.methods().forEach(method -> firsts.putIfAbsent(method, row));
      }
    }
  }

  /** Walks two branches that the same segments may lead to. */
  private void walk(Branch first, Branch second, Lead lead) {
    // Clashes are errors and never skipped; they need pairs that are equally specific so far.
    if (lead != Lead.NONE && isOverBudget()) {
      return;
    }
    ends(first.rows(), second.rows(), lead);
    ends(first.restRows(), second.restRows(), lead);
    if (lead != Lead.NONE && !first.restRows().isEmpty()) {
      below(first.restRows(), second, true);
    }
    if (lead == Lead.CROSSED && !second.restRows().isEmpty()) {
      below(second.restRows(), first, true);
    }
    literals(first, second, lead);
    for (Map.Entry<Shape, Branch> one : first.mixed().entrySet()) {
      second.mixed().entrySet().forEach(other -> mixed(one, other, lead));
    }
    Branch parameter = first.parameter();
    Branch other = second.parameter();
    if (other != null) {
      first.mixed().values().forEach(below -> firstLeads(below, other, lead));
    }
    if (parameter != null) {
      second.mixed().values().forEach(below -> secondLeads(parameter, below, lead));
    }
    if (parameter != null && other != null) {
      walk(parameter, other, lead);
    }
  }

  private boolean isOverBudget() {
    return ++steps > MAX_CROSSING_STEPS || crossings.size() == MAX_CROSSINGS;
  }

  private void literals(Branch first, Branch second, Lead lead) {
    boolean firstIsSmaller = first.literals().size() < second.literals().size();
    for (String text : (firstIsSmaller ? first : second).literals().keySet()) {
      Branch one = first.literals().get(text);
      Branch other = second.literals().get(text);
      if (one != null && other != null) {
        walk(one, other, lead);
      }
      steps++;
    }
    if (second.parameter() != null || !second.mixed().isEmpty()) {
      first.literals().forEach((text, below) -> besides(text, below, second, lead));
    }
    if (first.parameter() != null || !first.mixed().isEmpty()) {
      second.literals().forEach((text, below) -> besidesFirst(text, below, first, lead));
    }
  }

  /** Compares what is below a literal with what else that literal leads to in another branch. */
  private void besides(String text, Branch below, Branch other, Lead lead) {
    alternatives(text, other).forEach(alternative -> firstLeads(below, alternative, lead));
  }

  private void besidesFirst(String text, Branch below, Branch first, Lead lead) {
    alternatives(text, first).forEach(alternative -> secondLeads(alternative, below, lead));
  }

  /** Returns the branches that a literal leads to as a value of a parameter. */
  private static List<Branch> alternatives(String text, Branch branch) {
    List<Branch> alternatives = new ArrayList<>(1);
    if (!text.isEmpty()) {
      branch
          .mixed()
          .forEach(
              (shape, below) -> {
                if (shape.matches(text, 0, text.length())) {
                  alternatives.add(below);
                }
              });
      Branch parameter = branch.parameter();
      if (parameter != null) {
        alternatives.add(parameter);
      }
    }
    return alternatives;
  }

  private void mixed(Map.Entry<Shape, Branch> first, Map.Entry<Shape, Branch> second, Lead lead) {
    if (first.getKey().mayOverlap(second.getKey())) {
      int firstLiteral = first.getKey().literalCharacters();
      int secondLiteral = second.getKey().literalCharacters();
      if (firstLiteral == secondLiteral) {
        walk(first.getValue(), second.getValue(), lead);
      } else if (firstLiteral > secondLiteral) {
        firstLeads(first.getValue(), second.getValue(), lead);
      } else {
        secondLeads(first.getValue(), second.getValue(), lead);
      }
    }
  }

  private void firstLeads(Branch first, Branch second, Lead lead) {
    walk(first, second, lead == Lead.NONE ? Lead.FIRST : lead);
  }

  private void secondLeads(Branch first, Branch second, Lead lead) {
    if (lead == Lead.NONE) {
      walk(second, first, Lead.FIRST);
    } else {
      walk(first, second, Lead.CROSSED);
    }
  }

  private void ends(List<Route> first, List<Route> second, Lead lead) {
    if (lead == Lead.CROSSED) {
      cross(first, second);
    } else if (lead == Lead.NONE) {
      for (Route one : first) {
        second.stream()
            .filter(other -> !Collections.disjoint(one.methods(), other.methods()))
            .forEach(other -> clashes.add(pair(one, other)));
      }
    }
  }

  /** Crosses rows that take all that is left with all that stands below a branch. */
  private void below(List<Route> rest, Branch branch, boolean first) {
    if (isOverBudget()) {
      return;
    }
    List<Branch> children = new ArrayList<>(branch.mixed().values());
    branch
        .literals()
        .forEach(
            (text, child) -> {
              // The trailing slash alone is nothing to take.
              if (!first || !text.isEmpty()) {
                children.add(child);
              }
            });
    Stream.ofNullable(branch.parameter()).forEach(children::add);
    for (Branch child : children) {
      cross(rest, child.rows());
      cross(rest, child.restRows());
      below(rest, child, false);
    }
  }

  /** Reports one pair of two templates. */
  private void cross(List<Route> first, List<Route> second) {
    for (Route one : first) {
      for (Route other : second) {
        if (!Collections.disjoint(covered(one), covered(other))) {
          if (crossings.size() < MAX_CROSSINGS) {
            crossings.add(pair(one, other));
          }
          return;
        }
      }
    }
  }

  private static Set<String> covered(Route row) {
    Set<String> methods = new HashSet<>(row.methods());
    if (methods.contains(Route.ANY)) {
      methods.addAll(Route.ANY_METHODS);
    }
    if (methods.contains("GET")) {
      methods.add("HEAD");
    }
    return methods;
  }

  private RouteTable.Pair pair(Route one, Route other) {
    return place(one) <= place(other)
        ? new RouteTable.Pair(one, other)
        : new RouteTable.Pair(other, one);
  }

  private int place(Route row) {
    return order.getOrDefault(row, Integer.MAX_VALUE);
  }
}
