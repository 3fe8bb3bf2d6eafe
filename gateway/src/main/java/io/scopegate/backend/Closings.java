package io.scopegate.backend;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;

/**
 * Closes connections that were given up, a few at a time, and then everyone else on the event loop
 * comes first: a client that goes gives up as many as it had streams. Confined to the channel's
 * event loop.
 */
// Whether a close or a timer worked out is told by the channel.
@SuppressWarnings("FutureReturnValueIgnored")
final class Closings {
  private static final int AT_ONCE = 8;

  private final EventLoop loop;
  private final ArrayDeque<Channel> waiting = new ArrayDeque<>(AT_ONCE);
  private int left = AT_ONCE;
  private boolean scheduled;

  Closings(EventLoop loop) {
    this.loop = loop;
  }

  /** Closes a connection that nobody uses any more, now or soon. */
  void add(Channel channel) {
    waiting.addLast(channel);
    close();
  }

  private void close() {
    for (; left > 0 && !waiting.isEmpty(); left--) {
      waiting.removeFirst().close();
    }
    if (!scheduled) {
      scheduled = true;
      // Not as a plain task: those run until none is left, and sockets are looked at afterwards.
      loop.schedule(this::goOn, 0, TimeUnit.NANOSECONDS);
    }
  }

  private void goOn() {
    scheduled = false;
    left = AT_ONCE;
    if (!waiting.isEmpty()) {
      close();
    }
  }
}
