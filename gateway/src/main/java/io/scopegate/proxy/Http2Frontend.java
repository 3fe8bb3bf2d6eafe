package io.scopegate.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.handler.codec.http2.Http2StreamFrame;
import io.scopegate.proxy.http2.HeadWriter;
import io.scopegate.proxy.http2.Http2RequestReader;
import io.scopegate.proxy.message.Fields;
import io.scopegate.proxy.message.Framing;
import io.scopegate.proxy.message.RequestHead;
import io.scopegate.proxy.message.ResponseHead;
import io.scopegate.proxy.message.WebSocketFields;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One stream of a client's HTTP/2 connection, which carries one exchange. Confined to the channel's
 * event loop.
 */
// Whether a write worked out is told by the channel.
@SuppressWarnings("FutureReturnValueIgnored")
final class Http2Frontend extends Frontend {
  private final Channel channel;
  private final Http2RequestReader reader;
  private final Http2FrontendConnection connection;

  /** What the body of the answer still has, if its head said so; -1 if it did not. */
  private long left = -1;

  private boolean grpc;

  /** Whether a backend's answer is passed on, and not broken off. */
  private boolean passed;

  /** The last frame of the answer, once it is written. */
  private @Nullable ChannelFuture end;

  Http2Frontend(
      Channel channel,
      Http2RequestReader reader,
      Http2FrontendConnection connection,
      Consumer<Waiting> expired) {
    super(
        channel,
        connection.settings(),
        connection::isDraining,
        connection.client(),
        connection.ids(),
        expired);
    this.channel = channel;
    this.reader = reader;
    this.connection = connection;
  }

  @Override
  void begin(RequestHead head) {
    grpc = GrpcCall.is(head);
    if (grpc) {
      GrpcCall.timeout(head).ifPresent(deadline()::limit);
    }
  }

  @Override
  boolean keepsAlive(RequestHead head) {
    return true;
  }

  @Override
  void hold() {
    reader.hold();
  }

  @Override
  void release() {
    reader.release();
  }

  @Override
  void watchHead() {
    // Heads come whole.
  }

  @Override
  void inviteBody() {
    writeInterim(100, "", new Fields());
    channel.flush();
  }

  @Override
  void answer(GatewayAnswer answer, RequestHead head, boolean close) {
    write(answer, head.isHead());
  }

  @Override
  void answerMalformed(GatewayAnswer answer) {
    if (answer.status() == Fault.BAD_REQUEST.status()) {
      reset(Http2Error.PROTOCOL_ERROR); // RFC 9113 §8.1.1
    } else {
      write(answer, false);
    }
  }

  private void write(GatewayAnswer answer, boolean toHead) {
    if (grpc && answer.refusal().isPresent()) {
      write(HeadWriter.response(200, GrpcCall.trailersOnly(answer)), true);
      channel.flush();
      return;
    }
    Fields fields = answer.fields();
    if (answer.status() != 204 && answer.status() != 304) {
      fields.addOurs("content-length", Integer.toString(answer.body().length));
    }
    boolean bare = toHead || answer.body().length == 0;
    write(HeadWriter.response(answer.status(), fields), bare);
    if (!bare) {
      writeData(channel.alloc().buffer(answer.body().length).writeBytes(answer.body()), true);
    }
    channel.flush();
  }

  @Override
  void writeInterim(int status, String reason, Fields fields) {
    write(HeadWriter.response(status, fields), false);
  }

  @Override
  boolean writeHead(ResponseHead answer, RequestHead request, boolean last, Fields fields) {
    passed = true;
    Framing framing = answer.framing();
    int status = answer.status();
    if (framing.kind() == Framing.Kind.TUNNEL) {
      // RFC 8441 §5: no change of protocols, for there is only this stream, and no keys.
      fields.remove(WebSocketFields.ACCEPT);
      status = 200;
    } else if (!framing.isEmpty() || answer.fields().line("Content-Length", 0) >= 0) {
      AnswerFraming.addLength(answer, fields);
    }
    left = framing.kind() == Framing.Kind.FIXED ? framing.length() : -1;
    write(HeadWriter.response(status, fields), framing.isEmpty());
    return false;
  }

  @Override
  void beginTunnel() {
    reader.release();
  }

  @Override
  void writeData(ByteBuf data) {
    if (left >= 0) {
      left -= data.readableBytes();
    }
    writeData(data, left == 0);
  }

  @Override
  void writeEnd(Fields trailers) {
    if (end == null && trailers.size() > 0) {
      write(HeadWriter.trailers(trailers), true);
    } else if (end == null) {
      writeData(channel.alloc().buffer(0, 0), true);
    }
  }

  @Override
  void excuse() {
    if (channel instanceof Http2StreamChannel stream) {
      connection.excuse(stream.stream());
    }
  }

  @Override
  void breakOff(GrpcStatus status, String why) {
    passed = false;
    if (!grpc || end != null || left > 0) {
      cut();
      return;
    }
    Fields trailers = new Fields();
    status.addTo(trailers, why);
    writeEnd(trailers);
    channel.flush();
    close();
  }

  private void write(Http2Headers headers, boolean endStream) {
    write(new DefaultHttp2HeadersFrame(headers, endStream), endStream);
  }

  private void writeData(ByteBuf data, boolean endStream) {
    write(new DefaultHttp2DataFrame(data, endStream), endStream);
  }

  private void write(Http2StreamFrame frame, boolean endStream) {
    if (endStream) {
      end = channel.write(frame);
    } else {
      channel.write(frame, channel.voidPromise());
    }
  }

  @Override
  void next() {
    close();
  }

  @Override
  void writable() {
    // No other request waits for it.
  }

  @Override
  void drainIdle() {
    // There is no stream without a request.
  }

  @Override
  void close() {
    reader.drop();
    // What flow control holds back of the answer is the client's to let through.
    deadline().set(Waiting.CLIENT_READS, settings().bodyTimeout());
    if (!reader.isEnded() && end != null) {
      if (passed) {
        excuse(); // a backend may answer what it has not heard to the end
      }
      // RFC 9113 §8.1: the answer is whole, and the rest of the request is of no use.
      end.addListener(written -> reset(Http2Error.NO_ERROR));
    }
  }

  @Override
  void closeLingering() {
    close();
  }

  @Override
  void cut() {
    reset(reader.isEnded() ? Http2Error.INTERNAL_ERROR : Http2Error.CANCEL);
  }

  private void reset(Http2Error error) {
    deadline().cancel();
    reader.drop();
    if (channel.isActive()) {
      channel.writeAndFlush(new DefaultHttp2ResetFrame(error), channel.voidPromise());
    }
  }
}
