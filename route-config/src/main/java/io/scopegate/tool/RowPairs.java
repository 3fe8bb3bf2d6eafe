package io.scopegate.tool;

import io.scopegate.route.HostPattern;
import io.scopegate.route.PathSamples;
import io.scopegate.route.PathTemplate;
import io.scopegate.route.RequestLine;
import io.scopegate.route.Route;
import io.scopegate.route.RouteMatch;
import io.scopegate.route.RouteTable;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Finds which rows of an old and of a new table the same request can meet, by sending example
 * requests through both: every host, every method and every way in which templates meet. Used by
 * the wiring only.
 */
final class RowPairs {
  private static final String ELSEWHERE = "elsewhere.invalid";

  private final RouteTable before;
  private final RouteTable after;
  private final Seen met = new Seen();
  private final Seen metByGet = new Seen();
  private final Set<RowPair> pairs = new LinkedHashSet<>();

  private RowPairs(RouteTable before, RouteTable after) {
    this.before = before;
    this.after = after;
  }

  /** What requests have met so far. */
  private static final class Seen {
    private final IdentityHashMap<List<Route>, Set<List<Route>>> rows = new IdentityHashMap<>();

    /** Says whether no request has met the same before. */
    boolean add(List<Route> old, List<Route> now) {
      return rows.computeIfAbsent(old, any -> Collections.newSetFromMap(new IdentityHashMap<>()))
          .add(now);
    }
  }

  /** Returns the pairs, each once. */
  static Set<RowPair> of(RouteTable before, RouteTable after) {
    RowPairs search = new RowPairs(before, after);
    search.search();
    return search.pairs;
  }

  private void search() {
    List<Route> all = Stream.of(before, after).flatMap(table -> table.routes().stream()).toList();
    Set<String> methods = methods(all);
    for (String host : hosts(all)) {
      List<PathTemplate> templates =
          all.stream()
              .filter(
                  row -> row.host().map(pattern -> pattern.match(host).isPresent()).orElse(true))
              .map(Route::path)
              .toList();
      for (String path : PathSamples.of(templates)) {
        for (String method : methods) {
          if (RequestLine.parse(method, path, host) instanceof RequestLine line) {
            look(line);
          }
        }
      }
    }
  }

  private void look(RequestLine line) {
    List<Route> old = before.match(line).map(RouteMatch::rows).orElse(List.of());
    List<Route> now = after.match(line).map(RouteMatch::rows).orElse(List.of());
    if (met.add(old, now)) {
      Set<RowPair> found = new ConditionSpace(old, now).pairs();
      pairs.addAll(found);
      boolean parameters =
          Stream.of(old, now)
              .flatMap(List::stream)
              .anyMatch(row -> !row.path().parameters().isEmpty());
      if (parameters) {
        addMalformed(found, old, now, Route::encodedSlash, "an encoded slash");
      }
      addMalformed(found, old, now, Route::pathParameters, "a `;` parameter");
    }
    // A WebSocket begins with a GET, and each row says for itself whether it takes one.
    if (line.method().equals("GET")
        && Stream.of(old, now).flatMap(List::stream).anyMatch(RowPairs::takesWebSocket)
        && metByGet.add(old, now)) {
      new ConditionSpace(old, now).pairs().forEach(this::addWebSocket);
    }
  }

  private static boolean takesWebSocket(Route row) {
    return row.forwarding().webSocket();
  }

  private void addWebSocket(RowPair pair) {
    boolean before = pair.before().filter(RowPairs::takesWebSocket).isPresent();
    boolean after = pair.after().filter(RowPairs::takesWebSocket).isPresent();
    if (before != after) {
      pairs.add(pair.refused(!before, !after, "a WebSocket"));
    }
  }

  /** Adds the requests that one table takes and the other finds malformed. */
  private void addMalformed(
      Set<RowPair> found, List<Route> old, List<Route> now, Predicate<Route> isTaken, String what) {
    boolean before = !old.isEmpty() && old.stream().allMatch(isTaken);
    boolean after = !now.isEmpty() && now.stream().allMatch(isTaken);
    if (before != after) {
      found.forEach(pair -> pairs.add(pair.malformed(!before, !after, what)));
    }
  }

  /** Returns every method of a table, as requests spell them. */
  static Set<String> methods(List<Route> rows) {
    Set<String> methods = new TreeSet<>();
    for (Route row : rows) {
      if (row.methods().contains(Route.ANY)) {
        methods.addAll(Route.ANY_METHODS);
      } else {
        methods.addAll(row.methods());
      }
    }
    if (methods.contains("GET")) {
      methods.add("HEAD");
    }
    return methods;
  }

  /** Returns a host for every pattern of the rows, and one that none of them fits. */
  static Set<String> hosts(List<Route> rows) {
    Set<String> hosts = new LinkedHashSet<>();
    rows.forEach(row -> row.host().map(RowPairs::sample).ifPresent(hosts::add));
    hosts.add(ELSEWHERE);
    return hosts;
  }

  private static String sample(HostPattern host) {
    // A label that no literal host of a table begins with.
    return host.label().isPresent() ? "any-label-at-all" + host.rest() : host.rest();
  }
}
