package io.scopegate.proxy;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.netty.handler.codec.http2.Http2ConnectionPrefaceAndSettingsFrameWrittenEvent;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2GoAwayFrame;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2SettingsFrame;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.handler.codec.http2.Http2StreamChannelBootstrap;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import io.scopegate.backend.SharedConnection;
import io.scopegate.proxy.http2.BackendCodec;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An HTTP/2 connection to a backend, whose streams carry a request each. Confined to the channel's
 * event loop.
 */
// Whether a write or a close worked out is told by the channel.
@SuppressWarnings("FutureReturnValueIgnored")
final class Http2BackendConnection extends ChannelInboundHandlerAdapter
    implements SharedConnection {
  private static final Logger LOG = LoggerFactory.getLogger(Http2BackendConnection.class);

  /** More than this share one connection's losses and its one TCP window. */
  private static final int MAX_STREAMS = 100;

  /** What a stream may hold is limited by its own window; one that stands must not stop others. */
  private static final int CONNECTION_WINDOW = 1 << 30;

  /** Ids are not used again; what is left when they run out is a new connection. */
  private static final int LAST_STREAM_ID = Integer.MAX_VALUE - 2;

  private final Channel channel;
  private final Http2FrameCodec codec;
  private final Http2StreamChannelBootstrap streams;
  private Listener listener = () -> {};
  private boolean ready;
  private boolean webSockets;
  private boolean ending;
  private long heard;

  private Http2BackendConnection(Channel channel, Http2FrameCodec codec, String scheme) {
    this.channel = channel;
    this.codec = codec;
    this.streams = new Http2StreamChannelBootstrap(channel).handler(new RequestInitializer(scheme));
  }

  /**
   * Puts the handlers on a connection to a backend that speaks HTTP/2.
   *
   * @param scheme of what is asked for: {@code http} or {@code https}
   */
  static void install(ChannelPipeline pipeline, String scheme) {
    Http2FrameCodec codec = BackendCodec.newCodec();
    Http2BackendConnection connection =
        new Http2BackendConnection(pipeline.channel(), codec, scheme);
    pipeline.addLast(
        codec,
        connection.new GoAwayNotice(),
        new Http2MultiplexHandler(new UnaskedInitializer()),
        connection);
  }

  static Http2BackendConnection of(Channel channel) {
    Http2BackendConnection connection = channel.pipeline().get(Http2BackendConnection.class);
    if (connection == null) {
      throw new IllegalStateException("a connection without our handlers");
    }
    return connection;
  }

  /** Puts the handlers on the channel of a request. */
  private static final class RequestInitializer extends ChannelInitializer<Channel> {
    private final String scheme;

    RequestInitializer(String scheme) {
      this.scheme = scheme;
    }

    @Override
    public boolean isSharable() {
      return true;
    }

    @Override
    protected void initChannel(Channel stream) {
      BackendHandler.installStream(stream.pipeline(), scheme);
    }
  }

  /** Hears of the end before the streams that are left behind do, and come back for another. */
  private final class GoAwayNotice extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext ctx, Object frame) {
      ending |= frame instanceof Http2GoAwayFrame;
      ctx.fireChannelRead(frame);
    }
  }

  /** Closes a stream that the backend has opened: nobody asked for it. */
  private static final class UnaskedInitializer extends ChannelInitializer<Channel> {
    @Override
    public boolean isSharable() {
      return true;
    }

    @Override
    protected void initChannel(Channel stream) {
      stream.close();
    }
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    codec
        .connection()
        .addListener(
            new Http2ConnectionAdapter() {
              @Override
              public void onStreamClosed(Http2Stream stream) {
                streamClosed();
              }
            });
  }

  private void streamClosed() {
    if (ending && requests() == 0) {
      channel.close();
    } else {
      listener.changed();
    }
  }

  @Override
  public void listener(Listener hears) {
    listener = hears;
  }

  @Override
  public boolean isReady() {
    return ready;
  }

  @Override
  public boolean takesWebSockets() {
    return webSockets;
  }

  @Override
  public boolean isEnding() {
    return ending
        || !channel.isActive()
        || codec.connection().local().lastStreamCreated() >= LAST_STREAM_ID;
  }

  @Override
  public boolean hasRoom() {
    Http2Connection.Endpoint<?> local = codec.connection().local();
    return ready && !isEnding() && local.canOpenStream() && requests() < MAX_STREAMS;
  }

  @Override
  public int requests() {
    return codec.connection().local().numActiveStreams();
  }

  @Override
  public long heard() {
    return heard;
  }

  @Override
  public Channel open() {
    Future<Http2StreamChannel> opened = streams.open();
    if (!opened.isSuccess()) {
      throw new IllegalStateException("a stream could not be opened", opened.cause());
    }
    return opened.getNow();
  }

  @Override
  public void end(Channel request) {
    if (request instanceof Http2StreamChannel stream && request.isActive()) {
      Http2Stream.State state = stream.stream().state();
      if (state == Http2Stream.State.OPEN || state == Http2Stream.State.HALF_CLOSED_REMOTE) {
        // Part of the request may still wait for the backend to take it.
        stream.writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.CANCEL), stream.voidPromise());
      }
    }
    request.close();
  }

  @Override
  public void retire() {
    ending = true;
    if (requests() == 0) {
      channel.close();
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) throws Http2Exception {
    if (event instanceof Http2ConnectionPrefaceAndSettingsFrameWrittenEvent) {
      Http2Connection connection = codec.connection();
      connection
          .local()
          .flowController()
          .incrementWindowSize(
              connection.connectionStream(),
              CONNECTION_WINDOW - Http2CodecUtil.DEFAULT_WINDOW_SIZE);
      ctx.flush();
    }
    ReferenceCountUtil.release(event);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object frame) {
    if (frame instanceof Http2SettingsFrame settings) {
      ready = true;
      // RFC 8441 §3: once it is said, it stays.
      webSockets |= Boolean.TRUE.equals(settings.settings().connectProtocolEnabled());
      listener.changed();
    } else if (frame instanceof Http2GoAwayFrame) {
      // The streams that it leaves behind hear of it themselves; the others come to their end.
      listener.changed();
    }
    ReferenceCountUtil.release(frame);
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    heard++;
    if (ending && requests() == 0) {
      channel.close();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    ending = true;
    listener.changed();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (cause instanceof Http2Exception) {
      return; // the codec says GOAWAY and closes
    }
    if (!(cause instanceof IOException)) {
      LOG.error("a connection to a backend failed", cause);
    }
    channel.close();
  }
}
