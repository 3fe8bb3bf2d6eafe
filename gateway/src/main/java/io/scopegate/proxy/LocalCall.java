package io.scopegate.proxy;

import io.netty.buffer.ByteBuf;
import io.scopegate.guard.LocalBackend;
import io.scopegate.guard.LocalHandler.Answer;
import io.scopegate.policy.Decision;
import io.scopegate.proxy.message.BodyEnd;
import io.scopegate.proxy.message.RequestHead;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One request on its way to a backend inside the gateway: its body is collected, and it is answered
 * whole. Confined to the channel's event loop.
 */
final class LocalCall implements Passage {
  private static final Logger LOG = LoggerFactory.getLogger(LocalCall.class);
  private static final long MAX_BODY_BYTES = 64 * 1024;
  private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(30);

  private final Exchange exchange;
  private final Decision.Allow allow;
  private final LocalBackend backend;
  private final Frontend frontend;
  private final OwnAnswers answers;
  private final Consumer<ExchangeState> outcome;
  private final WholeBody body;
  private boolean over;

  /**
   * Prepares the call.
   *
   * @param outcome told once where the answer leaves the exchange, unless it is aborted before
   */
  LocalCall(
      Exchange exchange,
      Decision.Allow allow,
      LocalBackend backend,
      Frontend frontend,
      OwnAnswers answers,
      Consumer<ExchangeState> outcome) {
    this.exchange = exchange;
    this.allow = allow;
    this.backend = backend;
    this.frontend = frontend;
    this.answers = answers;
    this.outcome = outcome;
    long limit = Math.min(MAX_BODY_BYTES, Forwarding.bodyLimit(allow, frontend.settings()));
    this.body = new WholeBody(frontend.channel().alloc(), limit);
  }

  @Override
  public Exchange exchange() {
    return exchange;
  }

  @Override
  public int status() {
    return 0; // it is answered whole, and over then
  }

  @Override
  public boolean isAnswered() {
    return false;
  }

  @Override
  public boolean closes() {
    return false;
  }

  @Override
  public boolean awaitsUpgrade() {
    return false;
  }

  /** Asks for the body. */
  void start() {
    RequestHead head = exchange.head();
    if (head.framing().length() > body.maxBytes()) {
      refuseTooLarge();
      return;
    }
    frontend.deadline().set(Waiting.CLIENT_BODY, frontend.settings().bodyTimeout());
    if (head.expectsContinue()) {
      frontend.inviteBody();
    }
  }

  @Override
  public void requestData(ByteBuf data) {
    if (body.add(data)) {
      frontend.deadline().set(Waiting.CLIENT_BODY, frontend.settings().bodyTimeout());
    } else {
      refuseTooLarge();
    }
  }

  @Override
  public void requestEnd(BodyEnd end) {
    Optional<String> text = body.text();
    if (text.isEmpty()) {
      refuse(Fault.BAD_REQUEST, "the body is not UTF-8");
      return;
    }
    Duration timeout = allow.row().forwarding().timeout().orElse(ANSWER_TIMEOUT);
    frontend.deadline().set(Waiting.BACKEND_ANSWER, timeout);
    try {
      var unused =
          backend
              .handle(allow, exchange.id(), text.get())
              .whenComplete((answer, failure) -> frontend.onLoop(() -> answered(answer, failure)));
    } catch (RuntimeException e) {
      answered(null, e);
    }
  }

  private void answered(@Nullable Answer answer, @Nullable Throwable failure) {
    if (over) {
      return; // the client has gone meanwhile, or was told that it takes too long
    }
    if (answer == null) {
      LOG.error("a request could not be answered", failure);
      refuse(Fault.INTERNAL, "the request could not be handled");
    } else {
      over = true;
      frontend.deadline().clear();
      outcome.accept(answers.pass(exchange, allow, answer));
    }
  }

  @Override
  public void flushRequest() {
    // It is collected.
  }

  @Override
  public void clientReads() {
    // The answer is written at once.
  }

  @Override
  public void expire() {
    refuse(Fault.BACKEND_TIMEOUT, "no answer from the backend in time");
  }

  private void refuseTooLarge() {
    refuse(Fault.BODY_TOO_LARGE, "the body is larger than " + body.maxBytes() + " bytes");
  }

  private void refuse(Fault fault, String detail) {
    if (!over) {
      abort();
      frontend.deadline().clear();
      outcome.accept(answers.refuse(exchange, fault, detail));
    }
  }

  /** Gives it up; an answer that comes now is nobody's. */
  @Override
  public void abort() {
    over = true;
    body.drop();
  }
}
