package io.scopegate.tls;

import io.netty.channel.Channel;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.haproxy.HAProxyMessageDecoder;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** One connection on its way over a threshold. Confined to the channel's event loop. */
// Whether a close worked out is told by the channel.
@SuppressWarnings("FutureReturnValueIgnored")
final class Crossing {
  /** More than any proxy adds to a header (PROXY protocol §2.2), and not much to keep. */
  private static final int MAX_TLV_BYTES = 4096;

  private final Channel channel;
  private final Optional<ServerTls> tls;
  private final Threshold.Beyond beyond;
  private SocketAddress peer;
  private @Nullable Future<?> deadline;

  Crossing(Channel channel, Optional<ServerTls> tls, Threshold.Beyond beyond) {
    this.channel = channel;
    this.tls = tls;
    this.beyond = beyond;
    this.peer = channel.remoteAddress();
  }

  void start(Optional<Predicate<InetAddress>> announcers, Duration atMost) {
    if (announcers.isPresent() && !isAnnouncer(announcers.get())) {
      channel.close();
      return;
    }
    // One deadline for all of it, or a client could take the time of each step.
    Future<?> timer =
        channel.eventLoop().schedule(this::expire, atMost.toMillis(), TimeUnit.MILLISECONDS);
    deadline = timer;
    channel.closeFuture().addListener(closed -> timer.cancel(false));
    if (announcers.isPresent()) {
      channel.pipeline().addLast(new HAProxyMessageDecoder(MAX_TLV_BYTES), new AnnouncedPeer(this));
    } else {
      shakeHands();
    }
  }

  private boolean isAnnouncer(Predicate<InetAddress> announcers) {
    return peer instanceof InetSocketAddress inet
        && inet.getAddress() != null
        && announcers.test(inet.getAddress());
  }

  private void expire() {
    tls.ifPresent(ServerTls::failed);
    channel.close();
  }

  /** Goes on after an announcement, which may have been that there is nothing to announce. */
  void announced(Optional<InetSocketAddress> client) {
    client.ifPresent(address -> peer = address);
    shakeHands();
  }

  private void shakeHands() {
    if (tls.isEmpty()) {
      cancelDeadline();
      beyond.enter(channel, Arrival.inClear(peer));
      return;
    }
    ServerTls server = tls.get();
    channel
        .pipeline()
        .addLast(
            new ClearTextGuard(this),
            new ServerNameHandler(server.contexts(), server.settings().handshakeTimeout()),
            new HandshakeEnd(this));
  }

  void secured(SslHandler handler) {
    cancelDeadline();
    ServerTls server = tls.orElseThrow();
    server.succeeded();
    String agreed = handler.applicationProtocol();
    beyond.enter(
        channel,
        new Arrival(
            peer,
            true,
            agreed == null ? Arrival.HTTP_1_1 : agreed,
            server.identity(handler.engine().getSession())));
  }

  /** Takes the handshake down again for a client that has begun with HTTP. */
  void clearText() {
    cancelDeadline();
    tls.ifPresent(ServerTls::failed);
    ChannelPipeline pipeline = channel.pipeline();
    pipeline.remove(ServerNameHandler.class);
    pipeline.remove(HandshakeEnd.class);
    beyond.refuseClearText(channel);
  }

  void failed() {
    cancelDeadline();
    tls.ifPresent(ServerTls::failed);
  }

  private void cancelDeadline() {
    if (deadline != null) {
      deadline.cancel(false);
      deadline = null;
    }
  }
}
