package io.scopegate.command;

import io.scopegate.endpoint.Json;
import io.scopegate.tool.ScopeChoice;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** Makes a personal access token and shows its value, once. */
@Command(name = "create", description = "Makes a personal access token and shows its value, once.")
final class TokenCreateCommand implements Callable<Integer> {
  @Mixin private ConfigOption config = new ConfigOption();
  @Mixin private OutputOption output = new OutputOption();

  @Option(names = "--subject", required = true, description = "Whose token it is.")
  private String subject = "";

  @Option(names = "--name", required = true, description = "Its name among those of the subject.")
  private String name = "";

  @Option(
      names = "--scopes",
      paramLabel = "SCOPE,...",
      description =
          "What it carries, or $SCOPEGATE_SCOPES: exactly these; `*` is everything the roles hold.")
  private List<String> scopes = new ArrayList<>();

  @Option(
      names = "--add-scopes",
      paramLabel = "SCOPE,...",
      description =
          "What it carries besides the `defaultScopes` of the route table, or $SCOPEGATE_ADD_SCOPES.")
  private List<String> addedScopes = new ArrayList<>();

  @Option(names = "--organization", description = "The only organization it is good for.")
  private Optional<String> organization = Optional.empty();

  @Option(
      names = "--project",
      split = ",",
      paramLabel = "ORGANIZATION/PROJECT",
      description = "The only projects it is good for.")
  private List<String> projects = new ArrayList<>();

  @Option(
      names = "--expires",
      paramLabel = "90d|TIME",
      description = "When it ends: a duration from now, or a time such as 2027-01-01T00:00:00Z.")
  private Optional<String> expires = Optional.empty();

  private final Surroundings surroundings;

  TokenCreateCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() {
    try (AdminDoor door = AdminDoor.open(config.read(surroundings), surroundings)) {
      Map<String, Object> order = new LinkedHashMap<>();
      order.put("subject", subject);
      order.put("name", name);
      order.put("scopes", chosenScopes(door));
      organization.ifPresent(id -> order.put("organization", id));
      if (!projects.isEmpty()) {
        order.put("projects", projects);
      }
      expires.ifPresent(end -> order.put("expires", end));
      JsonNode token = door.send("POST", "/api/v1/tokens", Json.text(order)).orFail();
      surroundings
          .out()
          .println(output.isJson() ? Json.text(token) : token.path("value").asString());
      return 0;
    }
  }

  private List<String> chosenScopes(AdminDoor door) {
    JsonNode table = door.send("GET", "/api/v1/routes", "").orFail();
    List<String> offered =
        table
            .path("permissions")
            .propertyStream()
            .filter(permission -> !permission.getValue().path("planned").asBoolean(false))
            .map(Map.Entry::getKey)
            .toList();
    List<String> defaults =
        table.path("defaultScopes").valueStream().map(JsonNode::asString).toList();
    ScopeChoice.Outcome outcome =
        new ScopeChoice(offered, defaults)
            .between(
                new ScopeChoice.Side(wish("--scopes", scopes), wish("--add-scopes", addedScopes)),
                new ScopeChoice.Side(wish("SCOPEGATE_SCOPES"), wish("SCOPEGATE_ADD_SCOPES")));
    if (outcome instanceof ScopeChoice.Chosen chosen) {
      return chosen.scopes();
    }
    throw Failure.broken(((ScopeChoice.Refused) outcome).detail());
  }

  /** Returns what an option says; given several times, it says all of it. */
  private static ScopeChoice.Wish wish(String option, List<String> values) {
    return new ScopeChoice.Wish(
        option, values.isEmpty() ? Optional.empty() : Optional.of(String.join(",", values)));
  }

  private ScopeChoice.Wish wish(String variable) {
    return new ScopeChoice.Wish(
        variable, Optional.ofNullable(surroundings.environment().get(variable)));
  }
}
