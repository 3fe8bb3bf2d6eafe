package io.scopegate.backend;

import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoRegistration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps an event loop going whatever is thrown while sockets are served: without memory or stack
 * for one connection there may be enough for the next, and a loop that ends takes all of its
 * connections with it. Confined to the channel's event loop.
 */
final class EnduringIoHandler implements IoHandler {
  private static final Logger LOG = LoggerFactory.getLogger(EnduringIoHandler.class);

  private final IoHandler handler;

  EnduringIoHandler(IoHandler handler) {
    this.handler = handler;
  }

  /** Returns a factory whose handlers endure. */
  static IoHandlerFactory around(IoHandlerFactory factory) {
    return executor -> new EnduringIoHandler(factory.newHandler(executor));
  }

  @Override
  public int run(IoHandlerContext context) {
    try {
      return handler.run(context);
    } catch (Throwable thrown) {
      tell(thrown);
      return 0;
    }
  }

  private static void tell(Throwable thrown) {
    try {
      LOG.error("serving sockets failed", thrown);
    } catch (Throwable again) {
      // Not even enough is left to say so.
    }
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
  public boolean isCompatible(Class<? extends IoHandle> handleType) {
    return handler.isCompatible(handleType);
  }
}
