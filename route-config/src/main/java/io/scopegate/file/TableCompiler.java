package io.scopegate.file;

import io.scopegate.permission.PermissionCatalog;
import io.scopegate.route.Condition;
import io.scopegate.route.Route;
import io.scopegate.route.RouteTable;
import io.scopegate.route.Shared;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Puts the rows together and notes what they cannot be side by side. Used by the wiring only. */
final class TableCompiler {
  private final RowCompiler rows;
  private final PermissionCatalog catalog;
  private final Problems problems;

  TableCompiler(RowCompiler rows, PermissionCatalog catalog, Problems problems) {
    this.rows = rows;
    this.catalog = catalog;
    this.problems = problems;
  }

  /** Returns the table; it is good only if nothing was refused. */
  RouteTable table(List<RowEntry> entries) {
    List<String> ids = RowIds.of(entries, problems);
    List<RowCompiler.Compiled> compiled = new ArrayList<>();
    for (int i = 0; i < entries.size(); i++) {
      rows.compiled(entries.get(i), ids.get(i)).ifPresent(compiled::add);
    }
    matches(compiled).forEach(this::check);
    Shared values = new Shared();
    RouteTable.Built built =
        RouteTable.build(compiled.stream().map(row -> values.row(row.route())).toList());
    for (RouteTable.Pair clash : built.clashes()) {
      problems.error(
          clash.second().at(),
          "row "
              + Wording.quoted(clash.second().id())
              + " is as specific as "
              + Wording.quoted(clash.first().id())
              + " at "
              + clash.first().at()
              + " and can match the same request");
    }
    for (RouteTable.Pair crossing : built.crossings()) {
      problems.warning(
          crossing.second().at(),
          "row "
              + Wording.quoted(crossing.second().id())
              + " crosses "
              + Wording.quoted(crossing.first().id())
              + " at "
              + crossing.first().at()
              + ": where both fit, the segment further left decides");
    }
    return built.table();
  }

  private record Key(String method, String host, String path) {}

  /** Returns the rows that are told apart by nothing but their conditions. */
  private static List<List<RowCompiler.Compiled>> matches(List<RowCompiler.Compiled> rows) {
    Map<Key, List<RowCompiler.Compiled>> byKey = new LinkedHashMap<>();
    for (RowCompiler.Compiled row : rows) {
      RowEntry.Shape shape = row.entry().head().shape();
      for (String method : shape.methods()) {
        byKey
            .computeIfAbsent(new Key(method, shape.host(), shape.path()), key -> new ArrayList<>())
            .add(row);
      }
    }
    return List.copyOf(byKey.values());
  }

  private void check(List<RowCompiler.Compiled> match) {
    Optional<Route> own =
        match.stream()
            .map(RowCompiler.Compiled::route)
            .filter(route -> route.when().map(Condition::needsCaller).orElse(false))
            .findFirst();
    checkCors(match);
    for (RowCompiler.Compiled row : match) {
      if (own.isPresent() && row.entry().isPublic()) {
        problems.error(
            row.route().at(),
            "`access: public` in a match that has a row with `own` at " + own.get().at());
      }
      if (row.sound() && row.route().when().isEmpty()) {
        match.stream()
            .filter(other -> other.sound() && other.route().when().isPresent())
            .filter(other -> Demands.asksLess(row.route(), other.route(), catalog))
            .findFirst()
            .ifPresent(
                other ->
                    problems.warning(
                        row.route().at(),
                        "row "
                            + Wording.quoted(row.route().id())
                            + " asks less than the one with `when` at "
                            + other.route().at()));
      }
    }
  }

  /** A preflight says nothing that a condition could ask for. */
  private void checkCors(List<RowCompiler.Compiled> match) {
    Route first = match.get(0).route();
    for (RowCompiler.Compiled row : match) {
      if (!row.route().cors().equals(first.cors())) {
        problems.error(
            row.route().at(),
            "`cors` differs from that of row "
                + Wording.quoted(first.id())
                + " at "
                + first.at()
                + ", and only conditions tell the two apart");
      }
    }
  }
}
