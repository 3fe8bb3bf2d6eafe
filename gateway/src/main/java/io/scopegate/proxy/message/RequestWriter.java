package io.scopegate.proxy.message;

import io.netty.buffer.ByteBuf;

/**
 * Writes requests to a backend on one connection or stream; nothing is sent before the channel is
 * flushed. Confined to the channel's event loop.
 */
public interface RequestWriter {
  /**
   * Writes a head.
   *
   * @param fields with {@code Host} and those that frame the body
   * @param wantsTrailers whether the client said that it takes trailers
   */
  void writeHead(
      String method, String target, Fields fields, Framing framing, boolean wantsTrailers);

  /** Writes a part of the body. */
  void writeData(ByteBuf data);

  /** Writes the end of the request. */
  void writeEnd(Fields trailers);
}
