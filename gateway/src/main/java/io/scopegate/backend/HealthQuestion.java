package io.scopegate.backend;

import io.netty.channel.ChannelPipeline;
import java.util.function.IntConsumer;

/** How an endpoint is asked whether it is well. Safe from any thread. */
public interface HealthQuestion {
  /**
   * Puts on a new connection what asks for a path, and hears what is answered.
   *
   * @param authority what {@code Host} says
   * @param heard told the status of the answer, or -1 if it is none; once at most
   */
  void install(ChannelPipeline pipeline, String authority, String path, IntConsumer heard);
}
