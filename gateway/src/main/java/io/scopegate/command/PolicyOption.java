package io.scopegate.command;

import io.scopegate.file.PolicyReader;
import io.scopegate.policy.Policy;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The option that says which route table a command is about. */
final class PolicyOption {
  @Option(
      names = {"-r", "--routes"},
      paramLabel = "FILE",
      required = true,
      description = "The route table, routes.yaml.")
  private Path file = Path.of("routes.yaml");

  /** Reads the table; its problems end the command. Backends are not checked. */
  Policy read() {
    PolicyReader.Outcome outcome = PolicyReader.read(file, Optional.empty());
    return outcome.policy().orElseThrow(() -> Failure.problems(outcome.problems()));
  }
}
