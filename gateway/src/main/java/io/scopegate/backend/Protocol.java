package io.scopegate.backend;

import io.netty.channel.ChannelPipeline;
import java.util.function.Consumer;

/**
 * What is spoken on the connections to a URL. Safe from any thread.
 *
 * @param beneath puts what lies beneath HTTP on a new connection: TLS, or nothing
 * @param requests puts what carries requests on top of it
 */
public record Protocol(Consumer<ChannelPipeline> beneath, Consumer<ChannelPipeline> requests) {

  /** Returns one with nothing beneath HTTP. */
  public static Protocol plain(Consumer<ChannelPipeline> requests) {
    return new Protocol(pipeline -> {}, requests);
  }
}
