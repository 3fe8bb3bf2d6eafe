package io.scopegate.backend;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.SingleThreadEventExecutor;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * The threads that move bytes, one a core, and the kind of sockets they move them with: native
 * epoll, or NIO where there is none. Safe from any thread.
 */
public final class EventLoops implements AutoCloseable {
  private static final Duration CLOSING = Duration.ofSeconds(5);

  private final EventLoopGroup group;
  private final boolean epoll;

  /** Starts this many threads. */
  public EventLoops(int threads) {
    this(threads, Epoll.isAvailable());
  }

  EventLoops(int threads, boolean epoll) {
    this(threads, epoll, epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
  }

  EventLoops(int threads, boolean epoll, IoHandlerFactory factory) {
    this.epoll = epoll;
    this.group =
        new MultiThreadIoEventLoopGroup(
            threads, new DefaultThreadFactory("loop"), EnduringIoHandler.around(factory));
  }

  /** Returns the threads. */
  public EventLoopGroup group() {
    return group;
  }

  /** Returns the class of listening sockets. */
  public Class<? extends ServerSocketChannel> serverChannel() {
    return epoll ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
  }

  /** Returns the class of connected sockets. */
  public Class<? extends SocketChannel> socketChannel() {
    return epoll ? EpollSocketChannel.class : NioSocketChannel.class;
  }

  /** Returns the class of sockets for datagrams. */
  Class<? extends DatagramChannel> datagramChannel() {
    return epoll ? EpollDatagramChannel.class : NioDatagramChannel.class;
  }

  /** Returns {@code epoll} or {@code nio}. */
  public String transport() {
    return epoll ? "epoll" : "nio";
  }

  /** Returns how many tasks wait on all threads. */
  public int pendingTasks() {
    int tasks = 0;
    for (EventExecutor loop : group) {
      if (loop instanceof SingleThreadEventExecutor single) {
        tasks += single.pendingTasks();
      }
    }
    return tasks;
  }

  /** Ends the threads. */
  @Override
  public void close() {
    group
        .shutdownGracefully(0, CLOSING.toMillis(), TimeUnit.MILLISECONDS)
        .awaitUninterruptibly(CLOSING.toMillis());
  }
}
