package io.scopegate.authn.session;

import java.util.concurrent.CompletableFuture;

/** One way to find out which session a token is. Safe from any thread; never blocks. */
interface Verification {

  /** Says whether a value could be one of its tokens, by a glance. */
  boolean mayKnow(String token);

  /** Finds out which session a token is. Never completes exceptionally. */
  CompletableFuture<Verdict> verify(String token);
}
