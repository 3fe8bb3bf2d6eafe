package io.scopegate.backend;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Whether requests go to an endpoint, judged by what became of the last ones: closed while they do,
 * open after too many failures in a row, half open when its time is over and one request tries
 * whether it is back. Safe from any thread; opened, half opened and closed by the roster alone.
 */
final class Circuit {
  /** Twice as long each time; what is beyond the longest time anyway is not worked out. */
  private static final int MAX_DOUBLINGS = 20;

  private final Resilience.Ejection rules;
  private final AtomicInteger failures = new AtomicInteger();
  private volatile State state = State.CLOSED;
  private int openings;
  private long closedAt;

  /** Where it stands. */
  enum State {
    CLOSED,
    OPEN,
    HALF_OPEN
  }

  Circuit(Resilience.Ejection rules) {
    this.rules = rules;
  }

  State state() {
    return state;
  }

  /** Notes a success; says whether the circuit is to be closed. */
  boolean succeeded() {
    // Read first: a write per request would be shared by all event loops.
    if (failures.get() != 0) {
      failures.set(0);
    }
    return state == State.HALF_OPEN;
  }

  /** Notes a failure; says whether the circuit is to be opened. */
  boolean failed() {
    if (rules.after() == 0 || state == State.OPEN) {
      return false;
    }
    // Not at each failure beyond: one that may not be opened would be asked about again and again.
    return failures.incrementAndGet() % rules.after() == 0 || state == State.HALF_OPEN;
  }

  /** Opens it; returns for how long. */
  Duration open(long nowNanos) {
    boolean longAgo = state == State.CLOSED && nowNanos - closedAt > rules.maxTime().toNanos();
    openings = longAgo ? 1 : openings + 1;
    state = State.OPEN;
    failures.set(0);
    Duration time = rules.time();
    for (int i = 1; i < Math.min(openings, MAX_DOUBLINGS); i++) {
      time = time.compareTo(rules.maxTime()) < 0 ? time.multipliedBy(2) : time;
    }
    return time.compareTo(rules.maxTime()) < 0 ? time : rules.maxTime();
  }

  void halfOpen() {
    state = State.HALF_OPEN;
  }

  void close(long nowNanos) {
    closedAt = nowNanos;
    state = State.CLOSED;
  }
}
