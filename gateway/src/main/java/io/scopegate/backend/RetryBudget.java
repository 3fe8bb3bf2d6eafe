package io.scopegate.backend;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What requests that go out once more may come to: a share of the recent requests and a few each
 * second. So a backend that fails is not asked twice as much for it. Safe from any thread.
 */
final class RetryBudget {
  /** A retry costs as much as a hundred requests bring at one percent. */
  private static final long COST = 100;

  /** How many retries can be saved up: beyond that, requests are not recent any more. */
  private static final long SAVED = 100;

  private static final long NANOS = TimeUnit.SECONDS.toNanos(1);

  private final int percent;
  private final int perSecond;
  private final AtomicLong balance = new AtomicLong(SAVED * COST);
  private final AtomicLong paidUntil;

  RetryBudget(Resilience.Retries rules, long nowNanos) {
    this.percent = rules.percent();
    this.perSecond = rules.perSecond();
    this.paidUntil = new AtomicLong(nowNanos);
    if (percent == 0) {
      balance.set(perSecond * COST);
    }
  }

  /** Counts a request. While nothing fails the balance is full, and this only reads it. */
  void requested() {
    if (percent > 0 && balance.get() < SAVED * COST) {
      balance.addAndGet(percent);
    }
  }

  /** Takes a retry out of the budget; returns false if there is none left. */
  boolean take(long nowNanos) {
    payFloor(nowNanos);
    long before = balance.get();
    while (before >= COST) {
      if (balance.compareAndSet(before, before - COST)) {
        return true;
      }
      before = balance.get();
    }
    return false;
  }

  private void payFloor(long nowNanos) {
    long since = paidUntil.get();
    long elapsed = Math.min(nowNanos - since, NANOS);
    long due = elapsed <= 0 ? 0 : elapsed * perSecond / NANOS;
    if (due > 0 && paidUntil.compareAndSet(since, nowNanos)) {
      balance.updateAndGet(had -> Math.min(SAVED * COST, had + due * COST));
    }
  }
}
