package io.scopegate.backend;

import io.netty.channel.EventLoop;
import java.net.InetSocketAddress;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;

/** One address of a backend, and what is going on there. Safe from any thread. */
public final class Endpoint {
  /** What an endpoint that is just back gets of its share, so that it gets anything. */
  private static final double LEAST_SHARE = 0.1;

  private final BackendUrl url;
  private final InetSocketAddress address;
  private final Roster roster;
  private final BiFunction<Endpoint, EventLoop, Pool> newPool;
  private final Circuit circuit;
  private final Slots slots;
  private final long slowStartNanos;
  private final AtomicInteger open = new AtomicInteger();
  private final AtomicInteger idle = new AtomicInteger();
  private final AtomicInteger active = new AtomicInteger();
  private final Map<EventLoop, Pool> pools = new ConcurrentHashMap<>();
  private volatile boolean draining;
  private volatile boolean unhealthy;
  private volatile boolean warming;
  private volatile long warmingSince;

  /** Where an endpoint stands. */
  public enum State {
    /** It gets requests. */
    CLOSED,
    /** It failed too often and gets none. */
    OPEN,
    /** One request at a time tries whether it is back. */
    HALF_OPEN,
    /** Its health check says that it is not well. */
    UNHEALTHY;

    /** Returns the word for it in metrics. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  Endpoint(
      BackendUrl url,
      InetSocketAddress address,
      Resilience resilience,
      Roster roster,
      BiFunction<Endpoint, EventLoop, Pool> newPool) {
    this.url = url;
    this.address = address;
    this.roster = roster;
    this.newPool = newPool;
    this.circuit = new Circuit(resilience.ejection());
    this.slots = new Slots(resilience.connections().max(), resilience.connections().maxWaiting());
    this.slowStartNanos = resilience.slowStart().toNanos();
  }

  /** Returns host and port as the URL has them: what {@code Host} says to this endpoint. */
  public String authority() {
    return url.authority();
  }

  /** Returns address and port in digits: its name in metrics. */
  public String label() {
    String digits = address.getAddress().getHostAddress();
    return (digits.indexOf(':') < 0 ? digits : "[" + digits + "]") + ":" + address.getPort();
  }

  /** Returns where it stands. */
  public State state() {
    if (unhealthy) {
      return State.UNHEALTHY;
    }
    return switch (circuit.state()) {
      case CLOSED -> State.CLOSED;
      case OPEN -> State.OPEN;
      case HALF_OPEN -> State.HALF_OPEN;
    };
  }

  /** Returns how many connections there are. */
  public int openConnections() {
    return open.get();
  }

  /** Returns how many connections wait for a request. */
  public int idleConnections() {
    return idle.get();
  }

  /** Returns how many requests are on their way, with those that still connect. */
  public int activeRequests() {
    return active.get();
  }

  /** Returns how many requests wait for a connection. */
  public int waitingRequests() {
    return slots.waiting();
  }

  BackendUrl url() {
    return url;
  }

  InetSocketAddress address() {
    return address;
  }

  Circuit circuit() {
    return circuit;
  }

  Slots slots() {
    return slots;
  }

  /** Returns its connections on this event loop. */
  Pool pool(EventLoop loop) {
    Pool pool = pools.get(loop);
    return pool != null ? pool : pools.computeIfAbsent(loop, key -> newPool.apply(this, key));
  }

  Collection<Pool> pools() {
    return pools.values();
  }

  /** Says whether a request would not have to wait for a connection. */
  boolean hasRoom() {
    return !slots.isFull() || idle.get() > 0;
  }

  boolean isDraining() {
    return draining;
  }

  /** Takes no more requests; connections are closed as soon as they serve none. */
  void drain() {
    draining = true;
    pools.values().forEach(Pool::closeIdleSoon);
  }

  boolean isHealthy() {
    return !unhealthy;
  }

  void healthy(boolean well) {
    unhealthy = !well;
  }

  /** Gives it a small share at first, which grows from now on. */
  void warm(long nowNanos) {
    if (slowStartNanos > 0) {
      warmingSince = nowNanos;
      warming = true;
    }
  }

  boolean isWarming() {
    return warming;
  }

  /** Returns what it gets of its share now, from 0 to 1. */
  double share(long nowNanos) {
    double share = (double) (nowNanos - warmingSince) / slowStartNanos;
    if (share >= 1) {
      warming = false;
    }
    return Math.max(LEAST_SHARE, Math.min(1, share));
  }

  /** Notes that a request was answered, however it was. */
  void succeeded() {
    if (circuit.succeeded()) {
      roster.close(this);
    }
  }

  /** Notes that a request failed by this endpoint's fault. */
  void failed() {
    if (circuit.failed()) {
      roster.eject(this);
    }
  }

  void opened(int change) {
    open.addAndGet(change);
  }

  void idled(int change) {
    idle.addAndGet(change);
  }

  void activated(int change) {
    active.addAndGet(change);
  }

  @Override
  public String toString() {
    return url.authority() + " at " + label();
  }
}
