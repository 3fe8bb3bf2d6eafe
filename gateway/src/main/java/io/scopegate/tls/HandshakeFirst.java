package io.scopegate.tls;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.ssl.SslHandler;
import java.net.SocketAddress;
import java.util.List;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Lets a connection count as made only when its handshake is done and a protocol is agreed on, so
 * that nothing is handed to a backend that has not shown who it is, or that speaks something else.
 * Confined to the channel's event loop.
 */
// What comes of connecting is told by the promise.
@SuppressWarnings("FutureReturnValueIgnored")
final class HandshakeFirst extends ChannelDuplexHandler {
  private final SslHandler handler;
  private final List<String> protocols;
  private final Report report;

  /** Hears how a handshake ended. */
  interface Report {
    /** Takes why it failed; null if it did not. */
    void ended(@Nullable Throwable failure);
  }

  /**
   * Makes one for a connection.
   *
   * @param protocols what may be spoken afterwards
   */
  HandshakeFirst(SslHandler handler, List<String> protocols, Report report) {
    this.handler = handler;
    this.protocols = protocols;
    this.report = report;
  }

  @Override
  public void connect(
      ChannelHandlerContext ctx, SocketAddress remote, SocketAddress local, ChannelPromise whole) {
    ChannelPromise opened = ctx.newPromise();
    opened.addListener(
        open -> {
          if (open.isSuccess()) {
            shakeHands(ctx, whole);
          } else {
            whole.tryFailure(open.cause());
          }
        });
    ctx.connect(remote, local, opened);
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    // Not yet: a codec may begin to speak as soon as it hears of it.
  }

  private void shakeHands(ChannelHandlerContext ctx, ChannelPromise whole) {
    handler
        .handshakeFuture()
        .addListener(
            done -> {
              Throwable failure = done.isSuccess() ? disagreement() : done.cause();
              report.ended(failure);
              if (failure != null) {
                whole.tryFailure(failure);
                ctx.close();
                return;
              }
              ctx.fireChannelActive();
              if (!whole.trySuccess()) {
                ctx.close(); // nobody waits for it any more
              }
            });
  }

  private @Nullable SSLException disagreement() {
    String agreed = handler.applicationProtocol();
    // Without a word on it, it is HTTP/1.1 that is spoken (RFC 9113 §3.2).
    return protocols.contains(agreed == null ? Arrival.HTTP_1_1 : agreed)
        ? null
        : new SSLException(
            "the backend does not agree to speak `" + String.join("` or `", protocols) + "`");
  }
}
