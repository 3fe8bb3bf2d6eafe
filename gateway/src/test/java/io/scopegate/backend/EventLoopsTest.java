package io.scopegate.backend;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoRegistration;
import io.netty.channel.nio.NioIoHandler;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Event loops outlive what is thrown on them. */
@Timeout(20)
class EventLoopsTest {

  /** Serves sockets, but for the first times, when it throws. */
  private record Failing(IoHandler handler, AtomicInteger left) implements IoHandler {
    @Override
    public int run(IoHandlerContext context) {
      if (left.getAndDecrement() > 0) {
        throw new StackOverflowError("of a test");
      }
      return handler.run(context);
    }

    @Override
    public void initialize() {
      handler.initialize();
    }

    @Override
    public void prepareToDestroy() {
      handler.prepareToDestroy();
    }

    @Override
    public void destroy() {
      handler.destroy();
    }

    @Override
    public IoRegistration register(IoHandle handle) throws Exception {
      return handler.register(handle);
    }

    @Override
    public void wakeup() {
      handler.wakeup();
    }

    @Override
    public boolean isCompatible(Class<? extends IoHandle> type) {
      return handler.isCompatible(type);
    }
  }

  @Test
  void an_error_while_sockets_are_served_ends_no_loop() throws Exception {
    AtomicInteger left = new AtomicInteger(3);
    try (EventLoops loops =
        new EventLoops(
            1,
            false,
            executor -> new Failing(NioIoHandler.newFactory().newHandler(executor), left))) {
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
      // One round of a loop may run many tasks.
      while (left.get() >= 0) {
        assertThat(loops.group().submit(() -> "still here").get(5, TimeUnit.SECONDS))
            .isEqualTo("still here");
        assertThat(System.nanoTime()).isLessThan(end);
      }
      assertThat(loops.group().next().isShuttingDown()).isFalse();
    }
  }

  @Test
  void an_error_in_a_task_ends_no_loop() throws Exception {
    try (EventLoops loops = new EventLoops(1)) {
      loops
          .group()
          .execute(
              () -> {
                throw new OutOfMemoryError("of a test");
              });
      assertThat(loops.group().submit(() -> 1).get(5, TimeUnit.SECONDS)).isEqualTo(1);
    }
  }
}
