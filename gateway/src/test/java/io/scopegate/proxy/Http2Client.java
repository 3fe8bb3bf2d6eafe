package io.scopegate.proxy;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2GoAwayFrame;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2SettingsFrame;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.handler.codec.http2.Http2StreamChannelBootstrap;
import io.netty.util.ReferenceCountUtil;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** An HTTP/2 client by prior knowledge that shows every frame, for tests. Safe from any thread. */
final class Http2Client implements AutoCloseable {
  private final MultiThreadIoEventLoopGroup group =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final Channel channel;
  private final BlockingQueue<Http2Settings> settings = new LinkedBlockingQueue<>();
  private final BlockingQueue<Long> goAways = new LinkedBlockingQueue<>();

  Http2Client(InetSocketAddress address) throws InterruptedException {
    this.channel =
        new Bootstrap()
            .group(group)
            .channel(NioSocketChannel.class)
            .handler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel made) {
                    install(made);
                  }
                })
            .connect(address)
            .sync()
            .channel();
  }

  private void install(Channel made) {
    made.pipeline()
        .addLast(
            Http2FrameCodecBuilder.forClient().validateHeaders(false).build(),
            new Http2MultiplexHandler(new ChannelInboundHandlerAdapter()),
            new ChannelInboundHandlerAdapter() {
              @Override
              public void channelRead(ChannelHandlerContext ctx, Object frame) {
                if (frame instanceof Http2SettingsFrame theirs) {
                  settings.add(theirs.settings());
                } else if (frame instanceof Http2GoAwayFrame goAway) {
                  goAways.add(goAway.errorCode());
                }
                ReferenceCountUtil.release(frame);
              }
            });
  }

  /** Waits for the settings of the server. */
  Http2Settings settings() throws InterruptedException {
    return found(settings.poll(10, TimeUnit.SECONDS), "SETTINGS");
  }

  /** Waits for a GOAWAY and returns its code. */
  long goAway() throws InterruptedException {
    return found(goAways.poll(10, TimeUnit.SECONDS), "GOAWAY");
  }

  /** Returns the pseudo-header fields of a request and these fields, name and value in turn. */
  static Http2Headers head(String method, String path, String... fields) {
    Http2Headers headers =
        new DefaultHttp2Headers(false)
            .method(method)
            .scheme("http")
            .authority("gw.test")
            .path(path);
    for (int i = 0; i < fields.length; i += 2) {
      headers.add(fields[i], fields[i + 1]);
    }
    return headers;
  }

  /** Opens a stream with this head. */
  Stream open(Http2Headers headers, boolean end) throws InterruptedException {
    Frames frames = new Frames();
    Http2StreamChannel made =
        new Http2StreamChannelBootstrap(channel).handler(frames).open().sync().getNow();
    Stream stream = new Stream(made, frames.queue);
    made.writeAndFlush(new DefaultHttp2HeadersFrame(headers, end)).sync();
    return stream;
  }

  private static <T> T found(T frame, String what) {
    if (frame == null) {
      throw new AssertionError("no " + what + " came");
    }
    return frame;
  }

  @Override
  public void close() {
    channel.close().syncUninterruptibly();
    group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
  }

  /** Keeps what comes on one stream. */
  private static final class Frames extends ChannelInboundHandlerAdapter {
    private final BlockingQueue<Object> queue = new LinkedBlockingQueue<>();

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object frame) {
      boolean end = false;
      if (frame instanceof Http2HeadersFrame headers) {
        queue.add(headers.headers());
        end = headers.isEndStream();
      } else if (frame instanceof Http2DataFrame data) {
        queue.add(ByteBufUtil.getBytes(data.content()));
        end = data.isEndStream();
      }
      ReferenceCountUtil.release(frame);
      if (end) {
        queue.add("END");
      }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
      if (event instanceof Http2ResetFrame reset) {
        queue.add("RESET " + reset.errorCode());
      }
      ReferenceCountUtil.release(event);
    }
  }

  /** One stream. Confined to the test's thread. */
  static final class Stream {
    private final Http2StreamChannel channel;
    private final BlockingQueue<Object> frames;
    private byte[] left = {};

    Stream(Http2StreamChannel channel, BlockingQueue<Object> frames) {
      this.channel = channel;
      this.frames = frames;
    }

    private Object next() throws InterruptedException {
      return found(frames.poll(10, TimeUnit.SECONDS), "frame");
    }

    /** Waits for a head. */
    Http2Headers headers() throws InterruptedException {
      Object frame = next();
      if (frame instanceof Http2Headers headers) {
        return headers;
      }
      throw new AssertionError("no head but " + frame);
    }

    /** Waits for the status of a head. */
    int status() throws InterruptedException {
      return Integer.parseInt(headers().status().toString());
    }

    /** Waits for this many bytes of data. */
    byte[] bytes(int length) throws InterruptedException {
      while (left.length < length) {
        Object frame = next();
        if (!(frame instanceof byte[] more)) {
          throw new AssertionError("no data but " + frame);
        }
        byte[] all = java.util.Arrays.copyOf(left, left.length + more.length);
        System.arraycopy(more, 0, all, left.length, more.length);
        left = all;
      }
      byte[] bytes = java.util.Arrays.copyOf(left, length);
      left = java.util.Arrays.copyOfRange(left, length, left.length);
      return bytes;
    }

    /** Waits for text of this length. */
    String text(int length) throws InterruptedException {
      return new String(bytes(length), StandardCharsets.ISO_8859_1);
    }

    /** Waits for the end, after data that does not matter; says how it came. */
    String end() throws InterruptedException {
      Object frame = next();
      while (!(frame instanceof String)) {
        frame = next();
      }
      return (String) frame;
    }

    /** Gives the stream up. */
    void reset() throws InterruptedException {
      channel.close().sync();
    }

    Stream send(byte[] data, boolean end) throws InterruptedException {
      channel.writeAndFlush(new DefaultHttp2DataFrame(Unpooled.wrappedBuffer(data), end)).sync();
      return this;
    }

    Stream send(String data, boolean end) throws InterruptedException {
      return send(data.getBytes(StandardCharsets.ISO_8859_1), end);
    }
  }
}
