package io.scopegate.command;

import io.scopegate.config.ConfigReader;
import io.scopegate.config.GatewayConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** The options that say which gateway a command is about. */
final class ConfigOption {
  @Option(
      names = {"-c", "--config"},
      paramLabel = "FILE",
      required = true,
      description = "The configuration of the gateway, gateway.yaml.")
  private Path file = Path.of("gateway.yaml");

  @Option(
      names = "--set",
      paramLabel = "KEY.KEY=VALUE",
      description = "Lies over a key of the configuration; may be repeated.")
  private List<String> settings = new ArrayList<>();

  /** Returns the option with a file and no settings. */
  static ConfigOption of(Path file) {
    ConfigOption option = new ConfigOption();
    option.file = file;
    return option;
  }

  /** Reads the configuration; its problems end the command, told with those of its routes. */
  GatewayConfig read(Surroundings surroundings) {
    ConfigReader.Outcome outcome =
        ConfigReader.read(file, settings, surroundings.environment(), surroundings.clock());
    return outcome.config().orElseThrow(() -> Failure.problems(outcome.problemsOfBoth()));
  }
}
