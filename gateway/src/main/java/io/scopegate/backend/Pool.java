package io.scopegate.backend;

import io.netty.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** What one event loop has open to one endpoint. Confined to the channel's event loop. */
interface Pool {
  Endpoint endpoint();

  /** Leases what is there, if there is any. */
  @Nullable BackendConnection idle();

  /** Leases a connection, made now or when there may be one more. */
  Future<BackendConnection> connect();

  /** Takes a lease back on which nothing is left. */
  void giveBack(BackendConnection connection);

  /** Takes a lease back on which something is left that must not look whole. */
  void giveUp(BackendConnection connection);

  /** Says whether requests wait here; for any thread. */
  boolean isWaitedFor();

  /** Looks soon whether those who wait can be served; for any thread. */
  void serveSoon();

  /** Closes one that lies unused, soon, where that is in others' way; for any thread. */
  void makeRoomSoon();

  /** Closes what lies unused, soon; for any thread. */
  void closeIdleSoon();
}
