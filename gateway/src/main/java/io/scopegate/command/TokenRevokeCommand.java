package io.scopegate.command;

import io.scopegate.endpoint.Json;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Takes a personal access token out of force, for good. */
@Command(name = "revoke", description = "Takes a personal access token out of force, for good.")
final class TokenRevokeCommand implements Callable<Integer> {
  @Mixin private ConfigOption config = new ConfigOption();
  @Mixin private OutputOption output = new OutputOption();

  @Parameters(paramLabel = "ID", description = "The id of the token, as `token list` shows it.")
  private String id = "";

  private final Surroundings surroundings;

  TokenRevokeCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() {
    try (AdminDoor door = AdminDoor.open(config.read(surroundings), surroundings)) {
      door.send("DELETE", "/api/v1/tokens/" + AdminDoor.encoded(id), "").orFail();
      surroundings
          .out()
          .println(output.isJson() ? Json.text(Map.of("revoked", id)) : "revoked " + id);
      return 0;
    }
  }
}
