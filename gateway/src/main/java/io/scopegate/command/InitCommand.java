package io.scopegate.command;

import io.scopegate.file.FileSource;
import io.scopegate.file.OpenApiFile;
import io.scopegate.file.PolicyReader;
import io.scopegate.tool.FirstTable;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Writes a first route table from a specification. */
@Command(
    name = "init",
    description = {
      "Writes a first route table from a specification's security scopes and tags.",
      "What the specification does not say is marked with TODO and closed."
    })
final class InitCommand implements Callable<Integer> {
  private static final String STANDARD_OUTPUT = "-";

  @Mixin private OpenApiOption openApi = new OpenApiOption();

  @Option(
      names = {"-o", "--out"},
      paramLabel = "FILE",
      description = "The file to write, `-` for standard output (default: ${DEFAULT-VALUE}).")
  private String out = "routes.yaml";

  private final Surroundings surroundings;

  InitCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() {
    OpenApiFile specification = openApi.read();
    String text = FirstTable.text(specification, openApi.name(), openApi.basePath(specification));
    if (out.equals(STANDARD_OUTPUT)) {
      surroundings.out().print(text);
    } else {
      OutputFile.writeNew(Path.of(out), text);
      long open = text.lines().filter(line -> line.contains("TODO:")).count();
      surroundings
          .out()
          .println(
              "wrote "
                  + out
                  + ": "
                  + specification.operations().size()
                  + " operations, "
                  + open
                  + " lines marked TODO");
    }
    return told(text);
  }

  /** Tells what cannot stand side by side in the specification itself. */
  private int told(String text) {
    PolicyReader.Outcome outcome =
        PolicyReader.read(out, FileSource.of(Map.of(out, text)), Optional.empty());
    outcome.problems().forEach(problem -> surroundings.err().println(problem));
    return outcome.policy().isPresent() ? 0 : Failure.NO;
  }
}
