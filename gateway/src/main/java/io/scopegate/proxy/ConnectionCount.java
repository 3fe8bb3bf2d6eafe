package io.scopegate.proxy;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** The connections that clients have, all together and per address. Safe from any thread. */
final class ConnectionCount {
  private final ConnectionLimits limits;
  private final TrustedProxies trusted;
  private final AtomicInteger all = new AtomicInteger();
  private final ConcurrentHashMap<InetAddress, Integer> byAddress = new ConcurrentHashMap<>();
  private final LongAdder refused = new LongAdder();

  ConnectionCount(ConnectionLimits limits, TrustedProxies trusted) {
    this.limits = limits;
    this.trusted = trusted;
  }

  /** Counts a connection; returns false, and does not count it, if it is one too many. */
  boolean enter(SocketAddress peer) {
    if (all.incrementAndGet() > limits.connections() || !enterFrom(peer)) {
      all.decrementAndGet();
      refused.increment();
      return false;
    }
    return true;
  }

  private boolean enterFrom(SocketAddress peer) {
    InetAddress address = counted(peer);
    if (address == null) {
      return true;
    }
    boolean[] fits = {false};
    byAddress.compute(
        address,
        (key, count) -> {
          int sofar = count == null ? 0 : count;
          fits[0] = sofar < limits.perAddress();
          return fits[0] ? Integer.valueOf(sofar + 1) : count;
        });
    return fits[0];
  }

  /** Counts a connection no more that was counted. */
  void leave(SocketAddress peer) {
    all.decrementAndGet();
    InetAddress address = counted(peer);
    if (address != null) {
      byAddress.computeIfPresent(address, (key, count) -> count == 1 ? null : count - 1);
    }
  }

  /** A trusted proxy stands for many clients. */
  private @Nullable InetAddress counted(SocketAddress peer) {
    return peer instanceof InetSocketAddress inet
            && inet.getAddress() != null
            && !trusted.include(inet.getAddress())
        ? inet.getAddress()
        : null;
  }

  /** Returns how many there are. */
  int open() {
    return all.get();
  }

  /** Returns how many were one too many. */
  long refused() {
    return refused.sum();
  }
}
