package io.scopegate.backend;

import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Chooses the less loaded of two random endpoints: a few reads of what others have written. Safe
 * from any thread.
 */
final class LoadBalancer {
  private static final long GOLDEN = 0x9e3779b97f4a7c15L;
  private static final int DRAWS = 8;

  private final AtomicLong state;
  private final LongSupplier nanoTime;

  LoadBalancer(RandomGenerator random, LongSupplier nanoTime) {
    this.state = new AtomicLong(random.nextLong());
    this.nanoTime = nanoTime;
  }

  /**
   * Returns the endpoint for a request, or null if there is none that was not tried.
   *
   * @param tried those that have failed it already
   */
  @Nullable Endpoint choose(Choices choices, List<Endpoint> tried) {
    int count = choices.size();
    if (count <= 1) {
      return count == 0 || tried.contains(choices.get(0)) ? null : choices.get(0);
    }
    for (int i = 0; i < DRAWS; i++) {
      long dice = roll();
      int first = choices.drawn((int) (dice >>> 33));
      Endpoint one = choices.get(first);
      if (takes(one, tried)) {
        Endpoint other = choices.get(second(choices, first, (int) (dice & 0x7fffffff)));
        return isLessLoaded(other, one) && takes(other, tried) ? other : one;
      }
    }
    return anyOf(choices, tried);
  }

  /**
   * Among even ones the second is another, so that two of two are always compared. By weight it is
   * drawn like the first: were the light one compared each time, it would get a share of requests
   * by being idle that its weight does not give it.
   */
  private static int second(Choices choices, int first, int dice) {
    int count = choices.size();
    return choices.isEven() ? (first + 1 + dice % (count - 1)) % count : choices.drawn(dice);
  }

  private static boolean isLessLoaded(Endpoint other, Endpoint one) {
    return (long) other.activeRequests() * one.url().weight()
        < (long) one.activeRequests() * other.url().weight();
  }

  private boolean takes(Endpoint endpoint, List<Endpoint> tried) {
    if (!endpoint.hasRoom() || (!tried.isEmpty() && tried.contains(endpoint))) {
      return false;
    }
    if (endpoint.circuit().state() == Circuit.State.HALF_OPEN) {
      return endpoint.activeRequests() == 0;
    }
    return !endpoint.isWarming() || endpoint.share(nanoTime.getAsLong()) >= fraction();
  }

  /** Nobody was drawn who takes it: whoever is left does, one that is on trial last. */
  private @Nullable Endpoint anyOf(Choices choices, List<Endpoint> tried) {
    Endpoint best = null;
    int bestRank = Integer.MAX_VALUE;
    // From anywhere: otherwise the first would get what all others refuse.
    int start = choices.drawn((int) (roll() >>> 33));
    for (int i = 0; i < choices.size(); i++) {
      Endpoint endpoint = choices.get((start + i) % choices.size());
      int rank =
          (endpoint.hasRoom() ? 0 : 1)
              + (endpoint.circuit().state() == Circuit.State.HALF_OPEN ? 2 : 0);
      if (rank < bestRank && !tried.contains(endpoint)) {
        best = endpoint;
        bestRank = rank;
      }
    }
    return best;
  }

  /** Returns a random number from 0 to 1. */
  double fraction() {
    return (roll() >>> 11) * 0x1.0p-53;
  }

  // SplitMix64: one atomic addition, whoever asks.
  private long roll() {
    long z = state.addAndGet(GOLDEN);
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }
}
