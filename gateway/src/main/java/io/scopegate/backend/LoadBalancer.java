package io.scopegate.backend;

import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;

/** Chooses the less loaded of two random endpoints. Safe from any thread. */
final class LoadBalancer {
  private static final long GOLDEN = 0x9e3779b97f4a7c15L;

  private final List<Endpoint> endpoints;
  private final AtomicLong state;

  LoadBalancer(List<Endpoint> endpoints, RandomGenerator random) {
    this.endpoints = List.copyOf(endpoints);
    this.state = new AtomicLong(random.nextLong());
    if (endpoints.isEmpty()) {
      throw new IllegalArgumentException("a backend needs an endpoint");
    }
  }

  Endpoint choose() {
    int count = endpoints.size();
    if (count == 1) {
      return endpoints.get(0);
    }
    long dice = roll();
    int first = (int) ((dice >>> 33) % count);
    // The second among the others, so that two of two are always compared.
    int second = (first + 1 + (int) ((dice & 0x7fffffff) % (count - 1))) % count;
    Endpoint one = endpoints.get(first);
    Endpoint other = endpoints.get(second);
    return other.activeRequests() < one.activeRequests() ? other : one;
  }

  /** Returns the endpoint that comes after one that could not be reached. */
  Endpoint after(Endpoint failed) {
    return endpoints.get((endpoints.indexOf(failed) + 1) % endpoints.size());
  }

  int size() {
    return endpoints.size();
  }

  // SplitMix64: one atomic addition, whoever asks.
  private long roll() {
    long z = state.addAndGet(GOLDEN);
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }
}
