package io.scopegate.backend;

import io.netty.channel.Channel;

/**
 * A connection to an endpoint, leased to one request at a time. Confined to the channel's event
 * loop.
 */
// Whether a close worked out is told by the channel.
@SuppressWarnings("FutureReturnValueIgnored")
public final class BackendConnection {
  private final Channel channel;
  private final ConnectionPool pool;
  private boolean leased = true;
  private boolean reused;
  private long idleSince;

  BackendConnection(Channel channel, ConnectionPool pool) {
    this.channel = channel;
    this.pool = pool;
  }

  /** Returns the channel, on the event loop of whoever leased it. */
  public Channel channel() {
    return channel;
  }

  /** Returns where it leads. */
  public Endpoint endpoint() {
    return pool.endpoint();
  }

  /** Says whether an earlier request has used it. */
  public boolean isReused() {
    return reused;
  }

  /** Gives it back for another request; only when nothing of this one is left on it. */
  public void release() {
    if (leased) {
      leased = false;
      pool.giveBack(this);
    }
  }

  /** Closes it. What was written and not flushed is never sent. */
  public void discard() {
    if (leased) {
      leased = false;
      pool.endpoint().activated(-1);
    }
    channel.close();
  }

  void idle(long now) {
    idleSince = now;
  }

  long idleSince() {
    return idleSince;
  }

  void leaseAgain() {
    leased = true;
    reused = true;
  }
}
