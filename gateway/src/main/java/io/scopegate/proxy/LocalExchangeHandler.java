package io.scopegate.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.scopegate.guard.LocalHandler;
import io.scopegate.proxy.http1.RequestDecoder;
import io.scopegate.proxy.message.BodyEnd;
import io.scopegate.proxy.message.Fields;
import io.scopegate.proxy.message.Malformed;
import io.scopegate.proxy.message.RequestHead;
import io.scopegate.route.Reading;
import io.scopegate.route.RequestLine;
import java.io.IOException;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The end of the pipeline of an address that the gateway answers itself: hands whole requests to a
 * handler. Confined to the channel's event loop.
 */
// Whether a write worked out is told by the channel.
@SuppressWarnings("FutureReturnValueIgnored")
final class LocalExchangeHandler extends ChannelInboundHandlerAdapter {
  private static final Logger LOG = LoggerFactory.getLogger(LocalExchangeHandler.class);

  private final LocalHandler handler;
  private final Refusals refusals;
  private final Http1Frontend frontend;
  private final WholeBody body;
  private @Nullable RequestHead head;
  private String id = "";
  private boolean answering;

  LocalExchangeHandler(
      Channel channel,
      RequestDecoder decoder,
      FrontendSettings settings,
      LocalHandler handler,
      int maxBodyBytes,
      Refusals refusals,
      BooleanSupplier draining,
      RandomGenerator random) {
    this.handler = handler;
    this.refusals = refusals;
    this.body = new WholeBody(channel.alloc(), maxBodyBytes);
    this.frontend = new Http1Frontend(channel, decoder, settings, draining, random, this::expired);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (message instanceof RequestHead request) {
      begin(request);
    } else if (message instanceof ByteBuf data) {
      collect(data);
    } else if (message instanceof BodyEnd) {
      handle();
    } else {
      refuse(Fault.BAD_REQUEST, ((Malformed) message).detail());
    }
  }

  private void begin(RequestHead request) {
    head = request;
    id = frontend.ids().of(request.fields());
    if (request.opensWebSocket()) {
      refuse(Fault.BAD_REQUEST, "no WebSocket can be opened here");
      return;
    }
    if (!request.framing().isEmpty() && isRefused(request)) {
      return;
    }
    if (request.framing().length() > body.maxBytes()) {
      refuse(Fault.BODY_TOO_LARGE, "the body is larger than " + body.maxBytes() + " bytes");
      return;
    }
    frontend.deadline().set(Waiting.CLIENT_BODY, frontend.settings().bodyTimeout());
    if (request.expectsContinue()) {
      frontend.inviteBody();
    }
  }

  /** Nobody makes the gateway hold a body who may send none. */
  private boolean isRefused(RequestHead request) {
    Reading reading = RequestLine.parse(request.method(), request.target(), request.host());
    if (reading instanceof Reading.Refused refused) {
      refuse(Fault.BAD_REQUEST, refused.detail());
      return true;
    }
    Optional<LocalHandler.Answer> refusal =
        handler.refusal(new LocalHandler.Request(id, (RequestLine) reading, request.fields(), ""));
    refusal.ifPresent(answer -> refuse(answered(answer, null)));
    return refusal.isPresent();
  }

  private void collect(ByteBuf data) {
    if (!body.add(data)) {
      refuse(Fault.BODY_TOO_LARGE, "the body is larger than " + body.maxBytes() + " bytes");
    }
  }

  private void handle() {
    RequestHead request = head;
    if (request == null) {
      return;
    }
    frontend.deadline().clear();
    Reading reading = RequestLine.parse(request.method(), request.target(), request.host());
    if (reading instanceof Reading.Refused refused) {
      refuse(Fault.BAD_REQUEST, refused.detail());
      return;
    }
    Optional<String> text = body.text();
    if (text.isEmpty()) {
      refuse(Fault.BAD_REQUEST, "the body is not UTF-8");
      return;
    }
    answering = true;
    try {
      handler
          .handle(new LocalHandler.Request(id, (RequestLine) reading, request.fields(), text.get()))
          .whenComplete(
              (answer, failure) -> frontend.onLoop(() -> answer(request, answer, failure)));
    } catch (RuntimeException e) {
      answer(request, null, e);
    }
  }

  private void answer(
      RequestHead request, LocalHandler.@Nullable Answer answer, @Nullable Throwable failure) {
    if (!answering) {
      return; // the client has gone meanwhile
    }
    answering = false;
    boolean close = !frontend.keepsAlive(request);
    frontend.answer(answered(answer, failure), request, close);
    head = null;
    if (close) {
      frontend.close();
    } else {
      frontend.next();
    }
  }

  private GatewayAnswer answered(
      LocalHandler.@Nullable Answer answer, @Nullable Throwable failure) {
    if (answer != null) {
      try {
        Fields fields = new Fields();
        answer.fields().forEach((name, values) -> values.forEach(v -> fields.add(name, v)));
        fields.set("X-Request-Id", id);
        return new GatewayAnswer(answer.status(), fields, answer.body());
      } catch (IllegalArgumentException e) {
        LOG.error("an answer could not be written", e);
      }
    } else {
      LOG.error("a request could not be answered", failure);
    }
    return refusals.of(Fault.INTERNAL, "the request could not be handled", id, Optional.empty());
  }

  private void refuse(Fault fault, String detail) {
    String named = id.isEmpty() ? frontend.ids().next() : id;
    refuse(refusals.of(fault, detail, named, Optional.empty()));
  }

  private void refuse(GatewayAnswer answer) {
    RequestHead request = head;
    head = null;
    body.drop();
    if (request != null) {
      frontend.answer(answer, request, true);
    } else {
      frontend.answerMalformed(answer);
    }
    frontend.closeLingering();
  }

  private void expired(Waiting waiting) {
    switch (waiting) {
      case HEAD, CLIENT_BODY -> refuse(Fault.REQUEST_TIMEOUT, "the request came too slowly");
      case REQUEST -> frontend.close();
      default -> frontend.cut();
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    if (head == null) {
      frontend.watchHead();
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    frontend.writable();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    answering = false;
    head = null;
    body.drop();
    frontend.deadline().cancel();
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof DrainNotice && head == null) {
      frontend.drainIdle();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (!(cause instanceof IOException)) {
      LOG.error("a request failed", cause);
    }
    frontend.cut();
  }
}
