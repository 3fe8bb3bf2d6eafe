package io.scopegate.command;

import io.scopegate.config.ConfigReader;
import io.scopegate.endpoint.Json;
import io.scopegate.endpoint.ProblemList;
import io.scopegate.file.PolicyReader;
import io.scopegate.file.Problem;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Tells all problems and warnings of the files. */
@Command(
    name = "check",
    description = "Tells all problems and warnings of a configuration or a route table.")
final class CheckCommand implements Callable<Integer> {
  @Option(
      names = {"-c", "--config"},
      paramLabel = "FILE",
      description = "The configuration of a gateway; its route table is checked with it.")
  private Optional<Path> config = Optional.empty();

  @Option(
      names = {"-r", "--routes"},
      paramLabel = "FILE",
      description = "A route table alone; its backends are not checked.")
  private Optional<Path> routes = Optional.empty();

  @Option(
      names = "--set",
      paramLabel = "KEY.KEY=VALUE",
      description = "Lies over a key of the configuration; may be repeated.")
  private List<String> settings = new ArrayList<>();

  @Option(names = "--strict", description = "Warnings are findings, too: exit 1.")
  private boolean strict;

  @Mixin private OutputOption output = new OutputOption();

  private final Surroundings surroundings;

  CheckCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() {
    if (config.isPresent() == routes.isPresent()) {
      throw Failure.broken("`check` takes either `-c gateway.yaml` or `-r routes.yaml`");
    }
    List<Problem> problems =
        routes.isPresent()
            ? PolicyReader.read(routes.get(), Optional.empty()).problems()
            : problemsOf(config.orElseThrow());
    if (output.isJson()) {
      surroundings.out().println(Json.text(ProblemList.fields(problems)));
    } else {
      print(problems);
    }
    if (problems.stream().anyMatch(Problem::isError)) {
      return Failure.BROKEN;
    }
    return strict && !problems.isEmpty() ? Failure.NO : 0;
  }

  private List<Problem> problemsOf(Path file) {
    return ConfigReader.read(file, settings, surroundings.environment(), surroundings.clock())
        .problemsOfBoth();
  }

  private void print(List<Problem> problems) {
    for (Problem problem : problems) {
      surroundings.out().println(inColour(problem));
    }
    long errors = problems.stream().filter(Problem::isError).count();
    long warnings = problems.size() - errors;
    surroundings
        .out()
        .println(
            problems.isEmpty()
                ? "no problems"
                : counted(errors, "error") + ", " + counted(warnings, "warning"));
  }

  private String inColour(Problem problem) {
    if (!surroundings.colours()) {
      return problem.toString();
    }
    return (problem.isError() ? "\u001b[31m" : "\u001b[33m") + problem + "\u001b[0m";
  }

  private static String counted(long count, String word) {
    return count + " " + word + (count == 1 ? "" : "s");
  }
}
