package io.scopegate.proxy;

import io.scopegate.backend.BackendFailure;

/** Hears what becomes of a {@link Forwarding}, once. Confined to the channel's event loop. */
interface Outcome {
  /** The answer was passed on whole. */
  void finished(Forwarding forwarding);

  /** The backend failed before the head of its answer was passed on. */
  void failed(Forwarding forwarding, BackendFailure failure);

  /** The answer broke off after its head was passed on. */
  void brokenOff(Forwarding forwarding);

  /** The body is larger than the row allows, and the answer has not begun. */
  void tooLarge(Forwarding forwarding);
}
