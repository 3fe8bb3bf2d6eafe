package io.scopegate.authn.session;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keys of one issuer, kept up to date by their use. They are fetched again in the background
 * when they are half as old as they may get, whoever needs older ones waits for a fetch, and while
 * the issuer is away the last ones stay for a while. No more than one fetch is begun in {@link
 * #PAUSE}, whatever is asked for. Safe from any thread; never blocks.
 */
final class LiveKeys {
  /** How long nobody needs to ask again whether they have changed. */
  static final Duration FRESH_FOR = Duration.ofMinutes(5);

  /** From when on they are fetched ahead. */
  static final Duration DUE_AFTER = Duration.ofSeconds(150);

  /** How long the last ones are good while the issuer cannot be reached. */
  static final Duration GOOD_FOR = Duration.ofHours(1);

  /** Between the beginnings of two fetches. */
  static final Duration PAUSE = Duration.ofSeconds(30);

  /** The same as long as there are no keys at all, and so nobody whom a fetch could serve. */
  static final Duration FIRST_PAUSE = Duration.ofSeconds(2);

  private static final Logger LOG = LoggerFactory.getLogger(LiveKeys.class);

  private final String issuer;
  private final KeySource source;
  private final Clock clock;
  private volatile State state = new State(null, Instant.MIN, Instant.MIN, Instant.MIN, 0);

  /** The fetch under way, if there is one. */
  private @Nullable CompletableFuture<State> fetching;

  /** Counts the demands to look again; a fetch that was begun before the last does not count. */
  private volatile long demands;

  /**
   * What is known. Immutable.
   *
   * @param fetched when the keys came
   * @param begun when the last fetch began
   * @param tried when the last fetch ended, well or not
   * @param demand the last demand that it has met
   */
  private record State(
      @Nullable SigningKeys keys, Instant fetched, Instant begun, Instant tried, long demand) {}

  LiveKeys(String issuer, KeySource source, Clock clock) {
    this.issuer = issuer;
    this.source = source;
    this.clock = clock;
  }

  /**
   * Returns the keys if they can be used at once, and sees to their freshness; null if they have to
   * be waited for.
   */
  @Nullable SigningKeys ready() {
    State now = state;
    Instant moment = clock.instant();
    boolean usable =
        now.keys != null
            && isWithin(now.fetched, GOOD_FOR, moment)
            && isWithin(now.tried, FRESH_FOR, moment)
            && now.demand == demands;
    if (!usable) {
      return null;
    }
    if (!isWithin(now.fetched, DUE_AFTER, moment) && !isWithin(now.begun, PAUSE, moment)) {
      var unused = fetch();
    }
    return now.keys;
  }

  private static boolean isWithin(Instant start, Duration length, Instant moment) {
    return !start.equals(Instant.MIN) && moment.isBefore(start.plus(length));
  }

  /** Returns the keys, fetched if need be; empty if there are none to be had. */
  CompletableFuture<Optional<SigningKeys>> current() {
    SigningKeys ready = ready();
    return ready == null ? renewed() : CompletableFuture.completedFuture(Optional.of(ready));
  }

  /** Returns the keys after a look whether there are new ones, unless that was just done. */
  CompletableFuture<Optional<SigningKeys>> renewed() {
    return fetch().thenApply(this::stillGood);
  }

  private Optional<SigningKeys> stillGood(State now) {
    return isWithin(now.fetched, GOOD_FOR, clock.instant())
        ? Optional.ofNullable(now.keys)
        : Optional.empty();
  }

  /** Demands that nothing be verified any more without a new look at the issuer. */
  synchronized void demand() {
    demands++;
    // Whoever demands it, an operator, may have it now.
    state = new State(state.keys, state.fetched, Instant.MIN, state.tried, state.demand);
    fetching = null;
  }

  /** Begins a fetch, joins the one under way, or does nothing because there just was one. */
  private CompletableFuture<State> fetch() {
    CompletableFuture<State> result = new CompletableFuture<>();
    long demand;
    synchronized (this) {
      if (fetching != null) {
        return fetching;
      }
      Instant moment = clock.instant();
      if (isWithin(state.begun, state.keys == null ? FIRST_PAUSE : PAUSE, moment)) {
        return CompletableFuture.completedFuture(state);
      }
      state = new State(state.keys, state.fetched, moment, state.tried, state.demand);
      fetching = result;
      demand = demands;
    }
    var unused =
        fetched().whenComplete((keys, failure) -> result.complete(ended(demand, keys, failure)));
    return result;
  }

  private CompletableFuture<SigningKeys> fetched() {
    try {
      return source.fetch();
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private synchronized State ended(
      long demand, @Nullable SigningKeys keys, @Nullable Throwable failure) {
    if (demand != demands) {
      // What it read may be from before the last demand.
      return state;
    }
    fetching = null;
    Instant moment = clock.instant();
    if (keys == null) {
      LOG.warn("cannot fetch the keys of the issuer `{}`: {}", issuer, message(failure));
      state = new State(state.keys, state.fetched, state.begun, moment, demand);
    } else {
      SigningKeys old = state.keys;
      // The same object as long as nothing has changed: what was verified by them stays so.
      SigningKeys kept = old != null && old.areSameAs(keys) ? old : keys;
      state = new State(kept, moment, state.begun, moment, demand);
    }
    return state;
  }

  private static String message(@Nullable Throwable failure) {
    Throwable cause = failure == null || failure.getCause() == null ? failure : failure.getCause();
    return String.valueOf(cause == null ? null : cause.getMessage());
  }
}
