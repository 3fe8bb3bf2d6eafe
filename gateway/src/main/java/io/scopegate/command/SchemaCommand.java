package io.scopegate.command;

import io.scopegate.file.Schemas;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Prints the JSON Schema of one of the files, for editors. */
@Command(
    name = "schema",
    description = "Prints the JSON Schema of one of the YAML files, for editors.")
final class SchemaCommand implements Callable<Integer> {
  @Parameters(paramLabel = "FILE", description = "`routes`, `identities`, `gateway` or `tests`.")
  private String name = "";

  private final Surroundings surroundings;

  SchemaCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() {
    if (!Schemas.names().contains(name)) {
      throw Failure.broken("unknown schema `" + name + "`" + Failure.hint(name, Schemas.names()));
    }
    surroundings.out().print(Schemas.text(name));
    return 0;
  }
}
