package io.scopegate.backend;

import java.util.List;

/** The endpoints that requests may go to at a moment, with their weights. Immutable. */
final class Choices {
  static final Choices NONE = new Choices(List.of());

  private final Endpoint[] endpoints;
  private final int[] sums;
  private final boolean even;

  /** Takes those with a weight above 0. */
  Choices(List<Endpoint> candidates) {
    this.endpoints =
        candidates.stream().filter(each -> each.url().weight() > 0).toArray(Endpoint[]::new);
    this.sums = new int[endpoints.length];
    boolean same = true;
    int sum = 0;
    for (int i = 0; i < endpoints.length; i++) {
      int weight = endpoints[i].url().weight();
      same &= weight == endpoints[0].url().weight();
      sum += weight;
      sums[i] = sum;
    }
    this.even = same;
  }

  int size() {
    return endpoints.length;
  }

  Endpoint get(int index) {
    return endpoints[index];
  }

  /** Says whether all have the same weight. */
  boolean isEven() {
    return even;
  }

  /** Returns the index that a dice of 31 bits falls on, each as often as its weight says. */
  int drawn(int dice) {
    if (even) {
      return dice % endpoints.length;
    }
    int at = dice % sums[sums.length - 1];
    int index = 0;
    while (at >= sums[index]) {
      index++;
    }
    return index;
  }
}
