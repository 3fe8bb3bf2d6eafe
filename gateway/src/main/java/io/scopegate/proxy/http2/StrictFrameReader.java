package io.scopegate.proxy.http2;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameListener;
import io.netty.handler.codec.http2.Http2FrameListenerDecorator;
import io.netty.handler.codec.http2.Http2FrameReader;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Stream;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/**
 * Looks at heads before the codec does, which is lenient with some: those on a stream that its
 * client has ended, or that is closed (RFC 9113 §5.1), and those with two lengths, which it would
 * make one; and lets it read as much as the turn of the connection has. Confined to the channel's
 * event loop.
 */
final class StrictFrameReader implements Http2FrameReader {
  private final Http2FrameReader reader;
  private final Http2Connection connection;
  private final FrontendTurns turns;
  private final ClosedStreams closed = new ClosedStreams();
  private @Nullable Http2FrameListener plain;
  private @Nullable Http2FrameListener checked;

  StrictFrameReader(Http2FrameReader reader, Http2Connection connection, FrontendTurns turns) {
    this.reader = reader;
    this.connection = connection;
    this.turns = turns;
    connection.addListener(closed);
  }

  @Override
  public void readFrame(ChannelHandlerContext ctx, ByteBuf in, Http2FrameListener listener)
      throws Http2Exception {
    Http2FrameListener current = checked;
    if (current == null || plain != listener) {
      current = new Checking(listener);
      plain = listener;
      checked = current;
    }
    int last = in.writerIndex();
    int end = turns.end(in, reader.configuration().frameSizePolicy().maxFrameSize());
    if (end > in.readerIndex()) {
      in.writerIndex(end);
      try {
        reader.readFrame(ctx, in, current);
      } finally {
        in.writerIndex(last);
      }
    }
  }

  @Override
  public Configuration configuration() {
    return reader.configuration();
  }

  @Override
  public void close() {
    reader.close();
  }

  private void check(int streamId, Http2Headers headers) throws Http2Exception {
    Iterator<CharSequence> lengths = headers.valueIterator(HttpHeaderNames.CONTENT_LENGTH);
    if (lengths.hasNext()) {
      lengths.next();
      if (lengths.hasNext()) {
        throw Http2Exception.streamError(streamId, Http2Error.PROTOCOL_ERROR, "two lengths");
      }
    }
    Http2Stream stream = connection.stream(streamId);
    if (stream != null) {
      if (stream.state() == Http2Stream.State.HALF_CLOSED_REMOTE && !stream.isResetSent()) {
        throw Http2Exception.streamError(
            streamId, Http2Error.STREAM_CLOSED, "a head behind the end of its stream");
      }
    } else if (connection.streamMayHaveExisted(streamId) && !closed.wasReset(streamId)) {
      throw Http2Exception.connectionError(
          closed.contains(streamId) ? Http2Error.STREAM_CLOSED : Http2Error.PROTOCOL_ERROR,
          "a head on a stream that is closed or never was");
    }
  }

  /** Passes on what may come in the state that a stream is in. */
  private final class Checking extends Http2FrameListenerDecorator {
    Checking(Http2FrameListener listener) {
      super(listener);
    }

    @Override
    public void onHeadersRead(
        ChannelHandlerContext ctx, int streamId, Http2Headers headers, int padding, boolean end)
        throws Http2Exception {
      check(streamId, headers);
      super.onHeadersRead(ctx, streamId, headers, padding, end);
    }

    @Override
    public void onHeadersRead(
        ChannelHandlerContext ctx,
        int streamId,
        Http2Headers headers,
        int dependency,
        short weight,
        boolean exclusive,
        int padding,
        boolean end)
        throws Http2Exception {
      check(streamId, headers);
      super.onHeadersRead(ctx, streamId, headers, dependency, weight, exclusive, padding, end);
    }
  }

  /** The streams that were closed last. */
  private static final class ClosedStreams extends Http2ConnectionAdapter {
    private static final int REMEMBERED = 256;

    private final int[] whole = new int[REMEMBERED];
    private final int[] reset = new int[REMEMBERED];
    private int wholeCount;
    private int resetCount;

    @Override
    public void onStreamClosed(Http2Stream stream) {
      if (stream.isResetSent()) {
        reset[resetCount++ & (REMEMBERED - 1)] = stream.id();
      } else {
        whole[wholeCount++ & (REMEMBERED - 1)] = stream.id();
      }
    }

    /** Says whether we have reset it, so that frames may still be on their way. */
    boolean wasReset(int id) {
      return isIn(reset, id);
    }

    boolean contains(int id) {
      return isIn(whole, id);
    }

    private static boolean isIn(int[] ids, int id) {
      for (int each : ids) {
        if (each == id) {
          return true;
        }
      }
      return false;
    }
  }
}
