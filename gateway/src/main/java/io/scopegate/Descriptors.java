package io.scopegate;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/** How many files and sockets this process may have open. Used by the wiring only. */
final class Descriptors {
  private static final int WITHOUT_LIMIT = 1 << 20;
  private static final int MIN_RESERVE = 64;
  private static final int RESERVE_PART = 5;

  private Descriptors() {}

  /**
   * Returns how many may be connections of clients. The reserve, a fifth of all, is for connections
   * to backends, for the store and for the addresses that are not the edge.
   */
  static int forClients() {
    long all =
        ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
            ? Math.min(unix.getMaxFileDescriptorCount(), WITHOUT_LIMIT)
            : WITHOUT_LIMIT;
    return (int) Math.max(1, all - Math.max(MIN_RESERVE, all / RESERVE_PART));
  }
}
