package io.scopegate.authn;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import com.github.benmanes.caffeine.cache.stats.CacheStats;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A cache in front of slow look-ups: concurrent misses of a key share one, those of several keys go
 * together, nobody waits for long, and what a forgotten key's look-up brings is not kept. What is
 * not known to be true any more is looked up again, and goes on to count for a while if that fails.
 * Safe from any thread; never blocks.
 *
 * @param <K> what is looked up
 * @param <V> what is found
 */
final class SharedLookup<K, V> {
  private static final long RETRY_NANOS = Duration.ofSeconds(1).toNanos();

  private final AsyncCache<K, Outcome<V>> cache;
  private final Function<Set<K>, Map<K, Outcome<V>>> source;
  private final Batches<Load<K, V>> batches;
  private final Batches.Pace pace;
  private final Freshness freshness;
  private final Duration patience;
  private final LongSupplier silenceNanos;
  private final Ticker ticker;
  private volatile long failedNanos;

  /** What came of a look-up; only what was found is kept. */
  sealed interface Outcome<V> {}

  /** Found, by a look-up that started at this moment. */
  record Found<V>(V value, long readNanos) implements Outcome<V> {}

  record Absent<V>() implements Outcome<V> {}

  record Failed<V>() implements Outcome<V> {
    private static final Outcome<?> ONE = new Failed<>();
  }

  /** Returns that a look-up has brought nothing. */
  // It holds no value of any kind.
  @SuppressWarnings("unchecked")
  static <V> Outcome<V> failed() {
    return (Outcome<V>) Failed.ONE;
  }

  /** A look-up to be made, and what was known before. */
  private record Load<K, V>(
      K key, CompletableFuture<Outcome<V>> promise, @Nullable Found<V> known) {}

  /**
   * How long what was found counts. Immutable.
   *
   * @param freshFor without being looked up again, whatever is told
   * @param trustedFor without a sign that all changes were told
   * @param staleIfError while it cannot be looked up again, after it was last known to be true
   */
  record Freshness(Duration freshFor, Duration trustedFor, Duration staleIfError) {}

  /**
   * Looks up with this source, which gives an outcome for every key.
   *
   * @param silenceNanos how long ago it was certain that every change had been told
   */
  SharedLookup(
      Function<Set<K>, Map<K, Outcome<V>>> source,
      Executor executor,
      int size,
      CacheLimits limits,
      LongSupplier silenceNanos,
      Ticker ticker) {
    this.source = source;
    this.freshness = new Freshness(limits.freshFor(), limits.trustedFor(), limits.staleIfError());
    this.patience = limits.patience();
    this.silenceNanos = silenceNanos;
    this.ticker = ticker;
    this.failedNanos = ticker.read() - RETRY_NANOS;
    this.pace = new Batches.Pace(limits.gap().toNanos(), ticker);
    this.batches = new Batches<>(executor, pace, this::lookUp, load -> settle(load, failed()));
    this.cache =
        Caffeine.newBuilder()
            .maximumSize(size)
            .expireAfterWrite(limits.freshFor().plus(limits.staleIfError()))
            .ticker(ticker)
            // Here and in every cache that event loops read: the upkeep is short, and telling
            // another thread to do it costs a reader more.
            .executor(Runnable::run)
            .recordStats()
            .buildAsync();
  }

  /** Returns what is cached and counts, or the look-up under way; null if there is neither. */
  @Nullable CompletableFuture<Outcome<V>> known(K key) {
    CompletableFuture<Outcome<V>> cached = cache.getIfPresent(key);
    if (cached == null) {
      return null;
    }
    if (!cached.isDone()) {
      return SharedResult.inTime(cached);
    }
    if (!(cached.getNow(failed()) instanceof Found<V> found)) {
      return null;
    }
    long now = ticker.read();
    if (isFresh(found, now) || (now - failedNanos < RETRY_NANOS && isUsable(found, now))) {
      return cached;
    }
    return refresh(key, cached, found);
  }

  private boolean isFresh(Found<V> found, long now) {
    long age = now - found.readNanos();
    return age < freshness.freshFor().toNanos()
        && Math.min(age, silenceNanos.getAsLong()) <= freshness.trustedFor().toNanos();
  }

  /** Says whether it goes on to count although it cannot be looked up. */
  private boolean isUsable(Found<V> found, long now) {
    long age = now - found.readNanos();
    long stale = freshness.staleIfError().toNanos();
    return age < freshness.freshFor().toNanos() + stale
        && Math.min(age, silenceNanos.getAsLong()) < stale;
  }

  private @Nullable CompletableFuture<Outcome<V>> refresh(
      K key, CompletableFuture<Outcome<V>> cached, Found<V> found) {
    SharedResult<Outcome<V>> promise =
        new SharedResult<>(patience, late -> inNeed(key, late, found));
    if (!cache.asMap().replace(key, cached, promise)) {
      // Somebody was faster, to look it up or to forget it.
      CompletableFuture<Outcome<V>> other = cache.getIfPresent(key);
      return other == null ? null : SharedResult.inTime(other);
    }
    enqueue(new Load<>(key, promise, found));
    return promise.inTime();
  }

  /** Returns what is known, complete, or starts or joins a look-up. */
  CompletableFuture<Outcome<V>> find(K key) {
    CompletableFuture<Outcome<V>> known = known(key);
    return known != null ? known : start(key);
  }

  /** Starts a look-up of what is not known, or joins one. */
  CompletableFuture<Outcome<V>> start(K key) {
    SharedResult<Outcome<V>> promise = new SharedResult<>(patience, late -> failed());
    // INVARIANT: the promise is in the cache before its look-up starts. So whoever forgets
    // everything after a change meets every look-up that may have read the state before it.
    CompletableFuture<Outcome<V>> earlier = cache.asMap().putIfAbsent(key, promise);
    if (earlier != null) {
      return SharedResult.inTime(earlier);
    }
    enqueue(new Load<>(key, promise, null));
    return promise.inTime();
  }

  private void enqueue(Load<K, V> load) {
    if (!batches.offer(load)) {
      // Too many wait already.
      settle(load, failed());
    }
  }

  private void lookUp(List<Load<K, V>> loads) {
    Map<K, Outcome<V>> outcomes = new HashMap<>();
    try {
      Map<K, Load<K, V>> byKey = new HashMap<>();
      loads.forEach(load -> byKey.put(load.key(), load));
      outcomes.putAll(source.apply(byKey.keySet()));
    } finally {
      boolean failed = false;
      for (Load<K, V> load : loads) {
        Outcome<V> outcome = outcomes.getOrDefault(load.key(), failed());
        failed |= outcome instanceof Failed;
        settle(load, outcome);
      }
      if (failed) {
        failedNanos = ticker.read();
        pace.slowDown();
      }
    }
  }

  private void settle(Load<K, V> load, Outcome<V> outcome) {
    Outcome<V> result =
        outcome instanceof Failed ? inNeed(load.key(), load.promise(), load.known()) : outcome;
    if (!(result instanceof Found)) {
      // Before it completes, so that nobody who comes later sees it.
      cache.asMap().remove(load.key(), load.promise());
    }
    load.promise().complete(result);
  }

  /** Returns what goes on to count, if nobody was told otherwise meanwhile. */
  private Outcome<V> inNeed(
      K key, CompletableFuture<Outcome<V>> promise, @Nullable Found<V> known) {
    return known != null && isUsable(known, ticker.read()) && cache.asMap().get(key) == promise
        ? known
        : failed();
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
    pace.slowDown();
    cache.asMap().keySet().forEach(this::forget);
  }

  /** Says how many look-ups wait for their turn. */
  int waiting() {
    return batches.size();
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
