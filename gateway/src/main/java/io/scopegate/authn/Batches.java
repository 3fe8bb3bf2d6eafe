package io.scopegate.authn;

import com.github.benmanes.caffeine.cache.Ticker;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * A bounded queue of what is to be looked up: few batches at a time, and what comes while they are
 * under way goes into the next one together. Safe from any thread; never blocks.
 *
 * @param <T> what is looked up
 */
final class Batches<T> {
  private static final int WAITING = 4_096;
  private static final int LARGEST = 512;
  private static final int LANES = 2;

  private final BlockingQueue<T> waiting = new ArrayBlockingQueue<>(WAITING);
  private final AtomicInteger busy = new AtomicInteger();
  private final Executor executor;
  private final Consumer<List<T>> work;
  private final Consumer<T> refused;
  private final Pace pace;

  /**
   * Does this work on this executor; the work never throws.
   *
   * @param refused is given what the executor does not take
   */
  Batches(Executor executor, Pace pace, Consumer<List<T>> work, Consumer<T> refused) {
    this.executor = executor;
    this.pace = pace;
    this.work = work;
    this.refused = refused;
  }

  /**
   * Spreads the batches after a storm, when everything is to be looked up at once: for a while
   * there is at most one per gap, and each takes along all that came meanwhile.
   */
  static final class Pace {
    private static final long WHILE_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final long gapNanos;
    private final Ticker ticker;
    private long slowUntil;
    private long next;
    private boolean isSlow;

    /** Leaves at least this between two batches while it lasts; nothing if that is 0. */
    Pace(long gapNanos, Ticker ticker) {
      this.gapNanos = gapNanos;
      this.ticker = ticker;
    }

    /** Slows down for a while from now on. */
    synchronized void slowDown() {
      isSlow = gapNanos > 0;
      slowUntil = ticker.read() + WHILE_NANOS;
    }

    /** Returns how long the batch that is next has to wait. */
    synchronized long delayNanos() {
      if (!isSlow) {
        return 0;
      }
      long now = ticker.read();
      if (now - slowUntil > 0) {
        isSlow = false;
        return 0;
      }
      long slot = next - now > 0 && next - now <= WHILE_NANOS ? next : now;
      next = slot + gapNanos;
      return slot - now;
    }
  }

  /** Says how many wait. */
  int size() {
    return waiting.size();
  }

  /** Takes one more, unless too many wait already. */
  boolean offer(T one) {
    if (!waiting.offer(one)) {
      return false;
    }
    start();
    return true;
  }

  private void start() {
    int running = busy.get();
    while (running < LANES && !waiting.isEmpty()) {
      if (busy.compareAndSet(running, running + 1)) {
        schedule();
        return;
      }
      running = busy.get();
    }
  }

  private void schedule() {
    try {
      long delay = pace.delayNanos();
      Executor when =
          delay > 0
              ? CompletableFuture.delayedExecutor(delay, TimeUnit.NANOSECONDS, executor)
              : executor;
      when.execute(this::run);
    } catch (RejectedExecutionException e) {
      busy.decrementAndGet();
      List<T> some = new ArrayList<>();
      waiting.drainTo(some);
      some.forEach(refused);
    }
  }

  private void run() {
    try {
      List<T> some = new ArrayList<>();
      if (waiting.drainTo(some, LARGEST) > 0) {
        work.accept(some);
      }
    } finally {
      busy.decrementAndGet();
      // What came after the last look into the queue, and before the lane was given back.
      start();
    }
  }
}
