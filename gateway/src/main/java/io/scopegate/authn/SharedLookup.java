package io.scopegate.authn;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import com.github.benmanes.caffeine.cache.stats.CacheStats;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A cache in front of slow look-ups: concurrent misses share one, nobody waits, and what a
 * forgotten key's look-up brings is not kept. Safe from any thread; never blocks.
 *
 * @param <K> what is looked up
 * @param <V> what is found
 */
final class SharedLookup<K, V> {
  private final AsyncCache<K, Outcome<V>> cache;
  private final Function<K, Outcome<V>> source;
  private final Executor executor;

  /** What came of a look-up; only what was found is kept. */
  sealed interface Outcome<V> {}

  record Found<V>(V value) implements Outcome<V> {}

  record Absent<V>() implements Outcome<V> {}

  record Failed<V>() implements Outcome<V> {}

  SharedLookup(
      Function<K, Outcome<V>> source,
      Executor executor,
      int size,
      Duration freshFor,
      Ticker ticker) {
    this.source = source;
    this.executor = executor;
    this.cache =
        Caffeine.newBuilder()
            .maximumSize(size)
            .expireAfterWrite(freshFor)
            .ticker(ticker)
            .recordStats()
            .buildAsync();
  }

  /** Returns what is cached, or the look-up under way; null if there is neither. */
  @Nullable CompletableFuture<Outcome<V>> known(K key) {
    return cache.getIfPresent(key);
  }

  /** Returns what is known, complete, or starts or joins a look-up. */
  CompletableFuture<Outcome<V>> find(K key) {
    CompletableFuture<Outcome<V>> known = known(key);
    return known != null ? known : start(key);
  }

  /** Starts a look-up of what is not known, or joins one. */
  CompletableFuture<Outcome<V>> start(K key) {
    CompletableFuture<Outcome<V>> promise = new CompletableFuture<>();
    // INVARIANT: the promise is in the cache before its look-up starts. So whoever forgets
    // everything after a change meets every look-up that may have read the state before it.
    CompletableFuture<Outcome<V>> earlier = cache.asMap().putIfAbsent(key, promise);
    if (earlier != null) {
      return earlier;
    }
    try {
      executor.execute(() -> lookUp(key, promise));
    } catch (RejectedExecutionException e) {
      // Too many wait already.
      settle(key, promise, new Failed<>());
    }
    return promise;
  }

  private void lookUp(K key, CompletableFuture<Outcome<V>> promise) {
    Outcome<V> outcome = new Failed<>();
    try {
      outcome = source.apply(key);
    } finally {
      settle(key, promise, outcome);
    }
  }

  private void settle(K key, CompletableFuture<Outcome<V>> promise, Outcome<V> outcome) {
    if (!(outcome instanceof Found)) {
      // Before it completes, so that nobody who comes later sees it.
      cache.asMap().remove(key, promise);
    }
    promise.complete(outcome);
  }

  /**
   * Forgets a key. A look-up under way goes on for those who wait for it, and what it brings is
   * dropped: it may have read the store before the change that is told here.
   */
  void forget(K key) {
    cache.asMap().remove(key);
  }

  /** Forgets everything, in the same way. */
  void forgetAll() {
    cache.asMap().keySet().forEach(this::forget);
  }

  CacheFigures figures(String name) {
    CacheStats stats = cache.synchronous().stats();
    return new CacheFigures(
        name,
        cache.synchronous().estimatedSize(),
        stats.hitCount(),
        stats.missCount(),
        stats.evictionCount());
  }
}
