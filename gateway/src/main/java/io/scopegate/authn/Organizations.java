package io.scopegate.authn;

import io.scopegate.policy.Organization;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Knows organizations by id or alias. Safe from any thread; never blocks. */
@FunctionalInterface
public interface Organizations {

  /** What came of looking one up. */
  sealed interface Answer {}

  /** It is known, or is known not to be there. */
  record Known(Optional<Organization> organization) implements Answer {}

  /** It cannot be told now. */
  record Unknown() implements Answer {}

  /** Looks an organization up; what is cached completes on the spot. Never fails. */
  CompletableFuture<Answer> find(String name);
}
