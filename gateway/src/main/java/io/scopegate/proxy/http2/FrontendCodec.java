package io.scopegate.proxy.http2;

import io.netty.handler.codec.http2.DefaultHttp2Connection;
import io.netty.handler.codec.http2.DefaultHttp2ConnectionDecoder;
import io.netty.handler.codec.http2.DefaultHttp2ConnectionEncoder;
import io.netty.handler.codec.http2.DefaultHttp2FrameReader;
import io.netty.handler.codec.http2.DefaultHttp2FrameWriter;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2FrameReader;
import io.netty.handler.codec.http2.Http2Settings;

/**
 * The codec of a client's connection: strict about the states of streams, and with limits on what
 * costs us more than the client. Used by the wiring only.
 */
public final class FrontendCodec extends Http2FrameCodecBuilder {
  private static final int MAX_SMALL_CONTINUATIONS = 16;
  private static final int STREAM_WINDOW = 256 * 1024;

  private FrontendCodec(int maxStreams, int maxHead, FrontendTurns turns) {
    Http2Connection connection = new DefaultHttp2Connection(true);
    Http2ConnectionEncoder encoder =
        new FrontendEncoder(
            new DefaultHttp2ConnectionEncoder(connection, new DefaultHttp2FrameWriter()));
    Http2FrameReader reader =
        new StrictFrameReader(
            new DefaultHttp2FrameReader(
                new DefaultHttp2HeadersDecoder(true, maxHead), MAX_SMALL_CONTINUATIONS),
            connection,
            turns);
    codec(new DefaultHttp2ConnectionDecoder(connection, encoder, reader), encoder);
    initialSettings(
        new Http2Settings()
            .maxConcurrentStreams(maxStreams)
            // RFC 8441 §3: WebSockets may be opened.
            .connectProtocolEnabled(true)
            .maxHeaderListSize(maxHead)
            .initialWindowSize(STREAM_WINDOW));
    gracefulShutdownTimeoutMillis(0);
    // Whoever closes the connection has said so before.
    decoupleCloseAndGoAway(true);
  }

  /**
   * Puts the end of a stream down to somebody else than the client, who may not be able to help it:
   * a backend that has heard enough, a credential that was withdrawn.
   */
  public static void excuse(Http2FrameCodec codec, int streamId) {
    if (codec.encoder() instanceof FrontendEncoder encoder) {
      encoder.excuse(streamId);
    }
  }

  /**
   * Returns a codec for one connection.
   *
   * @param maxStreams how many streams it may have at once
   * @param maxHead how many bytes the fields of a head may have
   * @param turns in which it reads, as a handler before it
   */
  public static Http2FrameCodec of(int maxStreams, int maxHead, FrontendTurns turns) {
    return new FrontendCodec(maxStreams, maxHead, turns).build();
  }
}
