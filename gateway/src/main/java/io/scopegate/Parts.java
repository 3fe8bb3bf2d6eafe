package io.scopegate;

import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What was started, to be closed in the opposite order. */
final class Parts implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Parts.class);

  private final Deque<AutoCloseable> started = new ArrayDeque<>();

  /** Keeps a part that was just started. */
  <T extends AutoCloseable> T keep(T part) {
    started.push(part);
    return part;
  }

  /** Closes everything; one part that fails does not keep the others open. */
  @Override
  public void close() {
    while (!started.isEmpty()) {
      AutoCloseable part = started.pop();
      try {
        part.close();
      } catch (Exception e) {
        LOG.warn("cannot close {}", part.getClass().getSimpleName(), e);
      }
    }
  }
}
