package io.scopegate.proxy;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http2.DefaultHttp2GoAwayFrame;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameStream;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2SettingsFrame;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.util.ReferenceCountUtil;
import io.scopegate.proxy.http2.FrontendCodec;
import io.scopegate.proxy.http2.FrontendTurns;
import io.scopegate.proxy.http2.Http2RequestReader;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A client's HTTP/2 connection: what its streams share, how long it may lie idle, how it ends.
 * Confined to the channel's event loop.
 */
// Whether a write or a close worked out is told by the channel.
@SuppressWarnings("FutureReturnValueIgnored")
final class Http2FrontendConnection extends ChannelInboundHandlerAdapter {
  private static final Logger LOG = LoggerFactory.getLogger(Http2FrontendConnection.class);
  private static final int CONNECTION_WINDOW = 1024 * 1024;

  private final Channel channel;
  private final Http2FrameCodec codec;
  private final FrontendTurns turns;
  private final FrontendSettings settings;
  private final BooleanSupplier draining;
  private final Client client;
  private final RequestIds ids;
  private final Deadline deadline;
  private int requests;
  private int unfinishedHead;
  private boolean goneAway;

  private Http2FrontendConnection(
      Channel channel,
      Http2FrameCodec codec,
      FrontendTurns turns,
      FrontendSettings settings,
      BooleanSupplier draining,
      RandomGenerator random) {
    this.channel = channel;
    this.codec = codec;
    this.turns = turns;
    this.settings = settings;
    this.draining = draining;
    this.client = Client.of(channel, settings.trustedProxies());
    this.ids = new RequestIds(random);
    this.deadline = new Deadline(channel.eventLoop(), this::expired);
  }

  /** Puts the handlers on a connection whose client speaks HTTP/2. */
  static void install(
      ChannelPipeline pipeline,
      FrontendSettings settings,
      Services services,
      BooleanSupplier draining,
      RandomGenerator random) {
    FrontendTurns turns = new FrontendTurns();
    Http2FrameCodec codec =
        FrontendCodec.of(settings.connections().streams(), settings.heads().headerBytes(), turns);
    Http2FrontendConnection connection =
        new Http2FrontendConnection(pipeline.channel(), codec, turns, settings, draining, random);
    pipeline.addLast(
        new LingeringClose(),
        turns,
        codec,
        new Http2MultiplexHandler(new StreamInitializer(services, connection)),
        connection);
  }

  /** Puts the handlers on the channel of a new stream. */
  private static final class StreamInitializer extends ChannelInitializer<Channel> {
    private final Services services;
    private final Http2FrontendConnection connection;

    StreamInitializer(Services services, Http2FrontendConnection connection) {
      this.services = services;
      this.connection = connection;
    }

    @Override
    public boolean isSharable() {
      return true;
    }

    @Override
    protected void initChannel(Channel stream) {
      Http2RequestReader reader =
          new Http2RequestReader(connection.settings().heads(), connection.turns);
      stream
          .pipeline()
          .addLast(
              reader,
              new ExchangeHandler(
                  services, expired -> new Http2Frontend(stream, reader, connection, expired)));
    }
  }

  /** Hears of streams, to know when there are none. */
  private final class Streams extends Http2ConnectionAdapter {
    @Override
    public void onStreamActive(Http2Stream stream) {
      deadline.clear();
      requests++;
      if (requests == settings.connections().requests()) {
        // Not within the listener: the codec is in the middle of a frame.
        channel.eventLoop().execute(Http2FrontendConnection.this::drain);
      }
    }

    @Override
    public void onStreamClosed(Http2Stream stream) {
      if (codec.connection().numActiveStreams() == 0) {
        idle();
      }
    }
  }

  private void idle() {
    if (goneAway) {
      close(Http2Error.NO_ERROR);
    } else {
      deadline.set(Waiting.REQUEST, settings.idleTimeout());
    }
  }

  /** Lets the end of a stream not count on the client's account. */
  void excuse(Http2FrameStream stream) {
    FrontendCodec.excuse(codec, stream.id());
  }

  FrontendSettings settings() {
    return settings;
  }

  boolean isDraining() {
    return draining.getAsBoolean();
  }

  Client client() {
    return client;
  }

  RequestIds ids() {
    return ids;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) throws Http2Exception {
    Http2Connection connection = codec.connection();
    connection.addListener(new Streams());
    deadline.set(Waiting.HEAD, settings.headTimeout());
    // 64 KiB for all streams together would make each wait for the others.
    connection
        .local()
        .flowController()
        .incrementWindowSize(
            connection.connectionStream(), CONNECTION_WINDOW - Http2CodecUtil.DEFAULT_WINDOW_SIZE);
    if (isDraining()) {
      drain(); // it was accepted when the notice was already out
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object frame) {
    if (frame instanceof Http2SettingsFrame && deadline.waiting() == Waiting.HEAD) {
      idle();
    }
    ReferenceCountUtil.release(frame);
  }

  /** Begins to count the time of a head when its first byte is there. */
  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    int head = turns.unfinishedHead();
    if (head != unfinishedHead) {
      unfinishedHead = head;
      if (head == 0) {
        deadline.lift();
      } else {
        deadline.limit(settings.headTimeout());
      }
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof DrainNotice) {
      drain();
    }
  }

  /**
   * Wants no more streams (RFC 9113 §6.8): first a warning, because a client that does not know yet
   * may have opened one, and that one is still served.
   */
  private void drain() {
    channel.writeAndFlush(
        new DefaultHttp2GoAwayFrame(Http2Error.NO_ERROR).setExtraStreamIds(Integer.MAX_VALUE));
    channel
        .eventLoop()
        .schedule(this::goAway, ConnectionEnd.LINGERING.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void goAway() {
    goneAway = true;
    if (codec.connection().numActiveStreams() == 0) {
      close(Http2Error.NO_ERROR);
    } else {
      channel.writeAndFlush(new DefaultHttp2GoAwayFrame(Http2Error.NO_ERROR));
    }
  }

  private void close(Http2Error error) {
    deadline.cancel();
    channel
        .writeAndFlush(new DefaultHttp2GoAwayFrame(error))
        .addListener(written -> channel.close());
  }

  private void expired(Waiting waiting) {
    close(
        switch (waiting) {
          case HEAD -> Http2Error.SETTINGS_TIMEOUT;
          // Nothing else can come before the end of that head (RFC 9113 §4.3).
          case NOTHING_MORE -> Http2Error.ENHANCE_YOUR_CALM;
          default -> Http2Error.NO_ERROR;
        });
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    deadline.cancel();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (cause instanceof Http2Exception) {
      return; // the codec says GOAWAY and closes
    }
    if (!(cause instanceof IOException)) {
      LOG.error("a connection failed", cause);
    }
    channel.close();
  }
}
