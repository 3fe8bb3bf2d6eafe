package io.scopegate.backend;

import io.netty.channel.Channel;
import io.netty.channel.ChannelPipeline;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * What is spoken on the connections to a URL. Safe from any thread.
 *
 * @param beneath puts what lies beneath HTTP on a new connection: TLS, or nothing
 * @param requests puts what carries requests on top of it
 * @param sharing finds what shares a connection among requests, if one carries several at once
 * @param question how an endpoint is asked whether it is well
 */
public record Protocol(
    Consumer<ChannelPipeline> beneath,
    Consumer<ChannelPipeline> requests,
    Optional<Function<Channel, SharedConnection>> sharing,
    HealthQuestion question) {

  /** Makes one of HTTP/1, whose connections carry one request at a time. */
  public Protocol(Consumer<ChannelPipeline> beneath, Consumer<ChannelPipeline> requests) {
    this(beneath, requests, Optional.empty(), Http1Question::install);
  }

  /** Returns one with nothing beneath HTTP. */
  public static Protocol plain(Consumer<ChannelPipeline> requests) {
    return new Protocol(pipeline -> {}, requests);
  }
}
