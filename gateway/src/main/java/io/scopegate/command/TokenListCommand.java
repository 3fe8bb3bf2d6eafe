package io.scopegate.command;

import io.scopegate.endpoint.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** Lists personal access tokens, never a value. */
@Command(name = "list", description = "Lists personal access tokens, never a value.")
final class TokenListCommand implements Callable<Integer> {
  private static final List<String> HEADINGS =
      List.of(
          "ID",
          "SUBJECT",
          "NAME",
          "STARTS",
          "SCOPES",
          "BOUND TO",
          "ENDS",
          "USED",
          "FROM",
          "FORMER VALUE ENDS");

  @Mixin private ConfigOption config = new ConfigOption();
  @Mixin private OutputOption output = new OutputOption();

  @Option(names = "--subject", description = "Only those of this subject.")
  private Optional<String> subject = Optional.empty();

  private final Surroundings surroundings;

  TokenListCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() {
    try (AdminDoor door = AdminDoor.open(config.read(surroundings), surroundings)) {
      String query = subject.map(name -> "?subject=" + AdminDoor.encoded(name)).orElse("");
      JsonNode list = door.send("GET", "/api/v1/tokens" + query, "").orFail();
      if (output.isJson()) {
        surroundings.out().println(Json.text(list));
      } else {
        List<List<String>> rows = new ArrayList<>();
        rows.add(HEADINGS);
        list.path("tokens").values().forEach(token -> rows.add(row(token)));
        Columns.print(surroundings.out(), rows);
      }
      return 0;
    }
  }

  private static List<String> row(JsonNode token) {
    String projects = words(token.path("projects"));
    String bound = token.path("organization").asString("");
    return List.of(
        token.path("id").asString(),
        token.path("subject").asString(),
        token.path("name").asString(),
        token.path("start").asString(),
        words(token.path("scopes")),
        projects.isEmpty() ? bound : bound + ": " + projects,
        token.path("expires").asString("") + (token.path("expired").asBoolean() ? " (over)" : ""),
        token.path("lastUsed").asString(""),
        token.path("lastAddress").asString(""),
        token.path("overlapEnds").asString(""));
  }

  private static String words(JsonNode list) {
    return String.join(",", list.values().stream().map(JsonNode::asString).toList());
  }
}
