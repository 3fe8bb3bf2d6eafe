package io.scopegate.proxy;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The WebSockets that are open. Safe from any thread. */
public final class Tunnels {
  private final Set<Tunnel> open = ConcurrentHashMap.newKeySet();

  Tunnels() {}

  void add(Tunnel tunnel) {
    open.add(tunnel);
  }

  void remove(Tunnel tunnel) {
    open.remove(tunnel);
  }

  /** Returns how many there are. */
  public int count() {
    return open.size();
  }

  /**
   * Closes them with a code.
   *
   * @param reason in words; at most 100 characters of ASCII
   */
  void close(int code, String reason) {
    for (Tunnel tunnel : open) {
      tunnel.closeSoon(code, reason);
    }
  }
}
