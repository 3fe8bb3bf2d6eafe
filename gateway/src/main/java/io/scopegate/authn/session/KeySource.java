package io.scopegate.authn.session;

import java.util.concurrent.CompletableFuture;

/** Where an issuer's keys are fetched from. Safe from any thread; never blocks. */
@FunctionalInterface
interface KeySource {

  /** Fetches the keys; the future fails if that does not work. */
  CompletableFuture<SigningKeys> fetch();
}
