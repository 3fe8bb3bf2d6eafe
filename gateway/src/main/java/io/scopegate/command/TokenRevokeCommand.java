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

/** Takes personal access tokens out of force, for good. */
@Command(name = "revoke", description = "Takes personal access tokens out of force, for good.")
final class TokenRevokeCommand implements Callable<Integer> {
  @Mixin private ConfigOption config = new ConfigOption();
  @Mixin private OutputOption output = new OutputOption();

  @Parameters(
      paramLabel = "ID",
      arity = "0..1",
      description = "The id of the token, as `token list` shows it.")
  private Optional<String> id = Optional.empty();

  @Option(
      names = "--all-of",
      paramLabel = "SUBJECT",
      description = "Instead of one token, all of this subject.")
  private Optional<String> subject = Optional.empty();

  private final Surroundings surroundings;

  TokenRevokeCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() {
    if (id.isPresent() == subject.isPresent()) {
      throw Failure.broken("name either the id of a token, or a subject with `--all-of`");
    }
    try (AdminDoor door = AdminDoor.open(config.read(surroundings), surroundings)) {
      return id.isPresent() ? revoke(door, id.get()) : revokeAll(door, subject.orElseThrow());
    }
  }

  private int revoke(AdminDoor door, String token) {
    door.send("DELETE", "/api/v1/tokens/" + AdminDoor.encoded(token), "").orFail();
    surroundings
        .out()
        .println(output.isJson() ? Json.text(Map.of("revoked", token)) : "revoked " + token);
    return 0;
  }

  private int revokeAll(AdminDoor door, String owner) {
    String path = "/api/v1/tokens?subject=" + AdminDoor.encoded(owner);
    JsonNode told = door.send("DELETE", path, "").orFail();
    surroundings
        .out()
        .println(
            output.isJson()
                ? Json.text(told)
                : "revoked " + told.path("revoked").asInt() + " tokens of " + owner);
    return 0;
  }
}
