package io.scopegate.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.scopegate.backend.BackendFailure;
import io.scopegate.policy.Decision;
import io.scopegate.proxy.ExchangeState.Closed;
import io.scopegate.proxy.ExchangeState.Connecting;
import io.scopegate.proxy.ExchangeState.Draining;
import io.scopegate.proxy.ExchangeState.Idle;
import io.scopegate.proxy.ExchangeState.Judging;
import io.scopegate.proxy.ExchangeState.Passing;
import io.scopegate.proxy.message.BodyEnd;
import io.scopegate.proxy.message.Malformed;
import io.scopegate.proxy.message.RequestHead;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The end of a frontend connection's pipeline: takes one request after the other to a decision and,
 * if that allows it, to a backend. Confined to the channel's event loop.
 */
// What becomes of a decision is told by its callback.
@SuppressWarnings("FutureReturnValueIgnored")
final class ExchangeHandler extends ChannelInboundHandlerAdapter implements Course {
  private static final Logger LOG = LoggerFactory.getLogger(ExchangeHandler.class);

  private final Services services;
  private final Frontend frontend;
  private final OwnAnswers answers;
  private final Dispatch dispatch;
  private ExchangeState state = Idle.INSTANCE;

  /**
   * Makes the end of a pipeline.
   *
   * @param frontend makes the client's side of something that hears what took too long
   */
  ExchangeHandler(Services services, Function<Consumer<Waiting>, Frontend> frontend) {
    this.services = services;
    this.frontend = frontend.apply(this::expired);
    this.answers = new OwnAnswers(this.frontend, services);
    this.dispatch = new Dispatch(services, this.frontend, answers, this);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (message instanceof RequestHead head) {
      begin(head);
    } else if (message instanceof ByteBuf data) {
      takeBody(data);
    } else if (message instanceof BodyEnd end) {
      endRequest(end);
    } else {
      refuseMalformed((Malformed) message);
    }
  }

  private void begin(RequestHead head) {
    frontend.begin(head);
    Exchange exchange = new Exchange(head, frontend);
    state = Idle.INSTANCE.judging(exchange);
    CompletableFuture<Decision> judging =
        services
            .gatekeeper()
            .judge(
                head.method(),
                head.target(),
                head.host(),
                head.fields(),
                frontend.client().certificate(),
                frontend.client().origin(head.fields()));
    if (judging.isDone() && !judging.isCompletedExceptionally()) {
      judged(exchange, judging.getNow(null));
    } else {
      judging.whenComplete(
          (decision, failure) -> frontend.onLoop(() -> judged(exchange, decision)));
      if (state instanceof Judging) {
        frontend.hold();
      }
    }
  }

  private void judged(Exchange exchange, @Nullable Decision decision) {
    if (!(state instanceof Judging judging) || judging.exchange() != exchange) {
      return; // the client has gone meanwhile
    }
    if (decision == null) {
      refuse(exchange, Fault.INTERNAL, "the decision failed");
    } else {
      exchange.decided(decision);
      if (decision instanceof Decision.Deny deny) {
        enter(answers.refuse(exchange, deny));
      } else if (decision instanceof Decision.Preflight) {
        enter(answers.allowAnnounced(exchange));
      } else {
        dispatch.send(judging, (Decision.Allow) decision);
      }
    }
    if (!state.isAwaited()) {
      frontend.release();
    }
  }

  private void takeBody(ByteBuf data) {
    if (state instanceof Passing passing) {
      passing.passage().requestData(data);
      return;
    }
    int bytes = data.readableBytes();
    data.release();
    if (state instanceof Draining draining && !draining.drop(bytes)) {
      state = Closed.INSTANCE;
      frontend.closeLingering();
    }
  }

  private void endRequest(BodyEnd end) {
    if (state instanceof Passing passing) {
      passing.passage().exchange().requestEnded();
      passing.passage().requestEnd(end);
    } else if (state instanceof Draining) {
      enter(Idle.INSTANCE);
    }
  }

  private void refuse(Exchange exchange, Fault fault, String detail) {
    enter(answers.refuse(exchange, fault, detail));
  }

  @Override
  public ExchangeState state() {
    return state;
  }

  @Override
  public void enter(ExchangeState next) {
    state = next;
    if (next instanceof Idle) {
      frontend.next();
    }
  }

  private void refuseMalformed(Malformed malformed) {
    Fault fault =
        switch (malformed.kind()) {
          case SYNTAX -> Fault.BAD_REQUEST;
          case TARGET_TOO_LONG -> Fault.TARGET_TOO_LONG;
          case HEAD_TOO_LARGE -> Fault.HEAD_TOO_LARGE;
        };
    state = answers.end(state, fault, malformed.detail());
  }

  @Override
  public void finished(Passage passage) {
    Exchange exchange = passage.exchange();
    exchange.completed(services.events(), passage.status());
    if (!passage.closes()) {
      enter(Idle.INSTANCE);
      return;
    }
    state = Closed.INSTANCE;
    if (exchange.isRequestEnded()) {
      frontend.close();
    } else {
      frontend.closeLingering();
    }
  }

  @Override
  public void failed(Forwarding forwarding, BackendFailure failure) {
    if (failure.retryable()) {
      dispatch.sendAgain(forwarding);
    } else {
      enter(answers.refuse(forwarding.exchange(), failure));
      frontend.release();
    }
  }

  @Override
  public void tooLarge(Forwarding forwarding) {
    refuse(forwarding.exchange(), Fault.BODY_TOO_LARGE, "the body is larger than this route takes");
  }

  @Override
  public void brokenOff(Passage passage) {
    state = answers.cut(passage);
  }

  @Override
  public void opened(Tunnel tunnel) {
    if (state instanceof Passing passing) {
      state = passing.goingOn(tunnel);
    }
    tunnel.exchange().opened(services.events(), tunnel.status());
  }

  private void expired(Waiting waiting) {
    switch (waiting) {
      case REQUEST -> frontend.close();
      case HEAD ->
          state =
              answers.end(state, Fault.REQUEST_TIMEOUT, "the head of the request came too slowly");
      case CLIENT_BODY ->
          state =
              answers.end(state, Fault.REQUEST_TIMEOUT, "the body of the request came too slowly");
      case BACKEND_ANSWER, BACKEND_BODY, TUNNEL -> {
        if (state instanceof Passing passing) {
          passing.passage().expire();
        } else if (state instanceof Connecting connecting) {
          enter(
              answers.refuse(
                  connecting.exchange(),
                  new BackendFailure(
                      BackendFailure.Source.CONNECT, BackendFailure.Kind.TIMEOUT, false)));
          frontend.release();
        }
      }
      case CLIENT_READS, CLIENT_CLOSE -> frontend.cut();
      case NOTHING_MORE -> {
        if (state.current().isPresent()) {
          enter(answers.exceedDeadline(state, state.current().get()));
          frontend.release();
        }
      }
      case NOTHING -> throw new IllegalStateException("nothing was waited for");
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    if (state instanceof Passing passing) {
      passing.passage().flushRequest();
    } else if (state instanceof Idle) {
      frontend.watchHead();
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    if (ctx.channel().isWritable()) {
      if (state instanceof Passing passing) {
        passing.passage().clientReads();
      }
      frontend.writable();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    Optional<Exchange> exchange = state.current();
    int status = 0;
    if (state instanceof Passing passing) {
      passing.passage().abort();
      status = passing.passage().status();
    }
    state = Closed.INSTANCE;
    frontend.deadline().cancel();
    if (exchange.isPresent()) {
      exchange.get().completed(services.events(), status);
    }
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    frontend.deadline().cancel();
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof DrainNotice && state instanceof Idle) {
      frontend.drainIdle();
    } else if (event instanceof PrefaceDetector.Stalled && state instanceof Idle) {
      expired(Waiting.HEAD);
    } else if (event instanceof Withdrawal withdrawal) {
      withdraw(withdrawal.exchange(), withdrawal.why());
    }
  }

  private void withdraw(Exchange exchange, Decision.Deny why) {
    if (state.current().filter(exchange::equals).isEmpty()
        || !(exchange.decision().orElse(why) instanceof Decision.Allow then)) {
      return; // it is over
    }
    services.events().withdrawn(then, why);
    if (state instanceof Passing passing && passing.passage() instanceof Tunnel tunnel) {
      tunnel.close(Tunnel.POLICY_VIOLATION, why.code().title());
    } else {
      enter(answers.withdraw(state, exchange, why));
      frontend.release();
    }
  }

  /** Ends the connection, or the stream, whatever was thrown; the loop goes on with the others. */
  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    boolean broken = cause instanceof IOException;
    if (!broken) {
      LOG.error("an exchange failed", cause);
    }
    try {
      if (broken || state.current().isEmpty()) {
        if (state instanceof Passing passing) {
          passing.passage().abort();
        }
        frontend.cut();
      } else {
        state = answers.end(state, Fault.INTERNAL, "the request could not be handled");
      }
    } catch (Throwable again) {
      // No memory or no stack is left, perhaps: then there is no answer either.
      frontend.cut();
    }
  }
}
