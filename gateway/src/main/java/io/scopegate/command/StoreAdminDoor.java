package io.scopegate.command;

import io.scopegate.Desk;
import io.scopegate.config.GatewayConfig;
import io.scopegate.file.PolicyReader;
import io.scopegate.guard.LocalHandler;
import java.util.Optional;

/** The admin endpoints on a store that no gateway has open. */
final class StoreAdminDoor implements AdminDoor {
  private final Desk desk;

  StoreAdminDoor(GatewayConfig config, Surroundings surroundings) {
    PolicyReader.Outcome outcome =
        PolicyReader.read(config.routes(), Optional.of(config.backendNames()));
    this.desk =
        new Desk(
            config,
            outcome.policy().orElseThrow(() -> Failure.problems(outcome.problems())),
            surroundings.clock(),
            surroundings.random());
  }

  @Override
  public AdminReply send(String method, String path, String body) {
    LocalHandler.Answer answer = desk.answer(method, path, body);
    return new AdminReply(answer.status(), answer.body());
  }

  @Override
  public void close() {
    desk.close();
  }
}
