package io.scopegate.command;

import io.scopegate.endpoint.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** Shows a personal access token, never its value. */
@Command(name = "show", description = "Shows a personal access token, never its value.")
final class TokenShowCommand implements Callable<Integer> {
  @Mixin private ConfigOption config = new ConfigOption();
  @Mixin private OutputOption output = new OutputOption();

  @Parameters(paramLabel = "ID", description = "The id of the token, as `token list` shows it.")
  private String id = "";

  private final Surroundings surroundings;

  TokenShowCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() {
    try (AdminDoor door = AdminDoor.open(config.read(surroundings), surroundings)) {
      JsonNode token = door.send("GET", "/api/v1/tokens/" + AdminDoor.encoded(id), "").orFail();
      if (output.isJson()) {
        surroundings.out().println(Json.text(token));
      } else {
        List<List<String>> rows = new ArrayList<>();
        token.properties().forEach(field -> rows.add(row(field)));
        Columns.print(surroundings.out(), rows);
      }
      return 0;
    }
  }

  private static List<String> row(Map.Entry<String, JsonNode> field) {
    JsonNode value = field.getValue();
    return List.of(
        field.getKey(),
        value.isArray()
            ? String.join(",", value.values().stream().map(JsonNode::asString).toList())
            : value.asString());
  }
}
