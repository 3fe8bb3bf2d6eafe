package io.scopegate.backend;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A lease that has to wait until a name is looked up; the first name that is found serves it.
 * Confined to the channel's event loop.
 */
// What comes of it is told by the promise.
@SuppressWarnings("FutureReturnValueIgnored")
final class LateLease {
  private final EventLoop loop;
  private final Duration atMost;
  private final Promise<BackendConnection> promise;
  private final List<CompletableFuture<Void>> lookups = new ArrayList<>();
  private @Nullable ScheduledFuture<?> timer;
  private int left;
  private boolean begun;

  LateLease(EventLoop loop, Duration atMost) {
    this.loop = loop;
    this.atMost = atMost;
    this.promise = loop.newPromise();
  }

  /** Counts on a look-up, if it is still on its way. */
  void awaits(CompletableFuture<Void> lookup) {
    if (!lookup.isDone()) {
      lookups.add(lookup);
    }
  }

  /**
   * Waits.
   *
   * @param connects tries to connect, and says whether there was an endpoint to try
   */
  Future<BackendConnection> begin(Predicate<Promise<BackendConnection>> connects) {
    if (lookups.isEmpty()) {
      // One that ended since it was asked may have found something.
      if (!connects.test(promise)) {
        promise.setFailure(NotLeased.unreachable("there is no endpoint that could be asked"));
      }
      return promise;
    }
    left = lookups.size();
    timer = loop.schedule(() -> lookedUp(connects, true), atMost.toNanos(), TimeUnit.NANOSECONDS);
    lookups.forEach(
        lookup ->
            lookup.whenComplete(
                (done, failure) -> loop.execute(() -> lookedUp(connects, --left == 0))));
    return promise;
  }

  private void lookedUp(Predicate<Promise<BackendConnection>> connects, boolean last) {
    if (begun) {
      return;
    }
    begun = connects.test(promise);
    if (!begun && last) {
      begun = true;
      promise.setFailure(NotLeased.unreachable("the name of the backend was not found in time"));
    }
    if (begun && timer != null) {
      timer.cancel(false);
    }
  }
}
