package io.scopegate.backend;

import io.netty.channel.Channel;
import io.netty.util.concurrent.Future;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A connection to an endpoint, leased to one request at a time, or a part of one that several
 * requests share. Confined to the channel's event loop.
 */
// Whether a close worked out is told by the channel.
@SuppressWarnings("FutureReturnValueIgnored")
public final class BackendConnection {
  private final Channel channel;
  private final Pool pool;
  private final @Nullable SharedConnection shared;
  private final Future<BackendConnection> lease;
  private final long heardBefore;
  private final long openedAt;
  private final long lifetimeNanos;
  private List<Endpoint> tried = List.of();
  private boolean leased = true;
  private boolean reused;
  private boolean failed;
  private long idleSince;

  BackendConnection(Channel channel, Pool pool, long openedAt, long lifetimeNanos) {
    this.channel = channel;
    this.pool = pool;
    this.shared = null;
    this.lease = channel.eventLoop().newSucceededFuture(this);
    this.heardBefore = 0;
    this.openedAt = openedAt;
    this.lifetimeNanos = lifetimeNanos;
  }

  /** Makes what is leased once: a channel of a connection that others share. */
  BackendConnection(Channel channel, Pool pool, SharedConnection shared, boolean reused) {
    this.channel = channel;
    this.pool = pool;
    this.shared = shared;
    this.lease = channel.eventLoop().newSucceededFuture(this);
    this.heardBefore = shared.heard();
    this.openedAt = 0;
    this.lifetimeNanos = 0;
    this.reused = reused;
  }

  /** Returns the channel, on the event loop of whoever leased it. */
  public Channel channel() {
    return channel;
  }

  /** Returns it as what a lease came to on the spot. */
  Future<BackendConnection> lease() {
    return lease;
  }

  /** Returns where it leads. */
  public Endpoint endpoint() {
    return pool.endpoint();
  }

  /** Says whether it is a part of a connection that several requests share. */
  public boolean isShared() {
    return shared != null;
  }

  /** Says whether a WebSocket can be asked for on it. */
  public boolean takesWebSockets() {
    return shared == null || shared.takesWebSockets();
  }

  /** Says whether an earlier request has used it. */
  public boolean isReused() {
    return reused;
  }

  /**
   * Notes the status of an answer. That of a gateway that could not reach what lies behind it is a
   * failure of the endpoint.
   */
  public void answered(int status) {
    if (status == 502 || status == 503 || status == 504) {
      endpoint().failed();
    } else {
      endpoint().succeeded();
    }
  }

  /** Notes a failure of the endpoint, as opposed to one of the client. */
  public void failed() {
    failed = true;
    endpoint().failed();
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
      pool.giveUp(this);
    } else {
      channel.close();
    }
  }

  /** Ends the channel of a shared connection. */
  void end() {
    if (shared != null) {
      shared.end(channel);
      if (failed && shared.heard() == heardBefore) {
        // Nothing has come from there all the while: the peer may be gone without a word.
        shared.retire();
      }
    }
  }

  /** Returns the endpoints that have failed the request it is leased to. */
  List<Endpoint> tried() {
    return tried;
  }

  void tried(List<Endpoint> before) {
    tried = before;
  }

  boolean isOld(long now) {
    return now - openedAt >= lifetimeNanos;
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
    tried = List.of();
  }
}
