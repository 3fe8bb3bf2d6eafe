package io.scopegate.store;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Collects when tokens were last used and writes it to the store now and then, off the way of
 * requests. Safe from any thread; only {@link #flush} and {@link #close} block.
 */
public final class LastUse implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LastUse.class);

  private final IdentityStore store;
  private final Map<String, TokenUse> pending = new ConcurrentHashMap<>();
  private final ScheduledExecutorService schedule =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "last-use");
            thread.setDaemon(true);
            return thread;
          });

  /** Collects for this store and writes once per period. */
  public LastUse(IdentityStore store, Duration period) {
    this.store = store;
    var unused =
        schedule.scheduleWithFixedDelay(
            this::flush, period.toMillis(), period.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Notes a use; of several before the next write the latest noted counts. */
  public void note(String tokenId, TokenUse use) {
    pending.put(tokenId, use);
  }

  /** Writes what was noted. What cannot be written is kept for the next time. */
  public void flush() {
    Map<String, TokenUse> noted = new HashMap<>();
    for (String tokenId : Set.copyOf(pending.keySet())) {
      TokenUse use = pending.remove(tokenId);
      if (use != null) {
        noted.put(tokenId, use);
      }
    }
    if (noted.isEmpty()) {
      return;
    }
    try {
      store.used(noted);
    } catch (StoreFailure e) {
      noted.forEach(pending::putIfAbsent);
      LOG.warn("cannot note when {} tokens were last used: {}", noted.size(), e.getMessage());
    }
  }

  /** Writes what was noted and stops. */
  @Override
  public void close() {
    schedule.shutdown();
    flush();
  }
}
