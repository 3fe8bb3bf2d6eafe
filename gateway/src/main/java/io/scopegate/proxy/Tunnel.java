package io.scopegate.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.scopegate.backend.BackendConnection;
import io.scopegate.backend.BackendFailure;
import io.scopegate.proxy.message.BodyEnd;
import io.scopegate.proxy.message.ResponseHead;
import java.time.Duration;

/**
 * A WebSocket between a client and a backend: bytes both ways, as they come. It can be closed from
 * inside: with a frame that says why, to both sides and between two frames. Confined to the
 * channel's event loop.
 */
// Whether a write worked out is told by the channel.
@SuppressWarnings("FutureReturnValueIgnored")
final class Tunnel implements Passage, Served {
  /** Says that an endpoint is going away (RFC 6455 §7.4.1). */
  static final int GOING_AWAY = 1001;

  /** Says that what the peer does is against a policy (RFC 6455 §7.4.1). */
  static final int POLICY_VIOLATION = 1008;

  /** The reason when the gateway stops. */
  static final String STOPPING = "the gateway is going away";

  /** How long the sides may take to come to a frame's end and to say farewell. */
  private static final Duration CLOSING = Duration.ofSeconds(1);

  private final Exchange exchange;
  private final Frontend frontend;
  private final BackendHandler backend;
  private final BackendConnection connection;
  private final Channel channel;
  private final Duration idleTimeout;
  private final boolean closes;
  private final Tunnels tunnels;
  private final Outcome outcome;
  private final TunnelWay toBackend;
  private final TunnelWay toClient;
  private boolean answerEnded;
  private boolean closing;
  private boolean over;

  /**
   * Prepares what follows a 101.
   *
   * @param idleTimeout how long neither side may send anything
   * @param closes whether the client's connection ends with it
   * @param tunnels those that are open
   */
  Tunnel(
      Exchange exchange,
      Frontend frontend,
      BackendHandler backend,
      BackendConnection connection,
      Duration idleTimeout,
      boolean closes,
      Tunnels tunnels,
      Outcome outcome) {
    this.exchange = exchange;
    this.frontend = frontend;
    this.backend = backend;
    this.connection = connection;
    this.channel = connection.channel();
    this.idleTimeout = idleTimeout;
    this.closes = closes;
    this.tunnels = tunnels;
    this.outcome = outcome;
    int mask = frontend.ids().next().hashCode();
    this.toBackend =
        TunnelWay.masked(data -> backend.writer().writeData(data), channel.alloc(), mask);
    this.toClient = TunnelWay.plain(frontend::writeData, channel.alloc());
  }

  /** Starts, beginning with what the client has sent already. */
  void begin() {
    waitForMore();
    tunnels.add(this);
    frontend.beginTunnel();
    if (frontend.isDraining()) {
      close(GOING_AWAY, STOPPING);
    }
  }

  @Override
  public Exchange exchange() {
    return exchange;
  }

  @Override
  public int status() {
    return ResponseHead.SWITCHING_PROTOCOLS;
  }

  @Override
  public boolean isAnswered() {
    return true;
  }

  @Override
  public boolean closes() {
    return closes;
  }

  @Override
  public boolean awaitsUpgrade() {
    return false;
  }

  /**
   * Closes it with this code, to both sides; from any thread. What does not come to the end of a
   * frame soon is broken off.
   *
   * @param reason in words; at most 100 characters of ASCII
   */
  void closeSoon(int code, String reason) {
    channel.eventLoop().execute(() -> close(code, reason));
  }

  /**
   * Closes it with this code, to both sides. What does not come to the end of a frame soon is
   * broken off.
   *
   * @param reason in words; at most 100 characters of ASCII
   */
  void close(int code, String reason) {
    if (closing || over) {
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

  @Override
  public void requestData(ByteBuf data) {
    toBackend.pass(data);
    waitForMore();
    if (!closing && !channel.isWritable()) {
      frontend.hold();
    }
  }

  /** The client says nothing more, and may still listen. */
  @Override
  public void requestEnd(BodyEnd end) {
    if (!closing) {
      backend.writer().writeEnd(end.trailers());
    }
  }

  @Override
  public void flushRequest() {
    if (!over) {
      backend.flush(channel);
    }
    endIfClosed();
  }

  @Override
  public void backendReads() {
    frontend.release();
  }

  @Override
  public void clientReads() {
    backend.reader().release();
  }

  @Override
  public void answer(ResponseHead head) {
    fail(BackendFailure.Kind.MALFORMED);
  }

  @Override
  public void answerData(ByteBuf data) {
    toClient.pass(data);
    waitForMore();
    if (!closing && !frontend.isWritable()) {
      backend.reader().hold();
    }
  }

  @Override
  public void answerEnd(BodyEnd end) {
    frontend.writeEnd(HeaderRules.trailers(end.trailers()));
    answerEnded = true;
  }

  @Override
  public void answerBatchEnd() {
    if (over) {
      return;
    }
    frontend.flush();
    if (answerEnded) {
      finish();
    } else {
      endIfClosed();
    }
  }

  private void waitForMore() {
    if (!closing) {
      frontend.deadline().set(Waiting.TUNNEL, idleTimeout);
    }
  }

  /** Everything that came together is passed on. */
  private void endIfClosed() {
    if (closing && toBackend.isFarewellHeard() && toClient.isFarewellHeard()) {
      finish();
    }
  }

  @Override
  public void backendClosed() {
    if (answerEnded) {
      answerBatchEnd();
    } else {
      fail(BackendFailure.Kind.BROKEN_OFF);
    }
  }

  @Override
  public void fail(BackendFailure.Kind kind) {
    if (answerEnded) {
      // It is over; what came behind its end is nobody's.
      answerBatchEnd();
    } else if (!over) {
      connection.failed();
      abort();
      outcome.brokenOff(this);
    }
  }

  @Override
  public void defect(Throwable thrown) {
    frontend.channel().pipeline().fireExceptionCaught(thrown);
  }

  @Override
  public void expire() {
    if (closing) {
      finish();
    } else {
      close(GOING_AWAY, "idle");
    }
  }

  private void finish() {
    if (!over) {
      abort();
      outcome.finished(this);
    }
  }

  @Override
  public void abort() {
    if (!over) {
      over = true;
      tunnels.remove(this);
      toBackend.drop();
      toClient.drop();
      backend.detach();
      connection.discard();
    }
  }
}
