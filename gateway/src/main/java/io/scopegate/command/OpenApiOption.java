package io.scopegate.command;

import io.scopegate.file.FileSource;
import io.scopegate.file.OpenApiFile;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The options that say which specification a command is about. */
final class OpenApiOption {
  @Option(
      names = "--openapi",
      paramLabel = "FILE",
      required = true,
      description = "An OpenAPI specification of version 3, in YAML or JSON.")
  private Path file = Path.of("openapi.yaml");

  @Option(
      names = "--base",
      paramLabel = "PATH",
      description = "What stands before its paths (default: the path of its first server).")
  private Optional<String> base = Optional.empty();

  /** Reads the specification; its problems end the command. */
  OpenApiFile read() {
    OpenApiFile.Outcome outcome = OpenApiFile.read(file.toString(), FileSource.disk());
    return outcome.file().orElseThrow(() -> Failure.problems(outcome.problems()));
  }

  /** Returns what stands before the paths of the specification. */
  String basePath(OpenApiFile specification) {
    String path = base.orElse(specification.basePath());
    if (!path.isEmpty() && (!path.startsWith("/") || path.endsWith("/"))) {
      throw Failure.broken("the base path `" + path + "` must start with `/` and not end with it");
    }
    return path;
  }

  String name() {
    return String.valueOf(file.getFileName());
  }
}
