package io.scopegate.guard;

import io.scopegate.event.GatewayEvents;
import io.scopegate.file.Problem;
import io.scopegate.policy.Policy;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Holds the policy in force. It is read once per request and swapped whole: the next one is
 * validated first, and if it has an error the old one stays. Safe from any thread; only {@link
 * #reload} blocks.
 */
public final class LivePolicy {
  private final PolicySource source;
  private final GatewayEvents events;
  private final ReentrantLock reloading = new ReentrantLock();
  private volatile Policy current;
  private volatile Reload lastReload;
  private volatile Set<Path> files;

  /**
   * What came of the last reading.
   *
   * @param ok whether it is in force
   * @param generation the one in force after it
   * @param problems errors if it is not, or warnings alone
   */
  public record Reload(boolean ok, long generation, List<Problem> problems) {
    /** Copies what it is given. */
    public Reload {
      problems = List.copyOf(problems);
    }
  }

  /**
   * Starts with what was read first.
   *
   * @param source read again at every reload
   * @throws IllegalArgumentException if there is no policy in it
   */
  public LivePolicy(PolicySource.Loaded first, PolicySource source, GatewayEvents events) {
    Policy policy =
        first
            .policy()
            .orElseThrow(() -> new IllegalArgumentException("there is no policy to start with"))
            .withGeneration(1);
    this.source = source;
    this.events = events;
    this.current = policy;
    this.files = first.files();
    this.lastReload = new Reload(true, policy.generation(), first.problems());
  }

  /** Starts with this policy, which stays: to reload changes nothing. */
  public LivePolicy(Policy only) {
    this(unchanging(only), () -> unchanging(only), GatewayEvents.NONE);
  }

  private static PolicySource.Loaded unchanging(Policy policy) {
    return new PolicySource.Loaded(Optional.of(policy), List.of(), Set.of());
  }

  /** Returns the policy in force. */
  public Policy current() {
    return current;
  }

  /** Returns what came of the last reading; the first one was good. */
  public Reload lastReload() {
    return lastReload;
  }

  /** Returns the files of the last reading, good or bad. */
  public Set<Path> files() {
    return files;
  }

  /**
   * Reads the policy again, and puts it in force for every request that starts from now on if there
   * is no error in it.
   */
  public Reload reload() {
    reloading.lock();
    try {
      PolicySource.Loaded loaded = source.read();
      // Files that a broken one no longer names may be the ones that mend it.
      files = loaded.files().isEmpty() ? files : loaded.files();
      boolean ok = loaded.policy().isPresent();
      if (ok) {
        current = loaded.policy().get().withGeneration(current.generation() + 1);
      }
      Reload reload = new Reload(ok, current.generation(), loaded.problems());
      lastReload = reload;
      events.reloaded(ok, reload.generation());
      return reload;
    } finally {
      reloading.unlock();
    }
  }
}
