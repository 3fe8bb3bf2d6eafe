package io.scopegate.authn;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * What many wait for, but none longer than a while after its making began; it may come later, for
 * whoever asks then. Safe from any thread.
 *
 * @param <T> what is waited for
 */
public final class SharedResult<T> extends CompletableFuture<T> {
  private final CompletableFuture<T> inTime;

  /**
   * Begins the waiting.
   *
   * @param patience how long it lasts at most
   * @param otherwise what those get who have waited so long
   */
  public SharedResult(Duration patience, Function<CompletableFuture<T>, T> otherwise) {
    this.inTime =
        copy()
            .orTimeout(patience.toNanos(), TimeUnit.NANOSECONDS)
            .exceptionally(late -> otherwise.apply(this));
  }

  /** Returns the result, or in good time what there is instead. */
  public CompletableFuture<T> inTime() {
    return inTime;
  }

  /** Returns the same of a look-up under way, if there is anything instead of its result. */
  public static <T> CompletableFuture<T> inTime(CompletableFuture<T> underWay) {
    return underWay instanceof SharedResult<T> shared ? shared.inTime : underWay;
  }
}
