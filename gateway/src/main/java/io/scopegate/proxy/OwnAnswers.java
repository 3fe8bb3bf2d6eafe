package io.scopegate.proxy;

import io.scopegate.backend.BackendFailure;
import io.scopegate.guard.LocalHandler;
import io.scopegate.policy.Decision;
import io.scopegate.proxy.ExchangeState.Closed;
import io.scopegate.proxy.ExchangeState.Draining;
import io.scopegate.proxy.ExchangeState.Idle;
import io.scopegate.proxy.message.Fields;
import io.scopegate.proxy.message.RequestHead;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives the gateway's own answers on a frontend connection and says where each leaves it. Confined
 * to the channel's event loop.
 */
final class OwnAnswers {
  private static final Logger LOG = LoggerFactory.getLogger(OwnAnswers.class);

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
    exchange.completed(services.events(), answer.status(), frontend.nanoTime());
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
   * Answers in place of what cannot be served, and closes.
   *
   * @param exchange the request, if its head could be read
   */
  ExchangeState end(Optional<Exchange> exchange, Fault fault, String detail) {
    String id = exchange.isPresent() ? exchange.get().id() : frontend.ids().next();
    Optional<Decision> decision = exchange.flatMap(Exchange::decision);
    frontend.answerMalformed(services.refusals().of(fault, detail, id, decision));
    if (exchange.isPresent()) {
      exchange.get().completed(services.events(), fault.status(), frontend.nanoTime());
    } else {
      services.events().completed(decision, Exchange.OTHER, fault.status(), Duration.ZERO);
    }
    frontend.closeLingering();
    return Closed.INSTANCE;
  }
}
