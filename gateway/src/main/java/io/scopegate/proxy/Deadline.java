package io.scopegate.proxy;

import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The one time limit of a frontend connection, and at most one more of its exchange as a whole.
 * Moving it costs a field: the timer looks where it is now when it fires. Confined to the channel's
 * event loop.
 */
final class Deadline {
  private final EventLoop loop;
  private final Consumer<Waiting> expired;
  private Waiting waiting = Waiting.NOTHING;
  private long at;
  private boolean limited;
  private long limitAt;
  private long timerAt;
  private @Nullable ScheduledFuture<?> timer;

  Deadline(EventLoop loop, Consumer<Waiting> expired) {
    this.loop = loop;
    this.expired = expired;
  }

  Waiting waiting() {
    return waiting;
  }

  /** Starts to wait, from now. */
  void set(Waiting what, Duration howLong) {
    waiting = what;
    at = loop.ticker().nanoTime() + howLong.toNanos();
    look(at);
  }

  /** Ends the exchange at a time from now, whatever is waited for then. */
  void limit(Duration howLong) {
    limited = true;
    limitAt = loop.ticker().nanoTime() + howLong.toNanos();
    look(limitAt);
  }

  /** Takes back {@link #limit}. */
  void lift() {
    limited = false;
  }

  private void look(long nextAt) {
    if (timer == null) {
      schedule(nextAt);
    } else if (timerAt - nextAt > 0) {
      timer.cancel(false);
      schedule(nextAt);
    }
  }

  /** Waits for nothing. */
  void clear() {
    waiting = Waiting.NOTHING;
  }

  /** Waits for nothing any more. */
  void cancel() {
    clear();
    limited = false;
    if (timer != null) {
      timer.cancel(false);
      timer = null;
    }
  }

  private void schedule(long nextAt) {
    timerAt = nextAt;
    long nanos = nextAt - loop.ticker().nanoTime();
    timer = loop.schedule(this::fired, Math.max(0, nanos), TimeUnit.NANOSECONDS);
  }

  private void fired() {
    timer = null;
    long now = loop.ticker().nanoTime();
    if (limited && limitAt - now <= 0) {
      limited = false;
      expired.accept(Waiting.NOTHING_MORE);
    } else if (waiting != Waiting.NOTHING && at - now <= 0) {
      Waiting what = waiting;
      waiting = Waiting.NOTHING;
      expired.accept(what);
    }
    if (limited) {
      look(limitAt);
    }
    if (waiting != Waiting.NOTHING) {
      look(at);
    }
  }
}
