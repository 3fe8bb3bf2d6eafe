package io.scopegate.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.scopegate.backend.Backend;
import io.scopegate.backend.BackendConnection;
import io.scopegate.backend.BackendFailure;
import io.scopegate.policy.Decision;
import io.scopegate.proxy.message.BodyEnd;
import io.scopegate.proxy.message.Fields;
import io.scopegate.proxy.message.Framing;
import io.scopegate.proxy.message.RequestHead;
import io.scopegate.proxy.message.ResponseHead;
import io.scopegate.proxy.message.WebSocketFields;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One request on its way to a backend and the answer on its way back, both as streams; a side that
 * does not read stops the reading of the other. Confined to the channel's event loop.
 */
// Whether a write worked out is told by the channel.
@SuppressWarnings("FutureReturnValueIgnored")
final class Forwarding {
  /** More than this many come of a fault, and each costs both sides something. */
  private static final int MAX_INTERIMS = 100;

  private final Exchange exchange;
  private final Decision.Allow allow;
  private final Backend backend;
  private final BackendConnection connection;
  private final BackendHandler handler;
  private final Channel channel;
  private final Frontend frontend;
  private final Services services;
  private final HeaderRules rules;
  private final Outcome outcome;
  private final long bodyLimitBytes;
  private final Duration answerTimeout;
  private String webSocketKey = "";
  private @Nullable Tunnel tunnel;
  private long bodyBytes;
  private int status;
  private boolean dirty;
  private boolean sent;
  private int interims;
  private boolean answered;
  private boolean answerEnded;
  private boolean reusable;
  private boolean closes;
  private boolean over;

  Forwarding(
      Exchange exchange,
      Decision.Allow allow,
      Backend backend,
      BackendConnection connection,
      Frontend frontend,
      Services services,
      Outcome outcome) {
    this.exchange = exchange;
    this.allow = allow;
    this.backend = backend;
    this.connection = connection;
    this.channel = connection.channel();
    this.handler = BackendHandler.of(channel);
    this.frontend = frontend;
    this.services = services;
    this.rules = services.headerRules();
    this.outcome = outcome;
    this.bodyLimitBytes = bodyLimit(allow, frontend.settings());
    this.answerTimeout =
        allow.row().forwarding().timeout().orElse(backend.settings().firstByteTimeout());
  }

  /** Returns how large a request body may be. */
  static long bodyLimit(Decision.Allow allow, FrontendSettings settings) {
    return allow.row().forwarding().bodyLimitBytes().orElse(settings.bodyLimitBytes());
  }

  Exchange exchange() {
    return exchange;
  }

  Decision.Allow allow() {
    return allow;
  }

  Backend backend() {
    return backend;
  }

  BackendConnection connection() {
    return connection;
  }

  /** Returns the status that was passed on, or 0. */
  int status() {
    return status;
  }

  boolean isAnswered() {
    return answered;
  }

  /** Says whether nothing of what the client sends is read before the backend has agreed. */
  boolean awaitsUpgrade() {
    return exchange.head().opensWebSocket() && !answered;
  }

  /** Says whether the client's connection ends with this answer. */
  boolean closes() {
    return closes;
  }

  /** Writes the head; nothing is sent before {@link #flushRequest}. */
  void start() {
    RequestHead head = exchange.head();
    handler.attach(this, head.isHead());
    Fields fields =
        rules.forBackend(
            head,
            allow,
            frontend.client(),
            exchange.id(),
            backend.settings(),
            connection.endpoint().authority());
    if (head.opensWebSocket()) {
      webSocketKey = HeaderRules.askForWebSocket(fields, frontend.ids());
      frontend.hold();
    }
    String target =
        ForwardedTarget.of(allow.line().target(), allow.row().forwarding().stripPrefix());
    handler
        .writer()
        .writeHead(head.method(), target, fields, head.framing(), HeaderRules.wantsTrailers(head));
    dirty = true;
    boolean clientSends =
        !exchange.isRequestEnded() && !head.expectsContinue() && !head.opensWebSocket();
    if (clientSends && !head.framing().isEmpty()) {
      frontend.deadline().set(Waiting.CLIENT_BODY, frontend.settings().bodyTimeout());
    } else {
      frontend.deadline().set(Waiting.BACKEND_ANSWER, answerTimeout);
    }
  }

  void requestData(ByteBuf data) {
    if (tunnel != null) {
      dirty = true;
      tunnel.fromClient(data);
      return;
    }
    bodyBytes += data.readableBytes();
    if (bodyBytes > bodyLimitBytes) {
      data.release();
      abort();
      if (answered) {
        outcome.brokenOff(this);
      } else {
        outcome.tooLarge(this);
      }
      return;
    }
    handler.writer().writeData(data);
    dirty = true;
    if (channel.isWritable()) {
      frontend.deadline().set(Waiting.CLIENT_BODY, frontend.settings().bodyTimeout());
    } else {
      frontend.hold();
      frontend.deadline().set(Waiting.BACKEND_ANSWER, answerTimeout);
    }
  }

  void requestEnd(BodyEnd end) {
    if (tunnel != null) {
      tunnel.clientEnded(end);
      return;
    }
    handler.writer().writeEnd(HeaderRules.trailers(end.trailers()));
    dirty = true;
    if (!answered) {
      frontend.deadline().set(Waiting.BACKEND_ANSWER, answerTimeout);
    }
  }

  void flushRequest() {
    if (dirty && !over) {
      dirty = false;
      sent = true;
      channel.flush();
    }
    if (tunnel != null) {
      tunnel.endIfClosed();
    }
  }

  /** The backend takes more of the body again. */
  void backendReads() {
    if (awaitsUpgrade()) {
      return;
    }
    if (tunnel == null && !exchange.isRequestEnded()) {
      frontend.deadline().set(Waiting.CLIENT_BODY, frontend.settings().bodyTimeout());
    }
    frontend.release();
  }

  void answer(ResponseHead head) {
    if (head.isInterim()) {
      interim(head);
      return;
    }
    if (head.framing().kind() == Framing.Kind.TUNNEL) {
      beginTunnel(head);
      return;
    }
    RequestHead request = exchange.head();
    answered = true;
    status = head.status();
    connection.answered(status);
    Fields fields = rules.forClient(head, allow, exchange.id(), backend.settings());
    // Who answers before the request is over may not want the rest of it.
    boolean last = !frontend.keepsAlive(request) || !exchange.isRequestEnded();
    closes = frontend.writeHead(head, request, last, fields);
    reusable = head.keepAlive();
    frontend.deadline().set(Waiting.BACKEND_BODY, backend.settings().idleTimeout());
  }

  private void interim(ResponseHead head) {
    RequestHead request = exchange.head();
    interims++;
    if (interims > MAX_INTERIMS) {
      fail(BackendFailure.Kind.MALFORMED);
      return;
    }
    if (request.http10() || (head.status() == 100 && !request.expectsContinue())) {
      return;
    }
    Fields fields = rules.forClient(head, allow, exchange.id(), backend.settings());
    frontend.writeInterim(head.status(), head.reason(), fields);
    if (head.status() == 100 && !exchange.isRequestEnded()) {
      frontend.deadline().set(Waiting.CLIENT_BODY, frontend.settings().bodyTimeout());
    }
  }

  private void beginTunnel(ResponseHead head) {
    String accept = webSocketKey.isEmpty() ? "" : WebSocketFields.acceptOf(webSocketKey);
    if (!head.fields().values(WebSocketFields.ACCEPT).equals(List.of(accept))) {
      // Nobody asked for another protocol, or the answer is to somebody else's question.
      fail(BackendFailure.Kind.MALFORMED);
      return;
    }
    answered = true;
    status = head.status();
    connection.answered(status);
    Fields fields = rules.forClient(head, allow, exchange.id(), backend.settings());
    closes = frontend.writeHead(head, exchange.head(), true, fields);
    exchange.completed(services.events(), status, frontend.nanoTime());
    Tunnel begun =
        new Tunnel(
            allow.caller(),
            frontend,
            handler,
            channel,
            backend.settings().idleTimeout(),
            frontend.ids().next().hashCode(),
            this::finish);
    tunnel = begun;
    services.tunnels().add(begun);
    frontend.beginTunnel();
    if (frontend.isDraining()) {
      begun.close(Tunnel.GOING_AWAY, Tunnel.STOPPING);
    }
  }

  /** Nothing went either way for too long. */
  void expireTunnel() {
    if (tunnel != null) {
      tunnel.expire();
    }
  }

  private void dropTunnel() {
    if (tunnel != null) {
      services.tunnels().remove(tunnel);
      tunnel.drop();
    }
  }

  void answerData(ByteBuf data) {
    if (tunnel != null) {
      tunnel.fromBackend(data);
      return;
    }
    frontend.writeData(data);
    if (frontend.isWritable()) {
      frontend.deadline().set(Waiting.BACKEND_BODY, backend.settings().idleTimeout());
    } else {
      handler.reader().hold();
      frontend.deadline().set(Waiting.CLIENT_READS, frontend.settings().bodyTimeout());
    }
  }

  /** The client takes more of the answer again. */
  void clientReads() {
    if (tunnel == null && answered && !answerEnded) {
      frontend.deadline().set(Waiting.BACKEND_BODY, backend.settings().idleTimeout());
    }
    handler.reader().release();
  }

  void answerEnd(BodyEnd end) {
    frontend.writeEnd(HeaderRules.trailers(end.trailers()));
    answerEnded = true;
  }

  /**
   * Sends on what has come. An answer that is over is finished only here, when everything that the
   * backend had sent is read: what is left then is nobody's answer.
   */
  void answerBatchEnd() {
    if (over) {
      return;
    }
    frontend.flush();
    if (answerEnded) {
      finish();
    } else if (tunnel != null) {
      tunnel.endIfClosed();
    }
  }

  private void finish() {
    if (over) {
      return;
    }
    over = true;
    dropTunnel();
    handler.detach();
    if (reusable && exchange.isRequestEnded() && handler.reader().isClean()) {
      connection.release();
    } else {
      connection.discard();
    }
    outcome.finished(this);
  }

  void backendClosed() {
    if (answerEnded) {
      answerBatchEnd();
    } else {
      fail(BackendFailure.Kind.BROKEN_OFF);
    }
  }

  void fail(BackendFailure.Kind kind) {
    if (over) {
      return;
    }
    if (answerEnded) {
      // The answer is whole; what came behind it spoils only the connection.
      reusable = false;
      answerBatchEnd();
      return;
    }
    boolean pooled = connection.isReused();
    // One that went while it lay unused says nothing about the endpoint.
    boolean refused = kind == BackendFailure.Kind.REFUSED;
    boolean broken = kind == BackendFailure.Kind.BROKEN_OFF;
    if (!refused && (!broken || !pooled || handler.reader().isStarted())) {
      connection.failed();
    }
    boolean again = (refused || broken) && isRepeatable(refused) && backend.grantsRetry(connection);
    abort();
    if (answered) {
      outcome.brokenOff(this);
    } else {
      BackendFailure.Source source =
          pooled ? BackendFailure.Source.POOLED : BackendFailure.Source.FRESH;
      outcome.failed(this, new BackendFailure(source, kind, again));
    }
  }

  /**
   * Says whether the request may go out once more: nothing of an answer was passed on, and nothing
   * of the request has left or nothing is lost and no harm done when it comes twice.
   *
   * @param refused whether the backend has said that it has not looked at it
   */
  private boolean isRepeatable(boolean refused) {
    boolean bodyTaken = bodyBytes > 0 || (exchange.isRequestEnded() && !exchange.isBodiless());
    return !answered
        && interims == 0
        && !bodyTaken
        && (refused || !sent || exchange.isIdempotent());
  }

  /** Something that should not be thrown was, on the backend's side: the client's hears of it. */
  void defect(Throwable thrown) {
    frontend.channel().pipeline().fireExceptionCaught(thrown);
  }

  /** Gives the backend connection up; an unfinished request never looks whole there. */
  void abort() {
    if (!over) {
      over = true;
      dropTunnel();
      handler.detach();
      connection.discard();
    }
  }
}
