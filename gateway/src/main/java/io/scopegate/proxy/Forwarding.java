package io.scopegate.proxy;

import io.netty.buffer.ByteBuf;
import io.scopegate.backend.Backend;
import io.scopegate.backend.BackendConnection;
import io.scopegate.backend.BackendFailure;
import io.scopegate.policy.Decision;
import io.scopegate.proxy.ExchangeState.Connecting;
import io.scopegate.proxy.message.BodyEnd;
import io.scopegate.proxy.message.Fields;
import io.scopegate.proxy.message.Framing;
import io.scopegate.proxy.message.RequestHead;
import io.scopegate.proxy.message.ResponseHead;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One request on its way to a backend and the answer on its way back, both as streams; a side that
 * does not read stops the reading of the other. Confined to the channel's event loop.
 */
// Whether a write worked out is told by the channel.
@SuppressWarnings("FutureReturnValueIgnored")
final class Forwarding implements Passage, Served {
  /** More than this many come of a fault, and each costs both sides something. */
  private static final int MAX_INTERIMS = 100;

  private final Connecting errand;
  private final Exchange exchange;
  private final BackendConnection connection;
  private final BackendHandler handler;
  private final Frontend frontend;
  private final Services services;
  private final Outcome outcome;
  private final long bodyLimitBytes;
  private final Duration answerTimeout;
  private @Nullable Handshake handshake;
  private long bodyBytes;
  private int status;
  private int interims;
  private boolean answered;
  private boolean answerEnded;
  private boolean reusable;
  private boolean closes;
  private boolean over;

  Forwarding(
      Connecting errand,
      BackendConnection connection,
      Frontend frontend,
      Services services,
      Outcome outcome) {
    this.errand = errand;
    this.exchange = errand.exchange();
    this.connection = connection;
    this.handler = BackendHandler.of(connection.channel());
    this.frontend = frontend;
    this.services = services;
    this.outcome = outcome;
    this.bodyLimitBytes = bodyLimit(errand.allow(), frontend.settings());
    this.answerTimeout =
        errand.allow().row().forwarding().timeout().orElse(settings().firstByteTimeout());
  }

  private Backend.Settings settings() {
    return errand.backend().settings();
  }

  /** Returns how large a request body may be. */
  static long bodyLimit(Decision.Allow allow, FrontendSettings settings) {
    return allow.row().forwarding().bodyLimitBytes().orElse(settings.bodyLimitBytes());
  }

  @Override
  public Exchange exchange() {
    return exchange;
  }

  /** Returns what it is about, for another attempt. */
  Connecting errand() {
    return errand;
  }

  BackendConnection connection() {
    return connection;
  }

  @Override
  public int status() {
    return status;
  }

  @Override
  public boolean isAnswered() {
    return answered;
  }

  @Override
  public boolean awaitsUpgrade() {
    return exchange.head().opensWebSocket() && !answered;
  }

  @Override
  public boolean closes() {
    return closes;
  }

  /** Writes the head; nothing is sent before {@link #flushRequest}. */
  void start() {
    RequestHead head = exchange.head();
    handler.attach(this, head);
    Fields fields =
        services
            .headerRules()
            .forBackend(
                head,
                errand.allow(),
                frontend.client(),
                exchange.id(),
                settings(),
                connection.endpoint().authority());
    if (head.opensWebSocket()) {
      handshake = Handshake.ask(head, fields, connection.isShared(), frontend.ids());
      frontend.hold();
    }
    String target =
        ForwardedTarget.of(
            errand.allow().line().target(), errand.allow().row().forwarding().stripPrefix());
    handler
        .writer()
        .writeHead(head.method(), target, fields, head.framing(), HeaderRules.wantsTrailers(head));
    boolean clientSends =
        !exchange.isRequestEnded() && !head.expectsContinue() && !head.opensWebSocket();
    if (clientSends && !head.framing().isEmpty()) {
      frontend.deadline().set(Waiting.CLIENT_BODY, frontend.settings().bodyTimeout());
    } else if (frontend.deadline().waiting() != Waiting.BACKEND_ANSWER) {
      // Else it goes out once more, in what is left of its time.
      frontend.deadline().set(Waiting.BACKEND_ANSWER, answerTimeout);
    }
  }

  @Override
  public void requestData(ByteBuf data) {
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
    if (connection.channel().isWritable()) {
      frontend.deadline().set(Waiting.CLIENT_BODY, frontend.settings().bodyTimeout());
    } else {
      frontend.hold();
      frontend.deadline().set(Waiting.BACKEND_ANSWER, answerTimeout);
    }
  }

  @Override
  public void requestEnd(BodyEnd end) {
    handler.writer().writeEnd(HeaderRules.trailers(end.trailers()));
    if (!answered && !exchange.isBodiless()) {
      frontend.deadline().set(Waiting.BACKEND_ANSWER, answerTimeout);
    }
  }

  @Override
  public void flushRequest() {
    if (!over) {
      handler.flush(connection.channel());
    }
  }

  @Override
  public void backendReads() {
    if (awaitsUpgrade()) {
      return;
    }
    if (!exchange.isRequestEnded()) {
      frontend.deadline().set(Waiting.CLIENT_BODY, frontend.settings().bodyTimeout());
    }
    frontend.release();
  }

  @Override
  public void answer(ResponseHead head) {
    if (head.isInterim()) {
      interim(head);
      return;
    }
    if (head.framing().kind() == Framing.Kind.TUNNEL) {
      open(head);
      return;
    }
    RequestHead request = exchange.head();
    answered = true;
    status = head.status();
    connection.answered(status);
    Fields fields = fieldsForClient(head);
    CorsFields.addTo(fields, errand.allow(), request.fields());
    // Who answers before the request is over may not want the rest of it.
    boolean last = !frontend.keepsAlive(request) || !exchange.isRequestEnded();
    closes = frontend.writeHead(head, request, last, fields);
    reusable = head.keepAlive();
  }

  private Fields fieldsForClient(ResponseHead head) {
    return services.headerRules().forClient(head, errand.allow(), exchange.id(), settings());
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
    Fields fields = fieldsForClient(head);
    frontend.writeInterim(head.status(), head.reason(), fields);
    if (head.status() == 100 && !exchange.isRequestEnded()) {
      frontend.deadline().set(Waiting.CLIENT_BODY, frontend.settings().bodyTimeout());
    }
  }

  /** Goes over to the WebSocket that was asked for. */
  private void open(ResponseHead head) {
    Handshake asked = handshake;
    if (asked == null || !asked.isMetBy(head)) {
      // Nobody asked for another protocol, or the answer is to somebody else's question.
      fail(BackendFailure.Kind.MALFORMED);
      return;
    }
    answered = true;
    over = true;
    connection.answered(head.status());
    Fields fields = fieldsForClient(head);
    asked.answer(fields);
    boolean closing = frontend.writeHead(head, exchange.head(), true, fields);
    Tunnel tunnel =
        new Tunnel(
            exchange,
            frontend,
            handler,
            connection,
            settings().idleTimeout(),
            closing,
            services.tunnels(),
            outcome);
    handler.handOver(tunnel);
    outcome.opened(tunnel);
    tunnel.begin();
  }

  @Override
  public void answerData(ByteBuf data) {
    frontend.writeData(data);
    if (!frontend.isWritable()) {
      handler.reader().hold();
    }
  }

  @Override
  public void clientReads() {
    if (answered && !answerEnded) {
      awaitMore();
    }
    handler.reader().release();
  }

  @Override
  public void answerEnd(BodyEnd end) {
    frontend.writeEnd(HeaderRules.trailers(end.trailers()));
    answerEnded = true;
  }

  /**
   * Sends on what has come. An answer that is over is finished only here, when everything that the
   * backend had sent is read: what is left then is nobody's answer.
   */
  @Override
  public void answerBatchEnd() {
    if (over) {
      return;
    }
    frontend.flush();
    if (answerEnded) {
      finish();
    } else if (answered) {
      awaitMore();
    }
  }

  /** Once for all that came together: most answers come whole, and then there is no more. */
  private void awaitMore() {
    if (frontend.isWritable()) {
      frontend.deadline().set(Waiting.BACKEND_BODY, settings().idleTimeout());
    } else {
      frontend.deadline().set(Waiting.CLIENT_READS, frontend.settings().bodyTimeout());
    }
  }

  private void finish() {
    over = true;
    handler.detach();
    if (reusable && exchange.isRequestEnded() && handler.reader().isClean()) {
      connection.release();
    } else {
      connection.discard();
    }
    outcome.finished(this);
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
  public void expire() {
    fail(BackendFailure.Kind.TIMEOUT);
  }

  @Override
  public void fail(BackendFailure.Kind kind) {
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
    boolean again =
        (refused || broken) && isRepeatable(refused) && errand.backend().grantsRetry(connection);
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
        && (refused || !handler.hasSent() || exchange.isIdempotent());
  }

  @Override
  public void defect(Throwable thrown) {
    frontend.channel().pipeline().fireExceptionCaught(thrown);
  }

  @Override
  public void abort() {
    if (!over) {
      over = true;
      handler.detach();
      connection.discard();
    }
  }
}
