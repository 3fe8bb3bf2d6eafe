package io.scopegate.command;

import io.scopegate.endpoint.Json;
import io.scopegate.file.OpenApiFile;
import io.scopegate.policy.Policy;
import io.scopegate.tool.Coverage;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Compares a route table with a specification: exit 1 if one has what the other has not. */
@Command(
    name = "coverage",
    description = {
      "Tells operations of a specification that no route covers, and routes that no operation has.",
      "Exits 1 if there are any. Hosts are not compared."
    })
final class CoverageCommand implements Callable<Integer> {
  @Mixin private PolicyOption policy = new PolicyOption();
  @Mixin private OpenApiOption openApi = new OpenApiOption();
  @Mixin private OutputOption output = new OutputOption();

  private final Surroundings surroundings;

  CoverageCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() {
    Policy table = policy.read();
    OpenApiFile specification = openApi.read();
    Coverage coverage = Coverage.of(table, specification, openApi.basePath(specification));
    if (output.isJson()) {
      Map<String, Object> fields = new LinkedHashMap<>();
      fields.put("uncovered", coverage.uncovered());
      fields.put("unused", coverage.unused());
      surroundings.out().println(Json.text(fields));
    } else {
      print("operations that no route covers", coverage.uncovered());
      print("routes that no operation has", coverage.unused());
      if (coverage.isComplete()) {
        surroundings
            .out()
            .println(
                "all "
                    + specification.operations().size()
                    + " operations are covered, and all "
                    + table.routes().routes().size()
                    + " routes are used");
      }
    }
    return coverage.isComplete() ? 0 : Failure.NO;
  }

  private void print(String title, List<String> lines) {
    if (!lines.isEmpty()) {
      surroundings.out().println(title + ": " + lines.size());
      lines.forEach(line -> surroundings.out().println("  " + line));
    }
  }
}
