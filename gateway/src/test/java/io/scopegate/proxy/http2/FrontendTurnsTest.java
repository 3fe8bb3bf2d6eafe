package io.scopegate.proxy.http2;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.Http2Headers;
import io.scopegate.proxy.message.HeadLimits;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FrontendTurnsTest {
  private static final int MAX_FRAME = 16_384;
  private static final int DATA = 0;
  private static final int HEADERS = 1;
  private static final int RST_STREAM = 3;
  private static final int PING = 6;

  private final FrontendTurns turns = new FrontendTurns();
  private final Reader reader = new Reader();
  private final Socket socket = new Socket();
  private final List<EmbeddedChannel> streams = new ArrayList<>();
  private EmbeddedChannel channel = new EmbeddedChannel();

  /** Counts what is asked of the socket. Confined to the channel's event loop. */
  private static final class Socket extends ChannelOutboundHandlerAdapter {
    private int reads;
    private int flushes;

    @Override
    public void read(ChannelHandlerContext ctx) {
      reads++;
    }

    @Override
    public void flush(ChannelHandlerContext ctx) {
      flushes++;
    }

    @Override
    public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
      // Later, as where it lingers.
    }
  }

  /** Reads what a turn has, as the codec does. Confined to the channel's event loop. */
  private final class Reader extends ChannelInboundHandlerAdapter {
    private final ByteBuf bytes = Unpooled.buffer();
    private int frames;
    private int reads;

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      ByteBuf in = (ByteBuf) message;
      bytes.writeBytes(in);
      in.release();
      int end = turns.end(bytes, MAX_FRAME);
      while (bytes.readerIndex() < end) {
        bytes.skipBytes(bytes.readUnsignedMedium() + 6);
        frames++;
      }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
      reads++;
      ctx.read(); // as the codec does
    }
  }

  @BeforeEach
  void open() {
    channel = new EmbeddedChannel(socket, turns, reader);
    socket.reads = 0;
  }

  @AfterEach
  void close() {
    streams.forEach(EmbeddedChannel::finishAndReleaseAll);
    channel.finishAndReleaseAll();
  }

  private static ByteBuf frames(int count, int... types) {
    ByteBuf frames = Unpooled.buffer();
    for (int i = 0; i < count; i++) {
      for (int type : types) {
        frames.writeMedium(4).writeByte(type).writeByte(0).writeInt(2 * i + 1).writeInt(0);
      }
    }
    return frames;
  }

  private void comes(ByteBuf bytes) {
    channel.pipeline().fireChannelRead(bytes);
    channel.pipeline().fireChannelReadComplete();
  }

  @Test
  void a_turn_has_sixteen_heads_and_others_come_before_the_next() {
    comes(frames(40, HEADERS));
    assertThat(reader.frames).isEqualTo(16);
    channel.runScheduledPendingTasks();
    assertThat(reader.frames).isEqualTo(32);
    channel.runScheduledPendingTasks();
    assertThat(reader.frames).isEqualTo(40);
    assertThat(reader.reads).isEqualTo(3);
  }

  @Test
  void the_socket_is_not_read_while_frames_wait_for_their_turn() {
    assertThat(socket.reads).isZero();
    comes(frames(17, HEADERS));
    assertThat(channel.config().isAutoRead()).isFalse();
    assertThat(socket.reads).isZero();
    channel.runScheduledPendingTasks();
    assertThat(channel.config().isAutoRead()).isTrue();
    assertThat(socket.reads).isPositive();
  }

  @Test
  void a_reset_that_comes_with_a_head_is_read_in_the_same_turn() {
    comes(frames(40, HEADERS, RST_STREAM));
    assertThat(reader.frames).isEqualTo(32);
  }

  @Test
  void a_turn_has_256_frames_of_any_type() {
    comes(frames(150, PING, DATA));
    assertThat(reader.frames).isEqualTo(256);
    channel.runScheduledPendingTasks();
    assertThat(reader.frames).isEqualTo(300);
  }

  @Test
  void each_read_of_the_socket_is_a_turn_of_its_own() {
    for (int i = 0; i < 3; i++) {
      comes(frames(16, HEADERS));
    }
    assertThat(reader.frames).isEqualTo(48);
    assertThat(channel.config().isAutoRead()).isTrue();
  }

  @Test
  void a_frame_is_read_when_it_is_whole() {
    ByteBuf frame = frames(1, PING);
    comes(frame.readRetainedSlice(5));
    comes(frame.readRetainedSlice(7));
    assertThat(reader.frames).isZero();
    comes(frame);
    assertThat(reader.frames).isEqualTo(1);
  }

  @Test
  void a_frame_that_is_too_large_is_left_to_the_codec_to_refuse() {
    ByteBuf in = Unpooled.buffer().writeMedium(MAX_FRAME + 1).writeZero(6);
    assertThat(turns.end(in, MAX_FRAME)).isEqualTo(in.writerIndex());
    in.setMedium(0, MAX_FRAME);
    assertThat(turns.end(in, MAX_FRAME)).isZero();
    in.release();
  }

  /** A request whose head has come on a stream of its own. */
  private EmbeddedChannel request() {
    EmbeddedChannel stream = new EmbeddedChannel();
    stream
        .pipeline()
        .addLast(
            new Http2RequestReader(HeadLimits.STANDARD, turns),
            new ChannelInboundHandlerAdapter() {
              @Override
              public void channelRead(ChannelHandlerContext ctx, Object message) {
                ctx.fireChannelRead(message);
                channel.flush(); // an answer
              }
            });
    Http2Headers head = new DefaultHttp2Headers();
    head.method("GET").scheme("http").authority("gw.test").path("/");
    stream.writeInbound(new DefaultHttp2HeadersFrame(head, false));
    streams.add(stream);
    return stream;
  }

  private long begun() {
    return streams.stream().filter(stream -> !stream.inboundMessages().isEmpty()).count();
  }

  @Test
  void a_turn_begins_sixteen_requests_and_others_come_before_the_next() {
    for (int i = 0; i < 40; i++) {
      request();
    }
    assertThat(begun()).isEqualTo(16);
    channel.runScheduledPendingTasks();
    assertThat(begun()).isEqualTo(32);
    channel.runScheduledPendingTasks();
    assertThat(begun()).isEqualTo(40);
    channel.runScheduledPendingTasks();
    request();
    assertThat(begun()).isEqualTo(41);
  }

  @Test
  void no_request_begins_before_everything_that_has_come_is_read() {
    comes(frames(40, HEADERS));
    request();
    channel.runScheduledPendingTasks();
    assertThat(reader.frames).isEqualTo(32);
    assertThat(begun()).isZero();
    channel.runScheduledPendingTasks();
    assertThat(reader.frames).isEqualTo(40);
    assertThat(begun()).isEqualTo(1);
  }

  @Test
  void requests_begin_although_more_comes_in_each_turn() {
    comes(frames(17, HEADERS));
    for (int i = 0; i < 40; i++) {
      request();
    }
    for (int turn = 0; turn < 3; turn++) {
      channel.runScheduledPendingTasks();
      comes(frames(17, HEADERS));
    }
    assertThat(begun()).isEqualTo(40);
  }

  @Test
  void a_request_that_is_reset_before_its_turn_does_not_begin() {
    for (int i = 0; i < 17; i++) {
      request();
    }
    var unused = streams.get(16).close();
    channel.runScheduledPendingTasks();
    assertThat(begun()).isEqualTo(16);
  }

  @Test
  void a_connection_that_ends_reads_nothing_and_begins_nothing() {
    for (int i = 0; i < 20; i++) {
      request();
    }
    var unused = channel.pipeline().close();
    comes(frames(3, HEADERS));
    channel.runScheduledPendingTasks();
    request();
    channel.runScheduledPendingTasks();
    assertThat(begun()).isEqualTo(16);
    assertThat(reader.frames).isZero();
    assertThat(reader.bytes.isReadable()).isFalse();
  }

  @Test
  void what_begins_together_is_answered_in_one_piece() {
    for (int i = 0; i < 32; i++) {
      request();
    }
    socket.flushes = 0;
    channel.runScheduledPendingTasks();
    assertThat(begun()).isEqualTo(32);
    assertThat(socket.flushes).isEqualTo(1);
  }
}
