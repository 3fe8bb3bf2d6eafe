package io.scopegate.backend;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the addresses that a name stands for. While nobody can be asked, those of the last answer
 * stay. Safe from any thread.
 */
// What comes of a timer is told by the next look-up.
@SuppressWarnings("FutureReturnValueIgnored")
final class AddressWatch {
  private static final Logger LOG = LoggerFactory.getLogger(AddressWatch.class);

  private static final Duration SHORTEST = Duration.ofSeconds(1);
  private static final Duration LONGEST = Duration.ofHours(1);

  private final String host;
  private final NameResolver resolver;
  private final EventLoop loop;
  private final Consumer<List<InetAddress>> found;
  private boolean failing;
  private volatile boolean closed;
  private volatile CompletableFuture<Void> current = new CompletableFuture<>();

  /** Looks a name up at once, and again whenever the answer is not good any more. */
  AddressWatch(
      String host, NameResolver resolver, EventLoop loop, Consumer<List<InetAddress>> found) {
    this.host = host;
    this.resolver = resolver;
    this.loop = loop;
    this.found = found;
    loop.execute(this::lookUp);
  }

  /** Returns what completes with the look-up that is on its way; it is over between two of them. */
  CompletableFuture<Void> current() {
    return current;
  }

  void close() {
    closed = true;
    current.complete(null);
  }

  private void lookUp() {
    if (closed) {
      return;
    }
    if (current.isDone()) {
      current = new CompletableFuture<>();
    }
    resolver.lookup(host, loop).addListener(this::lookedUp);
  }

  private void lookedUp(Future<? super NameResolver.Found> done) {
    Duration again = SHORTEST;
    if (done.isSuccess() && done.getNow() instanceof NameResolver.Found answer) {
      note(answer.addresses().isEmpty(), "there is no such name");
      if (!closed) {
        found.accept(answer.addresses());
      }
      again = clamped(answer.ttl());
    } else {
      note(true, String.valueOf(done.cause().getMessage()));
    }
    current.complete(null);
    if (!closed) {
      loop.schedule(this::lookUp, again.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  private void note(boolean fails, String why) {
    if (fails && !failing) {
      LOG.warn("cannot look up the backend host `{}`: {}", host, why);
    } else if (failing && !fails) {
      LOG.info("the backend host `{}` is found again", host);
    }
    failing = fails;
  }

  private static Duration clamped(Duration ttl) {
    if (ttl.compareTo(SHORTEST) < 0) {
      return SHORTEST;
    }
    return ttl.compareTo(LONGEST) > 0 ? LONGEST : ttl;
  }
}
