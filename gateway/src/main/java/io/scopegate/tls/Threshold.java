package io.scopegate.tls;

import io.netty.channel.Channel;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * What a connection to a listener goes through before HTTP may begin on it: the word of a proxy on
 * who the client is, and the handshake. Whoever does not get through is closed. Safe from any
 * thread.
 */
public final class Threshold {
  private static final Duration ANNOUNCEMENT_TIMEOUT = Duration.ofSeconds(10);

  private final Optional<ServerTls> tls;
  private final Optional<Predicate<InetAddress>> announcers;

  /** What is beyond. Confined to the channel's event loop. */
  public interface Beyond {

    /** Goes on with HTTP; what the client has sent comes next through the pipeline. */
    void enter(Channel channel, Arrival arrival);

    /** Tells a client that speaks HTTP in the clear where TLS is spoken, and closes. */
    void refuseClearText(Channel channel);
  }

  /**
   * Makes the threshold of a listener.
   *
   * @param tls how TLS is spoken, if it is
   * @param announcers who must begin with a PROXY protocol header, where the listener wants one;
   *     anyone else is closed
   */
  public Threshold(Optional<ServerTls> tls, Optional<Predicate<InetAddress>> announcers) {
    this.tls = tls;
    this.announcers = announcers;
  }

  /** Returns the one that everybody crosses at once. */
  public static Threshold open() {
    return new Threshold(Optional.empty(), Optional.empty());
  }

  /** Says whether TLS is spoken. */
  public boolean isSecure() {
    return tls.isPresent();
  }

  /** Leads a new connection through, on its event loop. */
  public void cross(Channel channel, Beyond beyond) {
    if (tls.isEmpty() && announcers.isEmpty()) {
      beyond.enter(channel, Arrival.inClear(channel.remoteAddress()));
    } else {
      Duration atMost =
          tls.map(one -> one.settings().handshakeTimeout()).orElse(ANNOUNCEMENT_TIMEOUT);
      new Crossing(channel, tls, beyond).start(announcers, atMost);
    }
  }
}
