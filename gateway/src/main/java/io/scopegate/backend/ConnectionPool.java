package io.scopegate.backend;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The connections of one event loop to one endpoint. The one used last goes out first, so that the
 * others grow old and are closed. Confined to the channel's event loop.
 */
// Whether a close or a timer worked out is told by the channel.
@SuppressWarnings("FutureReturnValueIgnored")
final class ConnectionPool {
  private final Endpoint endpoint;
  private final EventLoop loop;
  private final Bootstrap bootstrap;
  private final Executor resolver;
  private final long idleNanos;
  private final int maxIdle;
  private final ArrayDeque<BackendConnection> idle = new ArrayDeque<>();
  private boolean sweeping;

  ConnectionPool(
      Endpoint endpoint,
      EventLoop loop,
      Bootstrap bootstrap,
      Executor resolver,
      Duration idleTimeout,
      int maxIdle) {
    this.endpoint = endpoint;
    this.loop = loop;
    this.bootstrap = bootstrap;
    this.resolver = resolver;
    this.idleNanos = idleTimeout.toNanos();
    this.maxIdle = maxIdle;
  }

  Endpoint endpoint() {
    return endpoint;
  }

  /** Returns a connection that waits here, if there is one. */
  @Nullable BackendConnection idle() {
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

  /** Makes a connection. */
  Future<BackendConnection> connect() {
    endpoint.activated(1);
    Promise<BackendConnection> promise = loop.newPromise();
    endpoint
        .address(resolver)
        .whenComplete(
            (address, failure) -> {
              if (loop.inEventLoop()) {
                connect(address, failure, promise);
              } else {
                loop.execute(() -> connect(address, failure, promise));
              }
            });
    return promise;
  }

  private void connect(
      @Nullable InetSocketAddress address,
      @Nullable Throwable failure,
      Promise<BackendConnection> promise) {
    if (address == null || failure != null) {
      endpoint.activated(-1);
      promise.setFailure(failure == null ? new IllegalStateException("no address") : failure);
      return;
    }
    ChannelFuture connecting = bootstrap.connect(address);
    connecting.addListener(
        done -> {
          if (done.isSuccess()) {
            promise.setSuccess(opened(connecting.channel()));
          } else {
            endpoint.activated(-1);
            promise.setFailure(done.cause());
          }
        });
  }

  private BackendConnection opened(Channel channel) {
    BackendConnection connection = new BackendConnection(channel, this);
    endpoint.opened(1);
    channel
        .closeFuture()
        .addListener(
            closed -> {
              endpoint.opened(-1);
              if (idle.remove(connection)) {
                endpoint.idled(-1);
              }
            });
    return connection;
  }

  void giveBack(BackendConnection connection) {
    endpoint.activated(-1);
    if (!connection.channel().isActive() || idle.size() >= maxIdle) {
      connection.channel().close();
      return;
    }
    connection.idle(loop.ticker().nanoTime());
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
}
