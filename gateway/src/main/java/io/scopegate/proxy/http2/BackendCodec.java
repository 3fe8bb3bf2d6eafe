package io.scopegate.proxy.http2;

import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2Settings;

/** The codec of a connection to a backend. Used by the wiring only. */
public final class BackendCodec {
  private static final int MAX_HEAD = 32 * 1024;
  private static final int MAX_SMALL_CONTINUATIONS = 16;
  private static final int STREAM_WINDOW = 256 * 1024;

  private BackendCodec() {}

  /** Returns a codec for one connection. */
  public static Http2FrameCodec newCodec() {
    return Http2FrameCodecBuilder.forClient()
        .initialSettings(
            new Http2Settings()
                .pushEnabled(false)
                .maxHeaderListSize(MAX_HEAD)
                .initialWindowSize(STREAM_WINDOW))
        .decoderEnforceMaxSmallContinuationFrames(MAX_SMALL_CONTINUATIONS)
        // How many streams we reset, the clients decide; they have a budget of their own for it.
        .encoderEnforceMaxRstFramesPerWindow(0, 0)
        .gracefulShutdownTimeoutMillis(0)
        .build();
  }
}
