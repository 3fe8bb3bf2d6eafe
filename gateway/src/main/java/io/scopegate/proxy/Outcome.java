package io.scopegate.proxy;

import io.scopegate.backend.BackendFailure;

/** Hears what becomes of a {@link Passage}, once. Confined to the channel's event loop. */
interface Outcome {
  /** The answer was passed on whole. */
  void finished(Passage passage);

  /** The backend failed before the head of its answer was passed on. */
  void failed(Forwarding forwarding, BackendFailure failure);

  /** The answer broke off after its head was passed on. */
  void brokenOff(Passage passage);

  /** The body is larger than the row allows, and the answer has not begun. */
  void tooLarge(Forwarding forwarding);

  /** The backend has agreed to a WebSocket, which goes on in place of the request. */
  void opened(Tunnel tunnel);
}
