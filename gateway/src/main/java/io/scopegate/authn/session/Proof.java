package io.scopegate.authn.session;

import java.time.Instant;

/** What a session was verified by. Safe from any thread; never blocks. */
interface Proof {

  /** Says whether it is still good, so that nothing needs to be verified again. */
  boolean holds(Instant now);

  /** Says whether it does while it cannot be verified again. */
  boolean holdsInNeed(Instant now);
}
