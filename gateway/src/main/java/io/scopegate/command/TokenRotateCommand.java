package io.scopegate.command;

import io.scopegate.endpoint.Json;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** Gives a personal access token another value and shows it, once. */
@Command(
    name = "rotate",
    description = "Gives a personal access token another value and shows it, once.")
final class TokenRotateCommand implements Callable<Integer> {
  @Mixin private ConfigOption config = new ConfigOption();
  @Mixin private OutputOption output = new OutputOption();

  @Parameters(paramLabel = "ID", description = "The id of the token, as `token list` shows it.")
  private String id = "";

  @Option(
      names = "--overlap",
      paramLabel = "1h",
      description = "How long the value before works, too: 1h if nothing is said, at most 30d.")
  private Optional<String> overlap = Optional.empty();

  private final Surroundings surroundings;

  TokenRotateCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() {
    String order = Json.text(overlap.map(time -> Map.of("overlap", time)).orElse(Map.of()));
    try (AdminDoor door = AdminDoor.open(config.read(surroundings), surroundings)) {
      String path = "/api/v1/tokens/" + AdminDoor.encoded(id) + "/rotate";
      JsonNode token = door.send("POST", path, order).orFail();
      surroundings
          .out()
          .println(output.isJson() ? Json.text(token) : token.path("value").asString());
      return 0;
    }
  }
}
