package io.scopegate.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.scopegate.proxy.http1.MessageWriter;
import io.scopegate.proxy.http1.RequestDecoder;
import io.scopegate.proxy.message.Fields;
import io.scopegate.proxy.message.RequestHead;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * A client's connection: what is read from it next, what is answered on it and how it ends.
 * Confined to the channel's event loop.
 */
// Whether a write or a close worked out is told by the channel.
@SuppressWarnings("FutureReturnValueIgnored")
final class FrontendConnection {
  /** How long a client may take to notice that we are done, before its answer could be lost. */
  private static final Duration LINGERING = Duration.ofSeconds(1);

  private final Channel channel;
  private final RequestDecoder decoder;
  private final FrontendSettings settings;
  private final BooleanSupplier draining;
  private final Client client;
  private final RequestIds ids;
  private final Deadline deadline;
  private boolean resumeWhenWritable;

  FrontendConnection(
      Channel channel,
      RequestDecoder decoder,
      FrontendSettings settings,
      BooleanSupplier draining,
      RandomGenerator random,
      Consumer<Waiting> expired) {
    this.channel = channel;
    this.decoder = decoder;
    this.settings = settings;
    this.draining = draining;
    this.client = Client.of(channel.remoteAddress(), settings.trustedProxies());
    this.ids = new RequestIds(random);
    this.deadline = new Deadline(channel.eventLoop(), expired);
    deadline.set(Waiting.REQUEST, settings.idleTimeout());
  }

  Channel channel() {
    return channel;
  }

  Client client() {
    return client;
  }

  RequestIds ids() {
    return ids;
  }

  Deadline deadline() {
    return deadline;
  }

  /** Returns the time on the event loop's clock, which only tells differences. */
  long nanoTime() {
    return channel.eventLoop().ticker().nanoTime();
  }

  FrontendSettings settings() {
    return settings;
  }

  /** Says whether another request may follow this one. */
  boolean keepsAlive(RequestHead head) {
    return head.keepAlive() && !draining.getAsBoolean();
  }

  /** Reads nothing more until {@link #release}. */
  void hold() {
    decoder.hold();
  }

  void release() {
    decoder.release();
  }

  /** Begins to count the time of a head when its first byte is there. */
  void watchHead() {
    if (deadline.waiting() == Waiting.REQUEST && decoder.isMidMessage()) {
      deadline.set(Waiting.HEAD, settings.headTimeout());
    }
  }

  /** Tells a client that waits for it to send the body (RFC 9110 §10.1.1). */
  void inviteBody() {
    channel.writeAndFlush(MessageWriter.response(channel.alloc(), 100, "Continue", new Fields()));
  }

  /** Writes an answer of our own. */
  void answer(GatewayAnswer answer, RequestHead head, boolean close) {
    writeAnswer(answer, head.isHead(), head.http10(), close);
  }

  /** Answers what is no request. */
  void answerMalformed(GatewayAnswer answer) {
    writeAnswer(answer, false, false, true);
  }

  private void writeAnswer(GatewayAnswer answer, boolean toHead, boolean http10, boolean close) {
    Fields fields = answer.fields();
    int status = answer.status();
    if (status != 204 && status != 304) {
      fields.add("Content-Length", Integer.toString(ByteBufUtil.utf8Bytes(answer.body())));
    }
    addConnection(fields, http10, close);
    String reason = HttpResponseStatus.valueOf(status).reasonPhrase();
    channel.write(
        MessageWriter.response(channel.alloc(), status, reason, fields), channel.voidPromise());
    if (!toHead && !answer.body().isEmpty()) {
      ByteBuf body = ByteBufUtil.writeUtf8(channel.alloc(), answer.body());
      channel.write(body, channel.voidPromise());
    }
    channel.flush();
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
  void next() {
    deadline.set(Waiting.REQUEST, draining.getAsBoolean() ? LINGERING : settings.idleTimeout());
    if (channel.isWritable()) {
      decoder.nextRequest();
    } else {
      deadline.set(Waiting.CLIENT_READS, settings.bodyTimeout());
      resumeWhenWritable = true;
    }
  }

  /** Goes on where {@link #next} found that the client does not read. */
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
  void drainIdle() {
    if (deadline.waiting() == Waiting.REQUEST && !decoder.isMidMessage()) {
      deadline.set(Waiting.REQUEST, LINGERING);
    }
  }

  /** Closes after what was written. */
  void close() {
    decoder.drop();
    deadline.set(Waiting.CLIENT_CLOSE, settings.bodyTimeout());
    channel.writeAndFlush(channel.alloc().buffer(0, 0)).addListener(written -> channel.close());
  }

  /**
   * Closes after what was written, while the client is still sending: first our half only, because
   * closing a socket with unread bytes takes back what the client has not read yet.
   */
  void closeLingering() {
    decoder.drop();
    deadline.set(Waiting.CLIENT_CLOSE, settings.bodyTimeout());
    channel.config().setAutoRead(true);
    channel
        .writeAndFlush(channel.alloc().buffer(0, 0))
        .addListener(
            written -> {
              if (channel instanceof DuplexChannel duplex && channel.isActive()) {
                deadline.set(Waiting.CLIENT_CLOSE, LINGERING);
                duplex.shutdownOutput();
              } else {
                channel.close();
              }
            });
  }

  /** Breaks off, so that what was sent of an answer cannot look whole. */
  void cut() {
    decoder.drop();
    deadline.cancel();
    if (channel.isActive()) {
      // With a reset: an answer that ends with the connection would look whole otherwise.
      channel.config().setOption(ChannelOption.SO_LINGER, 0);
      channel.close();
    }
  }
}
