package io.scopegate.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.scopegate.proxy.http1.MessageWriter;
import io.scopegate.proxy.http1.RequestDecoder;
import io.scopegate.proxy.message.Fields;
import io.scopegate.proxy.message.RequestHead;
import io.scopegate.proxy.message.ResponseHead;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * A client's HTTP/1 connection, which carries one exchange after the other. Confined to the
 * channel's event loop.
 */
// Whether a write or a close worked out is told by the channel.
@SuppressWarnings("FutureReturnValueIgnored")
final class Http1Frontend extends Frontend {
  private static final byte[] NO_BODY = {};

  private final Channel channel;
  private final RequestDecoder decoder;
  private AnswerFraming framing = new AnswerFraming(false, false);
  private boolean resumeWhenWritable;

  /** Counts the one that is being served. */
  private int requests = 1;

  Http1Frontend(
      Channel channel,
      RequestDecoder decoder,
      FrontendSettings settings,
      BooleanSupplier draining,
      RandomGenerator random,
      Consumer<Waiting> expired) {
    super(
        channel,
        settings,
        draining,
        Client.of(channel, settings.trustedProxies()),
        new RequestIds(random),
        expired);
    this.channel = channel;
    this.decoder = decoder;
    deadline().set(Waiting.REQUEST, settings.idleTimeout());
  }

  @Override
  void begin(RequestHead head) {
    deadline().clear();
  }

  @Override
  boolean keepsAlive(RequestHead head) {
    return head.keepAlive() && !isDraining() && requests < settings().connections().requests();
  }

  @Override
  void hold() {
    decoder.hold();
  }

  @Override
  void release() {
    decoder.release();
  }

  /** Begins to count the time of a head when its first byte is there. */
  @Override
  void watchHead() {
    if (deadline().waiting() == Waiting.REQUEST && decoder.isMidMessage()) {
      deadline().set(Waiting.HEAD, settings().headTimeout());
    }
  }

  @Override
  void inviteBody() {
    channel.writeAndFlush(MessageWriter.response(channel.alloc(), 100, "Continue", new Fields()));
  }

  @Override
  void answer(GatewayAnswer answer, RequestHead head, boolean close) {
    writeAnswer(answer, head.isHead(), head.http10(), close);
  }

  @Override
  void answerMalformed(GatewayAnswer answer) {
    writeAnswer(answer, false, false, true);
  }

  private void writeAnswer(GatewayAnswer answer, boolean toHead, boolean http10, boolean close) {
    Fields fields = answer.fields();
    int status = answer.status();
    byte[] body = answer.body();
    if (status != 204 && status != 304) {
      fields.addOurs("Content-Length", Integer.toString(body.length));
    }
    addConnection(fields, http10, close);
    String reason = HttpResponseStatus.valueOf(status).reasonPhrase();
    channel.writeAndFlush(
        MessageWriter.response(channel.alloc(), status, reason, fields, toHead ? NO_BODY : body),
        channel.voidPromise());
  }

  @Override
  void writeInterim(int status, String reason, Fields fields) {
    channel.write(
        MessageWriter.response(channel.alloc(), status, reason, fields), channel.voidPromise());
  }

  @Override
  boolean writeHead(ResponseHead answer, RequestHead request, boolean last, Fields fields) {
    framing = AnswerFraming.write(answer, request, last, fields);
    channel.write(
        MessageWriter.response(channel.alloc(), answer.status(), answer.reason(), fields),
        channel.voidPromise());
    return framing.close();
  }

  @Override
  void beginTunnel() {
    // Whoever has said everything may still listen.
    channel.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
    decoder.beginTunnel();
  }

  @Override
  void writeData(ByteBuf data) {
    if (framing.chunked()) {
      MessageWriter.writeChunk(channel, data);
    } else {
      channel.write(data, channel.voidPromise());
    }
  }

  @Override
  void writeEnd(Fields trailers) {
    if (framing.chunked()) {
      MessageWriter.writeLastChunk(channel, trailers);
    }
  }

  @Override
  void breakOff(GrpcStatus status, String why) {
    cut();
  }

  /** Says on an answer whether the connection goes on. */
  static void addConnection(Fields fields, boolean http10, boolean close) {
    if (close) {
      fields.add("Connection", "close");
    } else if (http10) {
      fields.add("Connection", "keep-alive");
    }
  }

  /** Reads the next request, once the client has taken enough of the answers so far. */
  @Override
  void next() {
    requests++;
    deadline()
        .set(Waiting.REQUEST, isDraining() ? ConnectionEnd.LINGERING : settings().idleTimeout());
    if (channel.isWritable()) {
      decoder.nextRequest();
    } else {
      deadline().set(Waiting.CLIENT_READS, settings().bodyTimeout());
      resumeWhenWritable = true;
    }
  }

  @Override
  void writable() {
    if (resumeWhenWritable && channel.isWritable()) {
      resumeWhenWritable = false;
      next();
    }
  }

  /**
   * Closes soon unless a request comes. Not at once: a client that does not know yet may have sent
   * one, and that one is still served.
   */
  @Override
  void drainIdle() {
    if (deadline().waiting() == Waiting.REQUEST && !decoder.isMidMessage()) {
      deadline().set(Waiting.REQUEST, ConnectionEnd.LINGERING);
    }
  }

  @Override
  void close() {
    decoder.drop();
    deadline().set(Waiting.CLIENT_CLOSE, settings().bodyTimeout());
    channel.writeAndFlush(channel.alloc().buffer(0, 0)).addListener(written -> channel.close());
  }

  /**
   * Closes after what was written, while the client is still sending: first our half only, because
   * closing a socket with unread bytes takes back what the client has not read yet.
   */
  @Override
  void closeLingering() {
    decoder.drop();
    deadline().set(Waiting.CLIENT_CLOSE, settings().bodyTimeout());
    channel.config().setAutoRead(true);
    channel
        .writeAndFlush(channel.alloc().buffer(0, 0))
        .addListener(
            written -> {
              if (channel instanceof DuplexChannel duplex && channel.isActive()) {
                deadline().set(Waiting.CLIENT_CLOSE, ConnectionEnd.LINGERING);
                ConnectionEnd.ofOutput(duplex);
              } else {
                channel.close();
              }
            });
  }

  @Override
  void cut() {
    decoder.drop();
    deadline().cancel();
    if (channel.isActive()) {
      // With a reset: an answer that ends with the connection would look whole otherwise.
      ConnectionEnd.byReset(channel);
    }
  }
}
