package io.scopegate.proxy;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.scopegate.proxy.http1.MessageWriter;
import io.scopegate.proxy.message.Fields;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** The answer to HTTP in the clear where TLS is spoken. Safe from any thread. */
// Whether a write or a close worked out is told by the channel.
@SuppressWarnings("FutureReturnValueIgnored")
final class ClearTextAnswer {
  private final Refusals refusals = new Refusals();
  private final RandomGenerator random;

  ClearTextAnswer(RandomGenerator random) {
    this.random = random;
  }

  /** Answers and closes; what was asked for is not looked at. */
  void send(Channel channel) {
    GatewayAnswer answer =
        refusals.of(
            Fault.BAD_REQUEST,
            "TLS is spoken here: the scheme is `https`",
            new RequestIds(random).next(),
            Optional.empty());
    Fields fields = answer.fields();
    fields.add("Content-Length", Integer.toString(answer.body().length));
    fields.add("Connection", "close");
    channel
        .writeAndFlush(
            MessageWriter.response(
                channel.alloc(), answer.status(), "Bad Request", fields, answer.body()))
        .addListener(ChannelFutureListener.CLOSE);
  }
}
