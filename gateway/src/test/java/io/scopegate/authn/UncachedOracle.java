package io.scopegate.authn;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * What would be said without a cache: everything that was ever true of some keys, and when.
 * Confined to the thread of its test.
 *
 * @param <K> of what it was true
 * @param <V> what was true
 */
final class UncachedOracle<K, V> {
  private static final long KEPT_MILLIS = 120_000;
  private static final int KEPT_EVENTS = 8;

  private final Map<K, List<Version<V>>> histories = new HashMap<>();

  /** Per key the events at which a change of it was told. */
  private final Map<K, TreeSet<Long>> told = new HashMap<>();

  /**
   * A moment, finer than any clock.
   *
   * @param event counts what happens
   */
  record Moment(long millis, long event) {
    static final Moment NEVER = new Moment(Long.MAX_VALUE, Long.MAX_VALUE);

    boolean isBefore(Moment other) {
      return event < other.event;
    }
  }

  /** What was true for a while. */
  record Version<V>(Optional<V> value, Moment from, Moment until) {
    /**
     * Returns when it was true for the last time that anybody could have read it.
     *
     * @param readable the last moment at which the store could be read
     */
    long lastMillis(Moment readable) {
      return Math.min(until.millis(), readable.millis());
    }
  }

  /**
   * Notes what is true now.
   *
   * @param isTold whether everybody is told if that is new
   */
  void note(K key, Optional<V> value, Moment now, boolean isTold) {
    List<Version<V>> history = histories.computeIfAbsent(key, same -> new ArrayList<>());
    if (!history.isEmpty()) {
      Version<V> last = history.get(history.size() - 1);
      if (last.value().equals(value)) {
        return;
      }
      history.set(history.size() - 1, new Version<>(last.value(), last.from(), now));
      history.removeIf(old -> old.until().millis() < now.millis() - KEPT_MILLIS);
      if (isTold) {
        tell(key, now);
      }
    }
    history.add(new Version<>(value, now, Moment.NEVER));
  }

  /** Notes that everything was told by now. */
  void allTold(Moment now) {
    histories.keySet().forEach(key -> tell(key, now));
  }

  private void tell(K key, Moment now) {
    TreeSet<Long> events = told.computeIfAbsent(key, same -> new TreeSet<>());
    events.add(now.event());
    if (events.size() > KEPT_EVENTS) {
      events.pollFirst();
    }
  }

  /** Returns what is true. */
  Optional<V> now(K key) {
    List<Version<V>> history = histories.getOrDefault(key, List.of());
    return history.isEmpty() ? Optional.empty() : history.get(history.size() - 1).value();
  }

  /**
   * Returns what may be said of a key: what nobody was told to be over before the request began,
   * and could be read recently enough.
   *
   * @param begin when the request began
   * @param readable the last moment at which the store could be read
   */
  List<Optional<V>> admissible(
      K key, Moment begin, Moment readable, Predicate<Version<V>> isRecent) {
    Long last = told.getOrDefault(key, new TreeSet<>()).floor(begin.event());
    List<Optional<V>> values = new ArrayList<>();
    for (Version<V> version : histories.getOrDefault(key, List.of())) {
      if ((last == null || version.until().event() > last)
          && !readable.isBefore(version.from())
          && isRecent.test(version)) {
        values.add(version.value());
      }
    }
    return values;
  }
}
