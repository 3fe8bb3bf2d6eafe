package io.scopegate.backend;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * How many connections an endpoint has of those it may have, and how many requests wait for one.
 * Safe from any thread.
 */
final class Slots {
  private final int max;
  private final int maxWaiting;
  private final AtomicInteger taken = new AtomicInteger();
  private final AtomicInteger waiting = new AtomicInteger();

  Slots(int max, int maxWaiting) {
    this.max = max;
    this.maxWaiting = maxWaiting;
  }

  int max() {
    return max;
  }

  /** Takes the place of a connection, if one is free. */
  boolean take() {
    int before = taken.get();
    while (before < max) {
      if (taken.compareAndSet(before, before + 1)) {
        return true;
      }
      before = taken.get();
    }
    return false;
  }

  void giveBack() {
    taken.decrementAndGet();
  }

  boolean isFull() {
    return taken.get() >= max;
  }

  /** Joins those who wait, if they are not too many. */
  boolean join() {
    int before = waiting.get();
    while (before < maxWaiting) {
      if (waiting.compareAndSet(before, before + 1)) {
        return true;
      }
      before = waiting.get();
    }
    return false;
  }

  void leave() {
    waiting.decrementAndGet();
  }

  int waiting() {
    return waiting.get();
  }
}
