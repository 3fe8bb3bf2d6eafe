package io.scopegate;

import io.scopegate.admin.AdminHandler;
import io.scopegate.admin.AdminTokens;
import io.scopegate.admin.AdminTokens.Access;
import io.scopegate.admin.StatusEndpoints;
import io.scopegate.config.GatewayConfig;
import io.scopegate.endpoint.TokenLifetime;
import io.scopegate.guard.LivePolicy;
import io.scopegate.guard.LocalHandler;
import io.scopegate.policy.Policy;
import io.scopegate.route.HttpFields;
import io.scopegate.route.RequestLine;
import io.scopegate.store.IdentityStore;
import io.scopegate.store.StoreFailure;
import java.time.Clock;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * The admin endpoints on a store that no gateway has open, without a socket: what a command does
 * here is checked and answered as a running gateway would. Used by the wiring only.
 */
public final class Desk implements AutoCloseable {
  private final IdentityStore store;
  private final AdminHandler handler;
  private final HttpFields fields;

  /**
   * Opens the store: the embedded one for this process alone.
   *
   * @throws StoreFailure if that does not work, or another process has it open
   */
  public Desk(GatewayConfig config, Policy policy, Clock clock, RandomGenerator random) {
    this.store = Stores.open(config, clock, random);
    byte[] bytes = new byte[32];
    random.nextBytes(bytes);
    String token = HexFormat.of().formatHex(bytes);
    LivePolicy livePolicy = new LivePolicy(policy);
    StatusEndpoints status =
        new StatusEndpoints(
            () -> new StatusEndpoints.Readiness(false, policy.generation(), true, List.of()),
            () -> "");
    this.handler =
        new AdminHandler(
            AdminWiring.endpoints(
                store, livePolicy, status, new TokenLifetime(config.maxTokenLife()), clock, random),
            AdminTokens.of(List.of(new AdminTokens.Secret("desk", token, Access.WRITE))),
            "localhost",
            Runnable::run);
    this.fields = HttpFields.of(Map.of("Authorization", List.of("Bearer " + token)));
  }

  /** Answers a request to the admin address. */
  public LocalHandler.Answer answer(String method, String path, String body) {
    if (!(RequestLine.parse(method, path, "localhost") instanceof RequestLine line)) {
      throw new IllegalArgumentException("`" + path + "` has no one reading");
    }
    return handler
        .handle(new LocalHandler.Request("", line, fields, body))
        .toCompletableFuture()
        .join();
  }

  @Override
  public void close() {
    store.close();
  }
}
