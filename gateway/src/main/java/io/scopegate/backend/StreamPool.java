package io.scopegate.backend;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The shared connections of one event loop to one endpoint, each of which serves many requests. The
 * first with room is used, so that the others come to lie idle and are closed; where none has room,
 * requests wait for another, in order. Confined to the channel's event loop.
 */
// Whether a close or a timer worked out is told by the channel.
@SuppressWarnings("FutureReturnValueIgnored")
final class StreamPool implements Pool {
  /** How many requests one connection that is being made is taken to serve. */
  private static final int EXPECTED_ROOM = 100;

  private final Endpoint endpoint;
  private final EventLoop loop;
  private final Bootstrap bootstrap;
  private final Function<Channel, SharedConnection> sharing;
  private final Slots slots;
  private final Duration connectTimeout;
  private final Duration maxWait;
  private final long idleNanos;
  private final LongSupplier lifetimeNanos;
  private final List<Trunk> trunks = new ArrayList<>(2);
  private final ArrayDeque<Waiter> waiters = new ArrayDeque<>();
  private int connecting;
  private boolean sweeping;

  /** Read by other event loops that have a connection to give up. */
  private volatile boolean waitedFor;

  /** A request that waits for room; those who wait for others to leave have joined a queue. */
  private record Waiter(
      Promise<BackendConnection> promise, ScheduledFuture<?> timer, boolean joined) {}

  /**
   * Starts without a connection.
   *
   * @param sharing finds what shares a connection that the bootstrap has made
   * @param lifetimeNanos asked once a connection: how long it may take requests
   */
  StreamPool(
      Endpoint endpoint,
      EventLoop loop,
      Bootstrap bootstrap,
      Function<Channel, SharedConnection> sharing,
      Backend.Settings settings,
      LongSupplier lifetimeNanos) {
    this.endpoint = endpoint;
    this.loop = loop;
    this.bootstrap = bootstrap;
    this.sharing = sharing;
    this.slots = endpoint.slots();
    this.connectTimeout = settings.connectTimeout();
    this.maxWait = settings.resilience().connections().maxWait();
    this.idleNanos = settings.idleTimeout().toNanos();
    this.lifetimeNanos = lifetimeNanos;
  }

  /** One shared connection. */
  private final class Trunk implements SharedConnection.Listener {
    private final SharedConnection shared;
    private final long oldAt;
    private final ScheduledFuture<?> timer;
    private boolean ready;
    private boolean used;
    private boolean idle;
    private long idleSince;

    Trunk(Channel channel, SharedConnection shared) {
      long now = loop.ticker().nanoTime();
      this.shared = shared;
      this.oldAt = now + Math.min(lifetimeNanos.getAsLong(), Long.MAX_VALUE / 2);
      // One that says nothing may be no such connection at all.
      this.timer =
          loop.schedule(() -> channel.close(), connectTimeout.toNanos(), TimeUnit.NANOSECONDS);
    }

    @Override
    public void changed() {
      if (!ready && shared.isReady() && !shared.isEnding()) {
        ready = true;
        timer.cancel(false);
        connecting--;
        trunks.add(this);
      }
      noteIdleness();
      if (!waiters.isEmpty()) {
        // Not at once: this may be heard in the middle of reading frames.
        loop.execute(StreamPool.this::serve);
      }
    }

    void noteIdleness() {
      long now = loop.ticker().nanoTime();
      boolean lies = ready && shared.requests() == 0 && !shared.isEnding();
      if (lies && (oldAt - now <= 0 || endpoint.isDraining())) {
        lies = false;
        shared.retire();
      }
      if (lies != idle) {
        idle = lies;
        endpoint.idled(lies ? 1 : -1);
        if (lies) {
          idleSince = now;
          sweepLater(idleNanos);
        }
      }
    }

    /** Opens a stream; the first one is not yet seen as one that lies idle no more. */
    BackendConnection lease() {
      BackendConnection lease = new BackendConnection(shared.open(), StreamPool.this, shared, used);
      used = true;
      if (idle) {
        idle = false;
        endpoint.idled(-1);
      }
      return lease;
    }

    boolean takesOne() {
      if (oldAt - loop.ticker().nanoTime() <= 0) {
        shared.retire();
      }
      return shared.hasRoom();
    }

    void closed() {
      timer.cancel(false);
      endpoint.opened(-1);
      trunks.remove(this);
      if (idle) {
        idle = false;
        endpoint.idled(-1);
      }
      freeSlot();
      if (!ready) {
        failedToConnect("the backend does not speak HTTP/2");
      }
    }
  }

  @Override
  public Endpoint endpoint() {
    return endpoint;
  }

  @Override
  public @Nullable BackendConnection idle() {
    for (int i = 0; i < trunks.size(); i++) {
      if (trunks.get(i).takesOne()) {
        endpoint.activated(1);
        return trunks.get(i).lease();
      }
    }
    return null;
  }

  @Override
  public Future<BackendConnection> connect() {
    BackendConnection there = waiters.isEmpty() ? idle() : null;
    if (there != null) {
      return there.lease();
    }
    endpoint.activated(1);
    Promise<BackendConnection> promise = loop.newPromise();
    boolean expected = waiters.size() < connecting * EXPECTED_ROOM || open();
    if (!expected && !slots.join()) {
      refuse(promise, NotLeased.overloaded("too many requests wait for a connection"));
    } else {
      await(promise, !expected);
    }
    return promise;
  }

  private void await(Promise<BackendConnection> promise, boolean joined) {
    // A list of one, so that the timer can name the waiter that it is a part of.
    Waiter[] self = new Waiter[1];
    Duration time = joined ? maxWait : maxWait.plus(connectTimeout);
    ScheduledFuture<?> timer =
        loop.schedule(() -> expire(self[0]), time.toNanos(), TimeUnit.NANOSECONDS);
    self[0] = new Waiter(promise, timer, joined);
    waiters.addLast(self[0]);
    waitedFor = true;
    if (joined) {
      // One that lies unused elsewhere is in the way.
      endpoint.pools().forEach(Pool::makeRoomSoon);
    }
  }

  private void expire(@Nullable Waiter waiter) {
    if (waiter != null && waiters.remove(waiter)) {
      left(waiter);
      refuse(waiter.promise(), NotLeased.overloaded("no connection was free in time"));
    }
  }

  private void left(Waiter waiter) {
    waiter.timer().cancel(false);
    if (waiter.joined()) {
      slots.leave();
    }
    waitedFor = !waiters.isEmpty();
  }

  private void refuse(Promise<BackendConnection> promise, NotLeased why) {
    endpoint.activated(-1);
    promise.setFailure(why);
  }

  /** Begins to make a connection; returns false if there may be none. */
  private boolean open() {
    if (!slots.take()) {
      return false;
    }
    connecting++;
    ChannelFuture opening = bootstrap.connect(endpoint.address());
    opening.addListener(
        done -> {
          if (done.isSuccess()) {
            opened(opening.channel());
          } else {
            freeSlot();
            failedToConnect(String.valueOf(done.cause().getMessage()));
          }
        });
    return true;
  }

  private void opened(Channel channel) {
    SharedConnection shared = sharing.apply(channel);
    Trunk trunk = new Trunk(channel, shared);
    endpoint.opened(1);
    channel.closeFuture().addListener(closed -> trunk.closed());
    shared.listener(trunk);
    trunk.changed();
  }

  private void freeSlot() {
    slots.giveBack();
    if (slots.waiting() > 0) {
      for (Pool pool : endpoint.pools()) {
        if (pool.isWaitedFor()) {
          pool.serveSoon();
        }
      }
    }
  }

  /** Nothing comes of a connection: whoever has nothing else to wait for is told. */
  private void failedToConnect(String why) {
    connecting--;
    endpoint.failed();
    if (connecting > 0 || !trunks.isEmpty()) {
      return;
    }
    Waiter next;
    while ((next = waiters.pollFirst()) != null) {
      left(next);
      refuse(next.promise(), NotLeased.unreachable(why));
    }
  }

  private void serve() {
    Waiter next;
    while ((next = waiters.peekFirst()) != null) {
      BackendConnection there = idle();
      if (there == null) {
        break;
      }
      endpoint.activated(-1); // it is counted since it waits
      waiters.removeFirst();
      left(next);
      next.promise().setSuccess(there);
    }
    while (waiters.size() > connecting * EXPECTED_ROOM && open()) {
      // As many as it takes.
    }
  }

  @Override
  public void giveBack(BackendConnection connection) {
    endpoint.activated(-1);
    connection.end();
    // A stream on which nothing was sent goes without a word. From the last: one may leave by this.
    for (int i = trunks.size() - 1; i >= 0; i--) {
      trunks.get(i).noteIdleness();
    }
  }

  @Override
  public void giveUp(BackendConnection connection) {
    giveBack(connection);
  }

  @Override
  public boolean isWaitedFor() {
    return waitedFor;
  }

  @Override
  public void serveSoon() {
    loop.execute(this::serve);
  }

  @Override
  public void makeRoomSoon() {
    loop.execute(
        () -> {
          if (slots.waiting() > 0 && slots.isFull()) {
            trunks.stream().filter(trunk -> trunk.idle).findFirst().ifPresent(this::retire);
          }
        });
  }

  @Override
  public void closeIdleSoon() {
    // Those that serve requests are closed when they lie idle for the first time.
    loop.execute(
        () -> List.copyOf(trunks).stream().filter(trunk -> trunk.idle).forEach(this::retire));
  }

  private void retire(Trunk trunk) {
    trunk.shared.retire();
  }

  private void sweepLater(long nanos) {
    if (!sweeping) {
      sweeping = true;
      loop.schedule(this::sweep, nanos, TimeUnit.NANOSECONDS);
    }
  }

  private void sweep() {
    sweeping = false;
    long now = loop.ticker().nanoTime();
    for (Trunk trunk : List.copyOf(trunks)) {
      long left = idleNanos - (now - trunk.idleSince);
      if (trunk.idle && left <= 0) {
        retire(trunk);
      } else if (trunk.idle) {
        sweepLater(left);
      }
    }
  }
}
