package io.scopegate.guard;

import io.scopegate.guard.LocalHandler.Answer;
import io.scopegate.policy.Decision;
import java.util.concurrent.CompletionStage;

/**
 * A backend inside the gateway: rows lead to it as to any other, so the route table guards it.
 * Called on event loops: never blocks. Safe from any thread.
 */
@FunctionalInterface
public interface LocalBackend {

  /**
   * Answers a request. A stage that fails is answered with 500.
   *
   * @param allow the permission to come here, with the request line and the caller
   * @param requestId names the request on its answer
   * @param body the whole body as UTF-8; the proxy refuses what is not
   */
  CompletionStage<Answer> handle(Decision.Allow allow, String requestId, String body);
}
