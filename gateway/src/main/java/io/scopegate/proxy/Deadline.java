package io.scopegate.proxy;

import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The one time limit of a frontend connection. Moving it costs a field: the timer looks where it is
 * now when it fires. Confined to the channel's event loop.
 */
final class Deadline {
  private final EventLoop loop;
  private final Consumer<Waiting> expired;
  private Waiting waiting = Waiting.NOTHING;
  private long at;
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
    if (timer == null) {
      schedule();
    } else if (timerAt - at > 0) {
      timer.cancel(false);
      schedule();
    }
  }

  /** Waits for nothing. */
  void clear() {
    waiting = Waiting.NOTHING;
  }

  /** Waits for nothing any more. */
  void cancel() {
    clear();
    if (timer != null) {
      timer.cancel(false);
      timer = null;
    }
  }

  private void schedule() {
    timerAt = at;
    long nanos = at - loop.ticker().nanoTime();
    timer = loop.schedule(this::fired, Math.max(0, nanos), TimeUnit.NANOSECONDS);
  }

  private void fired() {
    timer = null;
    if (waiting == Waiting.NOTHING) {
      return;
    }
    if (at - loop.ticker().nanoTime() > 0) {
      schedule();
      return;
    }
    Waiting what = waiting;
    waiting = Waiting.NOTHING;
    expired.accept(what);
  }
}
