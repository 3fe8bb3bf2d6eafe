package io.scopegate.proxy;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.scopegate.backend.Backend;
import io.scopegate.backend.BackendConnection;
import io.scopegate.backend.BackendFailure;
import io.scopegate.guard.LocalBackend;
import io.scopegate.policy.Caller;
import io.scopegate.policy.Decision;
import io.scopegate.proxy.ExchangeState.Connecting;
import io.scopegate.proxy.ExchangeState.Judging;

/**
 * Sends requests that were allowed on their way: over a connection to a backend that is leased for
 * them, or to a backend inside the gateway. Confined to the channel's event loop.
 */
// What becomes of a lease is told by its listener.
@SuppressWarnings("FutureReturnValueIgnored")
final class Dispatch {
  private final Services services;
  private final Frontend frontend;
  private final OwnAnswers answers;
  private final Course course;
  private final EventLoop loop;
  private final ExchangeWatch watch;

  Dispatch(Services services, Frontend frontend, OwnAnswers answers, Course course) {
    this.services = services;
    this.frontend = frontend;
    this.answers = answers;
    this.course = course;
    this.loop = frontend.channel().eventLoop();
    this.watch = services.watch(loop);
  }

  /** Sends a request off, or says why it cannot go. */
  void send(Judging judging, Decision.Allow allow) {
    Exchange exchange = judging.exchange();
    if (allow.caller() instanceof Caller.Authenticated) {
      watch.add(exchange);
    }
    Backend backend = services.backends().get(allow.row().forwarding().backend());
    boolean webSocket = exchange.head().opensWebSocket();
    if (webSocket && (backend == null || !allow.row().forwarding().webSocket())) {
      refuse(exchange, Fault.BAD_REQUEST, "no WebSocket can be opened here");
    } else if (backend == null) {
      answerHere(judging, allow);
    } else if (!HeaderRules.canTell(allow)) {
      refuse(exchange, Fault.INTERNAL, "the places of this caller are too many to be passed on");
    } else if (exchange.head().framing().length()
        > Forwarding.bodyLimit(allow, frontend.settings())) {
      refuse(exchange, Fault.BODY_TOO_LARGE, "the body is larger than this route takes");
    } else {
      connect(judging.connecting(allow, backend), backend.lease(allow, loop));
    }
  }

  /** Sends a request off once more, in what is left of its time. */
  void sendAgain(Forwarding failed) {
    if (frontend.deadline().waiting() != Waiting.BACKEND_ANSWER) {
      frontend.deadline().clear();
    }
    Connecting errand = failed.errand();
    connect(errand, errand.backend().leaseAgain(errand.allow(), loop, failed.connection()));
  }

  private void answerHere(Judging judging, Decision.Allow allow) {
    Exchange exchange = judging.exchange();
    LocalBackend local = services.localBackends().get(allow.row().forwarding().backend());
    if (local == null) {
      refuse(exchange, Fault.INTERNAL, "the route leads to a backend that is not configured");
      return;
    }
    LocalCall call = new LocalCall(exchange, allow, local, frontend, answers, course::enter);
    course.enter(judging.passing(call));
    call.start();
  }

  private void connect(Connecting connecting, Future<BackendConnection> leasing) {
    course.enter(connecting);
    if (leasing.isDone()) {
      leased(connecting, leasing);
    } else {
      frontend.hold();
      leasing.addListener((Future<BackendConnection> done) -> leased(connecting, done));
    }
  }

  private void leased(Connecting connecting, Future<BackendConnection> leasing) {
    BackendConnection connection = leasing.isSuccess() ? leasing.getNow() : null;
    if (course.state() != connecting) {
      if (connection != null) {
        connection.release(); // the client has gone meanwhile
      }
      return;
    }
    Exchange exchange = connecting.exchange();
    if (connection == null) {
      course.enter(answers.refuse(exchange, BackendFailure.of(leasing.cause())));
    } else if (exchange.head().opensWebSocket() && !connection.takesWebSockets()) {
      connection.release();
      refuse(exchange, Fault.BACKEND_FAILED, "the backend takes no WebSockets");
    } else {
      forward(connecting, connection);
    }
    if (!course.state().isAwaited()) {
      frontend.release();
    }
  }

  private void forward(Connecting connecting, BackendConnection connection) {
    Forwarding forwarding = new Forwarding(connecting, connection, frontend, services, course);
    course.enter(connecting.passing(forwarding));
    forwarding.start();
    if (connecting.exchange().isRequestEnded() || forwarding.awaitsUpgrade()) {
      forwarding.flushRequest(); // once more: nothing else comes from the client to flush it
    }
  }

  private void refuse(Exchange exchange, Fault fault, String detail) {
    course.enter(answers.refuse(exchange, fault, detail));
  }
}
