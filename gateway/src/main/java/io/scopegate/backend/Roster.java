package io.scopegate.backend;

import io.netty.channel.EventLoop;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * The endpoints of a backend: who is one, and who is left out for the moment. What a request reads
 * of it is one field; changes are rare and made one after the other. Safe from any thread.
 */
final class Roster {
  private final Resilience resilience;
  private final Connector connector;
  private final EventLoop timer;
  private final LongAdder ejections = new LongAdder();
  private final List<Endpoint> members = new ArrayList<>();
  private final List<Endpoint> leaving = new ArrayList<>();
  private final Set<BackendUrl> known = new HashSet<>();
  private volatile List<Endpoint> all = List.of();
  private volatile Choices choices = Choices.NONE;

  /**
   * Starts empty.
   *
   * @param timer where the time of an ejection runs
   */
  Roster(Resilience resilience, Connector connector, EventLoop timer) {
    this.resilience = resilience;
    this.connector = connector;
    this.timer = timer;
  }

  /** Returns the endpoints that requests may go to now. */
  Choices choices() {
    return choices;
  }

  /** Returns all endpoints, with those that are gone and still serve a request. */
  List<Endpoint> all() {
    return all;
  }

  long ejections() {
    return ejections.sum();
  }

  /**
   * Says which addresses a URL has now. What is new joins, slowly unless it is the first word about
   * this URL; what is gone drains.
   */
  synchronized void update(BackendUrl url, List<InetAddress> addresses) {
    Set<InetSocketAddress> wanted = new HashSet<>();
    addresses.forEach(address -> wanted.add(new InetSocketAddress(address, url.port())));
    List<Endpoint> gone = new ArrayList<>();
    for (Endpoint member : List.copyOf(members)) {
      // What is left in the set afterwards is new.
      if (member.url().equals(url) && !wanted.remove(member.address())) {
        members.remove(member);
        leaving.add(member);
        gone.add(member);
      }
    }
    boolean first = known.add(url);
    for (InetSocketAddress address : wanted) {
      Endpoint endpoint = new Endpoint(url, address, resilience, this, connector::pool);
      if (!first) {
        endpoint.warm(nanoTime());
      }
      members.add(endpoint);
      connector.check(endpoint, well -> healthy(endpoint, well));
    }
    publish();
    // Only now: nobody chooses one any more whose connections are being closed.
    gone.forEach(Endpoint::drain);
  }

  /** Leaves an endpoint out for a while, unless half of them are left out already. */
  synchronized void eject(Endpoint endpoint) {
    Circuit circuit = endpoint.circuit();
    if (circuit.state() == Circuit.State.OPEN || !members.contains(endpoint)) {
      return;
    }
    if (circuit.state() == Circuit.State.CLOSED && (ejected() + 1) * 2 > members.size()) {
      return;
    }
    Duration time = circuit.open(nanoTime());
    ejections.increment();
    publish();
    // What becomes of it is seen in the circuit.
    var unused = timer.schedule(() -> halfOpen(endpoint), time.toNanos(), TimeUnit.NANOSECONDS);
  }

  private long ejected() {
    return members.stream()
        .filter(member -> member.circuit().state() != Circuit.State.CLOSED)
        .count();
  }

  private synchronized void halfOpen(Endpoint endpoint) {
    endpoint.circuit().halfOpen();
    publish();
  }

  /** Takes an endpoint back that has stood its trial. */
  synchronized void close(Endpoint endpoint) {
    if (endpoint.circuit().state() == Circuit.State.HALF_OPEN) {
      long now = nanoTime();
      endpoint.circuit().close(now);
      endpoint.warm(now);
      publish();
    }
  }

  private synchronized void healthy(Endpoint endpoint, boolean well) {
    if (endpoint.isHealthy() != well) {
      endpoint.healthy(well);
      if (well) {
        endpoint.warm(nanoTime());
      }
      publish();
    }
  }

  /** Lets all endpoints go. */
  synchronized void drain() {
    members.forEach(Endpoint::drain);
    leaving.addAll(members);
    members.clear();
    publish();
  }

  private long nanoTime() {
    return timer.ticker().nanoTime();
  }

  private void publish() {
    leaving.removeIf(gone -> gone.openConnections() == 0 && gone.activeRequests() == 0);
    List<Endpoint> everyone = new ArrayList<>(members);
    everyone.addAll(leaving);
    all = List.copyOf(everyone);
    // The health check was asked for: where it says no, there is no way. What failures say is a
    // guess, and it does not count where nobody else is left.
    List<Endpoint> well = members.stream().filter(Endpoint::isHealthy).toList();
    Choices closed =
        new Choices(
            well.stream()
                .filter(member -> member.circuit().state() != Circuit.State.OPEN)
                .toList());
    choices = closed.size() > 0 ? closed : new Choices(well);
  }
}
