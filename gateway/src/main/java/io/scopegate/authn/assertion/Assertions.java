package io.scopegate.authn.assertion;

import io.scopegate.policy.Decision;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Tells backends who asks, in a form that they can verify. Safe from any thread. */
public interface Assertions {

  /** Nothing is asserted. */
  Assertions NONE =
      new Assertions() {
        @Override
        public Optional<CompletableFuture<String>> prepared(Decision.Allow allow) {
          return Optional.empty();
        }

        @Override
        public Optional<String> text(Decision.Allow allow) {
          return Optional.empty();
        }
      };

  /**
   * Sees to it that what the backend of a request is told is at hand; empty if it is told nothing.
   * A future that fails means that the request cannot go there. Never blocks.
   */
  Optional<CompletableFuture<String>> prepared(Decision.Allow allow);

  /**
   * Returns what the backend of a request is told; empty if it is told nothing. What was not
   * prepared is made on the spot.
   */
  Optional<String> text(Decision.Allow allow);
}
