package io.scopegate.command;

import io.scopegate.endpoint.Json;
import io.scopegate.tool.Matrix;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Shows which role may use which row. */
@Command(
    name = "matrix",
    description = {
      "Shows which role may use which row: each role alone, at its level, with everything handed"
          + " over.",
      "A row with `when` is shown as if its condition held."
    })
final class MatrixCommand implements Callable<Integer> {
  @Mixin private PolicyOption policy = new PolicyOption();
  @Mixin private OutputOption output = new OutputOption();

  private final Surroundings surroundings;

  MatrixCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() {
    Matrix matrix = Matrix.of(policy.read());
    if (output.isJson()) {
      surroundings.out().println(Json.text(fields(matrix)));
    } else {
      print(matrix);
    }
    return 0;
  }

  private void print(Matrix matrix) {
    List<List<String>> rows = new ArrayList<>();
    List<String> head = new ArrayList<>(List.of("ROUTE"));
    head.addAll(matrix.roles());
    rows.add(head);
    for (Matrix.Row row : matrix.routes()) {
      List<String> cells = new ArrayList<>(List.of(row.id()));
      matrix.roles().forEach(role -> cells.add(row.allowed().contains(role) ? "yes" : "-"));
      row.open().ifPresent(cells::add);
      rows.add(cells);
    }
    Columns.print(surroundings.out(), rows);
  }

  private static Map<String, Object> fields(Matrix matrix) {
    List<Object> routes = new ArrayList<>();
    for (Matrix.Row row : matrix.routes()) {
      Map<String, Object> fields = new LinkedHashMap<>();
      fields.put("id", row.id());
      fields.put("allowed", row.allowed());
      row.open().ifPresent(open -> fields.put("open", open));
      routes.add(fields);
    }
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("roles", matrix.roles());
    fields.put("routes", routes);
    return fields;
  }
}
