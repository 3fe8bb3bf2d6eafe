package io.scopegate.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.scopegate.proxy.message.Fields;
import io.scopegate.proxy.message.RequestHead;
import io.scopegate.proxy.message.ResponseHead;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * The client's side of exchanges, whichever version of HTTP carries them: what is read of the
 * client next, what is answered and how it ends. Confined to the channel's event loop.
 */
abstract class Frontend {
  private final Channel channel;
  private final FrontendSettings settings;
  private final BooleanSupplier draining;
  private final Client client;
  private final RequestIds ids;
  private final Deadline deadline;

  Frontend(
      Channel channel,
      FrontendSettings settings,
      BooleanSupplier draining,
      Client client,
      RequestIds ids,
      Consumer<Waiting> expired) {
    this.channel = channel;
    this.settings = settings;
    this.draining = draining;
    this.client = client;
    this.ids = ids;
    this.deadline = new Deadline(channel.eventLoop(), expired);
  }

  final Channel channel() {
    return channel;
  }

  final FrontendSettings settings() {
    return settings;
  }

  /** Says whether the gateway is told to stop. */
  final boolean isDraining() {
    return draining.getAsBoolean();
  }

  final Client client() {
    return client;
  }

  final RequestIds ids() {
    return ids;
  }

  final Deadline deadline() {
    return deadline;
  }

  /** Returns the time on the event loop's clock, which only tells differences. */
  final long nanoTime() {
    return channel.eventLoop().ticker().nanoTime();
  }

  /** Does something on the event loop: at once if this is its thread. */
  final void onLoop(Runnable task) {
    if (channel.eventLoop().inEventLoop()) {
      task.run();
    } else {
      channel.eventLoop().execute(task);
    }
  }

  /** Says whether the client has taken enough of what was written. */
  final boolean isWritable() {
    return channel.isWritable();
  }

  /** Sends what was written. */
  final void flush() {
    channel.flush();
  }

  /** A request has begun. */
  abstract void begin(RequestHead head);

  /** Says whether the connection goes on after the answer to this request. */
  abstract boolean keepsAlive(RequestHead head);

  /** Reads nothing more until {@link #release}. */
  abstract void hold();

  abstract void release();

  /** Everything that had come is read, and no request has begun. */
  abstract void watchHead();

  /** Tells a client that waits for it to send the body (RFC 9110 §10.1.1). */
  abstract void inviteBody();

  /** Sends an answer of our own. */
  abstract void answer(GatewayAnswer answer, RequestHead head, boolean close);

  /** Sends the answer to what is no request, or is one no longer; nothing follows it. */
  abstract void answerMalformed(GatewayAnswer answer);

  /** Writes a head that another one follows. */
  abstract void writeInterim(int status, String reason, Fields fields);

  /**
   * Writes the head of a backend's answer.
   *
   * @param last whether the connection is not to go on after it
   * @param fields those for the client, without framing
   * @return whether the connection ends with this answer
   */
  abstract boolean writeHead(ResponseHead answer, RequestHead request, boolean last, Fields fields);

  /** Hands out what the client sends in the protocol that its request asked for. */
  abstract void beginTunnel();

  /** Writes a part of the body. */
  abstract void writeData(ByteBuf data);

  /** Writes the end of the answer. */
  abstract void writeEnd(Fields trailers);

  /** What ends now, its client has not brought about. */
  void excuse() {}

  /** Says in place of the rest of an answer why there is no more; breaks off where it cannot. */
  abstract void breakOff(GrpcStatus status, String why);

  /** Goes on after an answer that is over. */
  abstract void next();

  /** Goes on where {@link #next} found that the client does not read. */
  abstract void writable();

  /** Ends soon unless a request comes. */
  abstract void drainIdle();

  /** Closes after what was written. */
  abstract void close();

  /** Closes after what was written, while the client is still sending. */
  abstract void closeLingering();

  /** Breaks off, so that what was sent of an answer cannot look whole. */
  abstract void cut();
}
