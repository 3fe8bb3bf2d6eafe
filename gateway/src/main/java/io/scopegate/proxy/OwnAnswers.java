package io.scopegate.proxy;

import io.scopegate.backend.BackendFailure;
import io.scopegate.guard.LocalHandler;
import io.scopegate.policy.Decision;
import io.scopegate.proxy.ExchangeState.Closed;
import io.scopegate.proxy.ExchangeState.Draining;
import io.scopegate.proxy.ExchangeState.Idle;
import io.scopegate.proxy.ExchangeState.Passing;
import io.scopegate.proxy.message.Fields;
import io.scopegate.proxy.message.RequestHead;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives the gateway's own answers on a frontend connection and says where each leaves it. Confined
 * to the channel's event loop.
 */
final class OwnAnswers {
  private static final Logger LOG = LoggerFactory.getLogger(OwnAnswers.class);

  private static final int NO_CONTENT = 204;

  private final Frontend frontend;
  private final Services services;

  OwnAnswers(Frontend frontend, Services services) {
    this.frontend = frontend;
    this.services = services;
  }

  /** Answers a request that was refused. */
  ExchangeState refuse(Exchange exchange, Decision.Deny deny) {
    return give(exchange, services.refusals().of(deny, exchange.id()));
  }

  /** Answers a preflight. */
  ExchangeState allowAnnounced(Exchange exchange) {
    Fields fields = new Fields();
    fields.addOurs("Cache-Control", "no-store");
    fields.addOurs("X-Request-Id", exchange.id());
    return give(exchange, new GatewayAnswer(NO_CONTENT, fields, ""));
  }

  /** Answers a request that something else became of. */
  ExchangeState refuse(Exchange exchange, Fault fault, String detail) {
    return give(
        exchange, services.refusals().of(fault, detail, exchange.id(), exchange.decision()));
  }

  /** Answers a request that its backend did not. */
  ExchangeState refuse(Exchange exchange, BackendFailure failure) {
    return switch (failure.kind()) {
      case UNREACHABLE ->
          refuse(exchange, Fault.BACKEND_UNREACHABLE, "no connection to the backend");
      case OVERLOADED ->
          refuse(exchange, Fault.OVERLOADED, "all connections to the backend are in use");
      case REFUSED -> refuse(exchange, Fault.BACKEND_FAILED, "the backend refused the request");
      case TIMEOUT -> refuse(exchange, Fault.BACKEND_TIMEOUT, "no answer from the backend in time");
      case BROKEN_OFF ->
          refuse(exchange, Fault.BACKEND_FAILED, "the backend closed the connection");
      case MALFORMED -> refuse(exchange, Fault.BACKEND_FAILED, "the backend's answer is malformed");
    };
  }

  /** Passes on what a backend inside the gateway answers. */
  ExchangeState pass(Exchange exchange, Decision.Allow allow, LocalHandler.Answer answer) {
    Fields fields;
    try {
      fields = services.headerRules().forClient(answer, allow, exchange.id());
    } catch (IllegalArgumentException e) {
      LOG.error("an answer could not be written", e);
      return refuse(exchange, Fault.INTERNAL, "the request could not be handled");
    }
    return give(exchange, new GatewayAnswer(answer.status(), fields, answer.body()));
  }

  private ExchangeState give(Exchange exchange, GatewayAnswer answer) {
    RequestHead head = exchange.head();
    exchange
        .decision()
        .ifPresent(decision -> CorsFields.addTo(answer.fields(), decision, head.fields()));
    boolean whole = exchange.isRequestEnded() || head.framing().isEmpty();
    // Whether a body follows an expectation that was not met, nobody can tell (RFC 9110 §10.1.1).
    boolean drainable =
        whole || (!head.expectsContinue() && Draining.takes(head.framing().length()));
    // What follows a handshake that failed is still meant for another protocol.
    boolean close =
        !frontend.keepsAlive(head)
            || !drainable
            || head.opensWebSocket()
            || head.method().equals("CONNECT");
    frontend.answer(answer, head, close);
    exchange.completed(services.events(), answer.status());
    if (close) {
      if (whole) {
        frontend.close();
      } else {
        frontend.closeLingering();
      }
      return Closed.INSTANCE;
    }
    if (exchange.isRequestEnded()) {
      return Idle.INSTANCE;
    }
    frontend.deadline().set(Waiting.CLIENT_BODY, frontend.settings().bodyTimeout());
    return new Draining();
  }

  /**
   * Answers in place of what cannot be served, and closes; an answer that has begun breaks off, and
   * a drained request has its answer.
   */
  ExchangeState end(ExchangeState state, Fault fault, String detail) {
    if (state instanceof Passing passing) {
      passing.passage().abort();
      if (passing.passage().isAnswered()) {
        return cut(passing.passage());
      }
    }
    if (!(state instanceof Draining || state instanceof Closed)) {
      answerInstead(state.current(), fault, detail);
    }
    frontend.closeLingering();
    return Closed.INSTANCE;
  }

  private void answerInstead(Optional<Exchange> exchange, Fault fault, String detail) {
    String id = exchange.isPresent() ? exchange.get().id() : frontend.ids().next();
    Optional<Decision> decision = exchange.flatMap(Exchange::decision);
    GatewayAnswer answer = services.refusals().of(fault, detail, id, decision);
    decision.ifPresent(
        made -> CorsFields.addTo(answer.fields(), made, exchange.get().head().fields()));
    frontend.answerMalformed(answer);
    if (exchange.isPresent()) {
      exchange.get().completed(services.events(), fault.status());
    } else {
      services.events().completed(null, Exchange.OTHER, fault.status(), 0);
    }
  }

  /** Breaks off an answer that has begun. */
  ExchangeState cut(Passage passage) {
    passage.exchange().completed(services.events(), passage.status());
    frontend.cut();
    return Closed.INSTANCE;
  }

  /** Ends a request whose deadline, which its client has stated, has passed. */
  ExchangeState exceedDeadline(ExchangeState state, Exchange exchange) {
    Fault fault = Fault.DEADLINE_EXCEEDED;
    return breaksOff(state, fault.grpcStatus(), fault.title())
        ? Closed.INSTANCE
        : refuse(exchange, fault, fault.title());
  }

  /** Ends a request, because what it was let through with does not hold any more. */
  ExchangeState withdraw(ExchangeState state, Exchange exchange, Decision.Deny why) {
    frontend.excuse();
    return breaksOff(state, GrpcStatus.of(why.code().status()), why.detail())
        ? Closed.INSTANCE
        : refuse(exchange, why);
  }

  /**
   * Gives up what is under way. Says whether its answer had begun: then it breaks off here, and the
   * client is told why as far as it can be.
   */
  private boolean breaksOff(ExchangeState state, GrpcStatus status, String why) {
    if (!(state instanceof Passing passing)) {
      return false;
    }
    Passage passage = passing.passage();
    passage.abort();
    if (passage.isAnswered()) {
      passage.exchange().completed(services.events(), passage.status());
      frontend.breakOff(status, why);
    }
    return passage.isAnswered();
  }
}
