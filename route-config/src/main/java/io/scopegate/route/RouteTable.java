package io.scopegate.route;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** All rows, as a trie per host. The order of rows never matters. Immutable. */
public final class RouteTable {
  private final List<Route> routes;
  private final Map<String, Node> byHost = new HashMap<>();
  private final Map<String, Node> byHostRest = new HashMap<>();
  private final Node everywhere;
  private final boolean cors;

  private RouteTable(List<Route> routes, Map<HostClass, Branch> branches) {
    this.routes = List.copyOf(routes);
    this.cors = routes.stream().anyMatch(row -> row.cors().isPresent());
    branches.forEach(
        (host, branch) -> {
          if (!host.everywhere()) {
            (host.label() ? byHostRest : byHost).put(host.rest(), new Node("", branch));
          }
        });
    this.everywhere = new Node("", branches.getOrDefault(HostClass.EVERYWHERE, new Branch()));
  }

  /** What two host patterns have in common that fit the same hosts. */
  private record HostClass(boolean everywhere, boolean label, String rest) {
    static final HostClass EVERYWHERE = new HostClass(true, false, "");

    static HostClass of(Route row) {
      return row.host()
          .map(host -> new HostClass(false, host.label().isPresent(), host.rest()))
          .orElse(EVERYWHERE);
    }
  }

  /**
   * Builds the table.
   *
   * @param routes conditioned rows of one match in the order in which their conditions are tried
   */
  public static Built build(List<Route> routes) {
    Map<HostClass, Branch> branches = new HashMap<>();
    for (Route row : routes) {
      branches.computeIfAbsent(HostClass.of(row), host -> new Branch()).add(row);
    }
    Overlaps overlaps = new Overlaps(routes);
    branches.values().forEach(overlaps::look);
    return new Built(new RouteTable(routes, branches), overlaps.clashes(), overlaps.crossings());
  }

  /** Returns the rows that the request line meets, if any. */
  public Optional<RouteMatch> match(RequestLine line) {
    Segments path = line.bareSegments();
    RowGroup group = find(line, path);
    if (line.hasPathParameters()) {
      RowGroup whole = find(line, line.wholeSegments());
      if (whole != group) {
        // A backend may read either; only where both lead to the same rows is there one answer.
        RowGroup one = group == null ? whole : group;
        String refusal = "the path leads elsewhere without its `;` parameters";
        return Optional.ofNullable(one).map(rows -> new RouteMatch(line, rows, path, refusal));
      }
    }
    return group == null
        ? Optional.empty()
        : Optional.of(new RouteMatch(line, group, path, group.refusal(line)));
  }

  private @Nullable RowGroup find(RequestLine line, Segments path) {
    Node here = byHost.isEmpty() ? null : byHost.get(line.host());
    RowGroup found = here == null ? null : here.find(path, 0, line.method());
    if (found == null && !byHostRest.isEmpty()) {
      int dot = line.host().indexOf('.');
      Node labelled = dot < 0 ? null : byHostRest.get(line.host().substring(dot));
      found = labelled == null ? null : labelled.find(path, 0, line.method());
    }
    return found == null ? everywhere.find(path, 0, line.method()) : found;
  }

  /** Says whether any row says which pages of other sites may use it. */
  public boolean hasCors() {
    return cors;
  }

  /** Returns all rows in the order they were given. */
  public List<Route> routes() {
    return routes;
  }

  /**
   * What came of building a table. Immutable.
   *
   * @param table usable if there are no clashes
   * @param clashes pairs of rows that are equally specific and can match the same request
   * @param crossings pairs of rows whose templates cross, where the left segment decides; one pair
   *     for two templates, and not all of them where a table has very many
   */
  public record Built(RouteTable table, List<Pair> clashes, List<Pair> crossings) {}

  /** Two rows, the earlier one first. Immutable. */
  public record Pair(Route first, Route second) {}
}
