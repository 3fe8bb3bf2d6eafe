package io.scopegate.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.scopegate.policy.Caller;
import io.scopegate.proxy.message.BodyEnd;
import java.time.Duration;

/**
 * A WebSocket between a client and a backend: bytes both ways, as they come. It can be closed from
 * inside: with a frame that says why, to both sides and between two frames. Safe from any thread
 * where it is public, else confined to the channel's event loop.
 */
// Whether a write worked out is told by the channel.
@SuppressWarnings("FutureReturnValueIgnored")
public final class Tunnel {
  /** Says that an endpoint is going away (RFC 6455 §7.4.1). */
  public static final int GOING_AWAY = 1001;

  /** Says that what the peer does is against a policy (RFC 6455 §7.4.1). */
  public static final int POLICY_VIOLATION = 1008;

  /** The reason when the gateway stops. */
  static final String STOPPING = "the gateway is going away";

  /** How long the sides may take to come to a frame's end and to say farewell. */
  private static final Duration CLOSING = Duration.ofSeconds(2);

  private final Caller caller;
  private final Frontend frontend;
  private final BackendHandler backend;
  private final Channel channel;
  private final Duration idleTimeout;
  private final TunnelWay toBackend;
  private final TunnelWay toClient;
  private final Runnable ended;
  private boolean closing;

  /**
   * Starts behind a 101.
   *
   * @param idleTimeout how long neither side may send anything
   * @param mask with which our own frames to the backend are masked
   * @param ended called when nothing more is to come
   */
  Tunnel(
      Caller caller,
      Frontend frontend,
      BackendHandler backend,
      Channel channel,
      Duration idleTimeout,
      int mask,
      Runnable ended) {
    this.caller = caller;
    this.frontend = frontend;
    this.backend = backend;
    this.channel = channel;
    this.idleTimeout = idleTimeout;
    this.toBackend = TunnelWay.masked(backend.writer()::writeData, channel.alloc(), mask);
    this.toClient = TunnelWay.plain(frontend::writeData, channel.alloc());
    this.ended = ended;
    waitForMore();
  }

  /** Returns who opened it. */
  public Caller caller() {
    return caller;
  }

  /**
   * Closes it with this code, to both sides. What does not come to the end of a frame soon is
   * broken off.
   *
   * @param reason in words; at most 100 characters of ASCII
   */
  public void close(int code, String reason) {
    channel.eventLoop().execute(() -> closeHere(code, reason));
  }

  void closeHere(int code, String reason) {
    if (closing) {
      return;
    }
    closing = true;
    frontend.deadline().set(Waiting.TUNNEL, CLOSING);
    toBackend.close(code, reason);
    toClient.close(code, reason);
    frontend.flush();
    channel.flush();
    // Whoever was kept from sending may have the end of a frame to send.
    frontend.release();
    backend.reader().release();
    endIfClosed();
  }

  void fromClient(ByteBuf data) {
    toBackend.pass(data);
    waitForMore();
    if (!closing && !channel.isWritable()) {
      frontend.hold();
    }
  }

  void fromBackend(ByteBuf data) {
    toClient.pass(data);
    waitForMore();
    if (!closing && !frontend.isWritable()) {
      backend.reader().hold();
    }
  }

  private void waitForMore() {
    if (!closing) {
      frontend.deadline().set(Waiting.TUNNEL, idleTimeout);
    }
  }

  /** The client says nothing more, and may still listen. */
  void clientEnded(BodyEnd end) {
    if (!closing) {
      backend.writer().writeEnd(end.trailers());
    }
  }

  /** Everything that came together is passed on. */
  void endIfClosed() {
    if (closing && toBackend.isFarewellHeard() && toClient.isFarewellHeard()) {
      ended.run();
    }
  }

  /** Gives up what was not sent. */
  void drop() {
    toBackend.drop();
    toClient.drop();
  }

  void expire() {
    if (closing) {
      ended.run();
    } else {
      closeHere(GOING_AWAY, "idle");
    }
  }
}
