package io.scopegate.command;

import io.scopegate.endpoint.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** Loads identities and tokens into the store, all or nothing. */
@Command(
    name = "import",
    description = "Loads identities and tokens into the store, all or nothing.")
final class ImportCommand implements Callable<Integer> {
  @Mixin private ConfigOption config = new ConfigOption();
  @Mixin private OutputOption output = new OutputOption();

  @Parameters(paramLabel = "FILE", description = "The identities, identities.yaml.")
  private Path file = Path.of("identities.yaml");

  private final Surroundings surroundings;

  ImportCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() {
    String content = content();
    try (AdminDoor door = AdminDoor.open(config.read(surroundings), surroundings)) {
      JsonNode told =
          door.send("PUT", "/api/v1/identities", content).about(file.toString()).orFail();
      if (output.isJson()) {
        surroundings.out().println(Json.text(told));
      } else {
        print(told);
      }
      return 0;
    }
  }

  private void print(JsonNode told) {
    List<List<String>> rows = new ArrayList<>();
    for (JsonNode token : told.path("tokens").values()) {
      rows.add(
          List.of(
              token.path("subject").asString(),
              token.path("name").asString(),
              token.path("value").asString()));
    }
    surroundings
        .out()
        .println(
            rows.isEmpty()
                ? "loaded; no token was created"
                : "loaded; these values are shown only now:");
    Columns.print(surroundings.out(), rows);
  }

  private String content() {
    try {
      return Files.readString(file, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw Failure.broken(
          "the file `" + file + "` " + (Files.exists(file) ? "cannot be read" : "is not there"));
    }
  }
}
