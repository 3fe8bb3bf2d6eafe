package io.scopegate.backend;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The connections of one event loop to one endpoint. The one used last goes out first, so that the
 * others grow old and are closed. Where the endpoint has all connections it may have, requests wait
 * here, in order. Confined to the channel's event loop.
 */
// Whether a close or a timer worked out is told by the channel.
@SuppressWarnings("FutureReturnValueIgnored")
final class ConnectionPool implements Pool {
  private final Endpoint endpoint;
  private final EventLoop loop;
  private final Bootstrap bootstrap;
  private final Slots slots;
  private final Duration maxWait;
  private final long idleNanos;
  private final int maxIdle;
  private final LongSupplier lifetimeNanos;
  private final ArrayDeque<BackendConnection> idle = new ArrayDeque<>();
  private final ArrayDeque<Waiter> waiters = new ArrayDeque<>();
  private final Closings closings;
  private int connections;
  private boolean sweeping;

  /** Read by other event loops that have a connection to give up. */
  private volatile boolean waitedFor;

  /** A request that waits for a connection. */
  private record Waiter(Promise<BackendConnection> promise, ScheduledFuture<?> timer) {}

  /**
   * Starts without a connection.
   *
   * @param lifetimeNanos asked once a connection: how long it may serve
   */
  ConnectionPool(
      Endpoint endpoint,
      EventLoop loop,
      Bootstrap bootstrap,
      Resilience.Connections rules,
      Duration idleTimeout,
      LongSupplier lifetimeNanos) {
    this.endpoint = endpoint;
    this.loop = loop;
    this.bootstrap = bootstrap;
    this.slots = endpoint.slots();
    this.maxWait = rules.maxWait();
    this.idleNanos = idleTimeout.toNanos();
    this.maxIdle = rules.maxIdlePerLoop();
    this.lifetimeNanos = lifetimeNanos;
    this.closings = new Closings(loop);
  }

  @Override
  public Endpoint endpoint() {
    return endpoint;
  }

  @Override
  public @Nullable BackendConnection idle() {
    BackendConnection connection;
    while ((connection = idle.pollLast()) != null) {
      endpoint.idled(-1);
      if (connection.channel().isActive()) {
        connection.leaseAgain();
        endpoint.activated(1);
        return connection;
      }
    }
    return null;
  }

  @Override
  public Future<BackendConnection> connect() {
    endpoint.activated(1);
    Promise<BackendConnection> promise = loop.newPromise();
    if (waiters.isEmpty() && slots.take()) {
      open(promise);
    } else {
      await(promise);
    }
    return promise;
  }

  private void open(Promise<BackendConnection> promise) {
    connections++;
    ChannelFuture connecting = bootstrap.connect(endpoint.address());
    connecting.addListener(
        done -> {
          if (done.isSuccess()) {
            promise.setSuccess(opened(connecting.channel()));
          } else {
            gone();
            endpoint.failed();
            refuse(promise, NotLeased.unreachable(String.valueOf(done.cause().getMessage())));
          }
        });
  }

  private BackendConnection opened(Channel channel) {
    long lifetime = lifetimeNanos.getAsLong();
    long now = loop.ticker().nanoTime();
    BackendConnection connection = new BackendConnection(channel, this, now, lifetime);
    endpoint.opened(1);
    channel
        .closeFuture()
        .addListener(
            closed -> {
              endpoint.opened(-1);
              if (idle.remove(connection)) {
                endpoint.idled(-1);
              }
              gone();
            });
    return connection;
  }

  /** A connection is no more: there may be another, for whoever waits, here or elsewhere. */
  private void gone() {
    connections--;
    slots.giveBack();
    if (slots.waiting() > 0) {
      serveWaiters();
      for (Pool other : endpoint.pools()) {
        if (other != this && other.isWaitedFor()) {
          other.serveSoon();
        }
      }
    }
  }

  private void refuse(Promise<BackendConnection> promise, NotLeased why) {
    endpoint.activated(-1);
    promise.setFailure(why);
  }

  private void await(Promise<BackendConnection> promise) {
    if (!slots.join()) {
      refuse(promise, NotLeased.overloaded("too many requests wait for a connection"));
      return;
    }
    // A list of one, so that the timer can name the waiter that it is a part of.
    Waiter[] self = new Waiter[1];
    ScheduledFuture<?> timer =
        loop.schedule(() -> expire(self[0]), maxWait.toNanos(), TimeUnit.NANOSECONDS);
    self[0] = new Waiter(promise, timer);
    waiters.addLast(self[0]);
    waitedFor = true;
    // One that lies unused elsewhere is in the way; one that went meanwhile has called nobody.
    for (Pool pool : endpoint.pools()) {
      if (pool != this) {
        pool.makeRoomSoon();
      }
    }
    giveUpIdle();
    serveWaiters();
  }

  private void expire(@Nullable Waiter waiter) {
    if (waiter != null && waiters.remove(waiter)) {
      left();
      refuse(waiter.promise(), NotLeased.overloaded("no connection was free in time"));
    }
  }

  private void left() {
    slots.leave();
    waitedFor = !waiters.isEmpty();
  }

  private @Nullable Promise<BackendConnection> nextWaiter() {
    Waiter next = waiters.pollFirst();
    if (next == null) {
      return null;
    }
    next.timer().cancel(false);
    left();
    return next.promise();
  }

  private void serveWaiters() {
    while (!waiters.isEmpty() && slots.take()) {
      Promise<BackendConnection> next = nextWaiter();
      if (next != null) {
        open(next);
      }
    }
  }

  private void giveUpIdle() {
    if (slots.waiting() > 0 && slots.isFull()) {
      BackendConnection oldest = idle.pollFirst();
      if (oldest != null) {
        endpoint.idled(-1);
        oldest.channel().close();
      }
    }
  }

  @Override
  public boolean isWaitedFor() {
    return waitedFor;
  }

  @Override
  public void serveSoon() {
    loop.execute(this::serveWaiters);
  }

  @Override
  public void makeRoomSoon() {
    loop.execute(this::giveUpIdle);
  }

  @Override
  public void giveUp(BackendConnection connection) {
    endpoint.activated(-1);
    closings.add(connection.channel());
  }

  @Override
  public void giveBack(BackendConnection connection) {
    endpoint.activated(-1);
    long now = loop.ticker().nanoTime();
    if (!connection.channel().isActive() || connection.isOld(now) || endpoint.isDraining()) {
      connection.channel().close();
    } else if (slots.waiting() > 0 && handOver(connection)) {
      return;
    } else if (idle.size() >= maxIdle) {
      connection.channel().close();
    } else {
      keep(connection, now);
    }
  }

  /**
   * Passes a connection on while requests wait. Here the first gets it, unless this event loop has
   * more than its part of the connections and others wait, too: then it makes room for one of
   * theirs.
   */
  private boolean handOver(BackendConnection connection) {
    int part = slots.max() / endpoint.pools().size();
    boolean othersWait = slots.waiting() > waiters.size();
    Promise<BackendConnection> next = othersWait && connections > part ? null : nextWaiter();
    if (next == null) {
      if (othersWait) {
        connection.channel().close();
      }
      return othersWait;
    }
    connection.leaseAgain();
    next.setSuccess(connection);
    return true;
  }

  private void keep(BackendConnection connection, long now) {
    connection.idle(now);
    idle.addLast(connection);
    endpoint.idled(1);
    if (!sweeping) {
      sweeping = true;
      sweepIn(idleNanos);
    }
  }

  private void sweepIn(long nanos) {
    loop.schedule(this::sweep, nanos, TimeUnit.NANOSECONDS);
  }

  private void sweep() {
    long now = loop.ticker().nanoTime();
    BackendConnection oldest;
    while ((oldest = idle.peekFirst()) != null) {
      long left = idleNanos - (now - oldest.idleSince());
      if (left > 0) {
        sweepIn(left);
        return;
      }
      // Closing takes it out of the queue, by its listener and perhaps later: take it out here.
      idle.removeFirst();
      endpoint.idled(-1);
      oldest.channel().close();
    }
    sweeping = false;
  }

  @Override
  public void closeIdleSoon() {
    loop.execute(
        () -> {
          BackendConnection unused;
          while ((unused = idle.pollFirst()) != null) {
            endpoint.idled(-1);
            unused.channel().close();
          }
        });
  }
}
