package io.scopegate.file;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Finds names that lead back to themselves. Used by the wiring only. */
final class Cycles {
  private final Map<String, List<Word>> edges;
  private final String verb;
  private final Problems problems;
  private final Set<String> done = new TreeSet<>();
  private final Map<String, Integer> depths = new HashMap<>();
  private final Deque<Step> path = new ArrayDeque<>();

  private record Step(String name, String text, Iterator<Word> rest) {}

  private Cycles(Map<String, List<Word>> edges, String verb, Problems problems) {
    this.edges = edges;
    this.verb = verb;
    this.problems = problems;
  }

  /** Notes every word that closes a cycle. Goes as deep as the names do, without recursion. */
  static void check(Map<String, List<Word>> edges, String verb, Problems problems) {
    Cycles cycles = new Cycles(edges, verb, problems);
    for (String name : edges.keySet()) {
      cycles.from(name);
    }
  }

  private void from(String start) {
    enter(start, start);
    while (!path.isEmpty()) {
      Step step = path.element();
      if (!step.rest().hasNext()) {
        path.pop();
        depths.remove(step.name());
        done.add(step.name());
        continue;
      }
      Word next = step.rest().next();
      if (depths.containsKey(next.name())) {
        problems.error(next.at(), "cycle: " + cycle(next));
      } else {
        enter(next.name(), next.text());
      }
    }
  }

  private void enter(String name, String text) {
    if (!done.contains(name)) {
      depths.put(name, path.size());
      path.push(new Step(name, text, edges.getOrDefault(name, List.of()).iterator()));
    }
  }

  private String cycle(Word closing) {
    StringBuilder shown = new StringBuilder();
    Iterator<Step> steps = path.descendingIterator();
    int from = depths.getOrDefault(closing.name(), 0);
    for (int depth = 0; steps.hasNext(); depth++) {
      Step step = steps.next();
      if (depth >= from) {
        shown.append(Wording.quoted(step.text())).append(' ').append(verb).append(' ');
      }
    }
    return shown.append(Wording.quoted(closing.text())).toString();
  }
}
