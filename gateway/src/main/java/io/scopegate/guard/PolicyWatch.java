package io.scopegate.guard;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reloads the policy when the content of one of its files changes. It looks at contents again and
 * again instead of listening to the file system, because a mounted ConfigMap changes by the swap of
 * a symbolic link further up, and network file systems tell nothing. Safe from any thread.
 */
public final class PolicyWatch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(PolicyWatch.class);

  private final LivePolicy livePolicy;
  private final ScheduledExecutorService schedule =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "policy-watch");
            thread.setDaemon(true);
            return thread;
          });

  /** Per file the digest of the content that is in force, or was refused. */
  private Map<Path, String> judged;

  /** The same of the last look. */
  private Map<Path, String> seen;

  /** Watches the files of a policy that was just read. */
  public PolicyWatch(LivePolicy livePolicy) {
    this.livePolicy = livePolicy;
    this.judged = contents();
    this.seen = judged;
  }

  /** Looks once per period from now on. */
  public void start(Duration period) {
    var unused =
        schedule.scheduleWithFixedDelay(
            this::lookSafely, period.toMillis(), period.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void lookSafely() {
    try {
      look();
    } catch (RuntimeException e) {
      // A schedule ends with the first exception: watching must outlive a defect.
      LOG.error("cannot watch the route table; will look again", e);
    }
  }

  /**
   * Looks once. A change counts only when two looks in a row find the same content, so that a file
   * that is being written is not taken for whole.
   */
  synchronized void look() {
    Map<Path, String> now = contents();
    if (!now.equals(judged) && now.equals(seen)) {
      reload();
      // What changed while it was read differs from this at the next look, and is read again.
      Map<Path, String> after = contents();
      after.replaceAll((file, digest) -> now.getOrDefault(file, digest));
      judged = after;
      seen = after;
    } else {
      seen = now;
    }
  }

  private void reload() {
    LivePolicy.Reload reload = livePolicy.reload();
    if (reload.ok()) {
      LOG.info(
          "files have changed: generation {} of the route table is in force", reload.generation());
    } else {
      LOG.error("the route table has errors: generation {} stays in force", reload.generation());
    }
    reload.problems().forEach(problem -> LOG.warn("{}", problem));
  }

  private Map<Path, String> contents() {
    Map<Path, String> contents = new HashMap<>();
    for (Path file : livePolicy.files()) {
      contents.put(file, content(file));
    }
    return contents;
  }

  private static String content(Path file) {
    try {
      return HexFormat.of().formatHex(sha256().digest(Files.readAllBytes(file)));
    } catch (IOException e) {
      return "unreadable";
    }
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** Stops looking. */
  @Override
  public void close() {
    schedule.shutdownNow();
  }
}
