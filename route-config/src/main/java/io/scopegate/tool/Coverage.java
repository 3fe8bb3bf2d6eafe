package io.scopegate.tool;

import io.scopegate.file.OpenApiFile;
import io.scopegate.policy.Policy;
import io.scopegate.route.Forwarding;
import io.scopegate.route.PathSamples;
import io.scopegate.route.PathTemplate;
import io.scopegate.route.Places;
import io.scopegate.route.RequestLine;
import io.scopegate.route.Route;
import io.scopegate.route.RouteMatch;
import io.scopegate.route.RouteTable;
import io.scopegate.route.Rule;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a route table and a specification say of each other. Hosts are not compared: a specification
 * names servers, a table what reaches the gateway. Immutable.
 *
 * @param uncovered the operations that no row takes, as {@code METHOD path} with the base path
 * @param unused the ids of the rows that no operation meets
 */
public record Coverage(List<String> uncovered, List<String> unused) {

  /** Copies what it is given. */
  public Coverage {
    uncovered = List.copyOf(uncovered);
    unused = List.copyOf(unused);
  }

  /**
   * Compares them.
   *
   * @param basePath what stands before the paths of the specification
   */
  public static Coverage of(Policy policy, OpenApiFile specification, String basePath) {
    List<Route> rows = policy.routes().routes();
    Set<String> hosts = RowPairs.hosts(rows);
    Set<Route> met = Collections.newSetFromMap(new IdentityHashMap<>());
    List<String> uncovered = new ArrayList<>();
    Map<String, Route> operations = new LinkedHashMap<>();
    for (OpenApiFile.Operation operation : specification.operations()) {
      String path = OperationPath.text(basePath + operation.path());
      Optional<PathTemplate> template = OperationPath.template(path);
      template.ifPresent(
          found ->
              operations.putIfAbsent(
                  operation.method() + " " + found.text(), row(operation, found)));
      List<Route> taking =
          template.map(found -> taking(policy.routes(), operation, found, hosts)).orElse(List.of());
      met.addAll(taking);
      if (taking.isEmpty()) {
        uncovered.add(operation.method() + " " + basePath + operation.path());
      }
    }
    RouteTable specified = RouteTable.build(List.copyOf(operations.values())).table();
    List<String> unused =
        rows.stream()
            .filter(row -> !met.contains(row) && !isSpecified(row, specified))
            .map(Route::id)
            .toList();
    return new Coverage(uncovered, unused);
  }

  /** Says whether there is nothing to tell. */
  public boolean isComplete() {
    return uncovered.isEmpty() && unused.isEmpty();
  }

  private static Route row(OpenApiFile.Operation operation, PathTemplate template) {
    return new Route(
        operation.name(),
        operation.at(),
        Set.of(operation.method()),
        Optional.empty(),
        template,
        Optional.empty(),
        new Rule.Authenticated(Optional.empty()),
        Places.none(),
        Forwarding.to(""),
        Optional.empty(),
        false,
        false,
        "",
        List.of());
  }

  private static List<Route> taking(
      RouteTable table, OpenApiFile.Operation operation, PathTemplate template, Set<String> hosts) {
    Set<Route> rows = new LinkedHashSet<>();
    for (String path : PathSamples.of(List.of(template))) {
      for (String host : hosts) {
        rows.addAll(met(table, operation.method(), path, host));
      }
    }
    return List.copyOf(rows);
  }

  private static boolean isSpecified(Route row, RouteTable specified) {
    return PathSamples.of(List.of(row.path())).stream()
        .anyMatch(
            path ->
                RowPairs.methods(List.of(row)).stream()
                    .anyMatch(method -> !met(specified, method, path, "localhost").isEmpty()));
  }

  private static List<Route> met(RouteTable table, String method, String path, String host) {
    return RequestLine.parse(method, path, host) instanceof RequestLine line
        ? table.match(line).map(RouteMatch::rows).orElse(List.of())
        : List.of();
  }
}
