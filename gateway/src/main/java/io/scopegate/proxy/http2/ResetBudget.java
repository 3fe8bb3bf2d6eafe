package io.scopegate.proxy.http2;

import java.time.Duration;

/**
 * How many streams of one connection we may reset in a while on the client's account. A client that
 * makes us do so gets work done outside of any limit on streams (CVE-2025-8671). Confined to the
 * channel's event loop.
 */
final class ResetBudget {
  private static final int MAX_RESETS = 200;
  private static final long WINDOW_NANOS = Duration.ofSeconds(30).toNanos();

  private long windowStart;
  private int resets;

  ResetBudget(long nanoTime) {
    this.windowStart = nanoTime;
  }

  /** Counts a reset; returns false if it is one too many. */
  boolean spend(long nanoTime) {
    if (nanoTime - windowStart > WINDOW_NANOS) {
      windowStart = nanoTime;
      resets = 0;
    }
    resets++;
    return resets <= MAX_RESETS;
  }
}
