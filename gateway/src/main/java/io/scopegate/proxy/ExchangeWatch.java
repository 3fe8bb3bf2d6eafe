package io.scopegate.proxy;

import io.netty.channel.EventLoop;
import io.scopegate.guard.Gatekeeper;
import io.scopegate.policy.Code;
import io.scopegate.policy.Decision;
import io.scopegate.policy.Missing;
import io.scopegate.proxy.message.RequestHead;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The exchanges of one event loop that were let through with a credential. Every second, those that
 * have lasted as long are decided once more: whoever would not be let through now, or as somebody
 * less, is told to end. Confined to the channel's event loop.
 */
// What becomes of an answer is told by its callback.
@SuppressWarnings("FutureReturnValueIgnored")
final class ExchangeWatch {
  private static final Logger LOG = LoggerFactory.getLogger(ExchangeWatch.class);

  /**
   * How often they are looked at, and how long a request may take without being asked about: one
   * that revokes its own credential shall hear that it has.
   */
  static final Duration PERIOD = Duration.ofSeconds(1);

  /** After this, what cannot be told counts as refused. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /** Of more than this many, the others of the event loop have a turn in between. */
  private static final int AT_ONCE = 128;

  /**
   * How many answers all event loops together wait for at once. When everything has to be read
   * anew, more would crowd each other out of the queue, and count as refused without a reason.
   */
  private static final int MAX_ASKED = 2_048;

  private final EventLoop loop;
  private final Gatekeeper gatekeeper;
  private final int maxAsked;
  private final List<Exchange> exchanges = new ArrayList<>();

  /** How many are still to be looked at in this round. */
  private int left;

  /** How many answers are awaited. */
  private int asked;

  /** When a round goes on although answers are missing. */
  private @Nullable ScheduledFuture<?> pause;

  private boolean running;

  /**
   * Starts with nothing to look after.
   *
   * @param loops how many event loops there are
   */
  ExchangeWatch(EventLoop loop, Gatekeeper gatekeeper, int loops) {
    this.loop = loop;
    this.gatekeeper = gatekeeper;
    this.maxAsked = Math.max(1, MAX_ASKED / loops);
  }

  /** Looks after an exchange until {@link #remove}. */
  void add(Exchange exchange) {
    exchange.watched(this, exchanges.size());
    exchanges.add(exchange);
    if (!running) {
      running = true;
      nextRound();
    }
  }

  /**
   * Lets go of the exchange at this place; the last takes it. A round goes from the last to the
   * first, so that nobody slips through by that.
   */
  void remove(int place) {
    Exchange last = exchanges.remove(exchanges.size() - 1);
    if (place < exchanges.size()) {
      exchanges.set(place, last);
      last.watched(this, place);
    }
  }

  private void nextRound() {
    loop.schedule(this::begin, PERIOD.toNanos(), TimeUnit.NANOSECONDS);
  }

  private void begin() {
    left = exchanges.size();
    look();
  }

  private void look() {
    left = Math.min(left, exchanges.size());
    int end = Math.max(0, left - AT_ONCE);
    while (left > end && asked < maxAsked) {
      left = Math.min(left, exchanges.size()) - 1;
      if (left >= 0) {
        look(exchanges.get(left));
      }
    }
    if (left > 0 && asked < maxAsked) {
      loop.execute(this::look);
    } else if (left > 0) {
      pause = loop.schedule(this::goOnAnyway, PATIENCE.toNanos(), TimeUnit.NANOSECONDS);
    } else if (exchanges.isEmpty()) {
      running = false;
    } else {
      nextRound();
    }
  }

  private void goOnAnyway() {
    pause = null;
    asked = 0;
    look();
  }

  private void look(Exchange exchange) {
    long now = loop.ticker().nanoTime();
    if (exchange.isAskedAbout()) {
      if (now - exchange.askedNanos() > PATIENCE.toNanos()) {
        withdraw(exchange, unknown(exchange, Code.IDENTITY_UNAVAILABLE.title()));
      }
    } else if (now - exchange.startNanos() >= PERIOD.toNanos()
        && exchange.decision().orElse(null) instanceof Decision.Allow allow) {
      exchange.askedAbout(now);
      asked++;
      ask(exchange, allow);
    }
  }

  private void ask(Exchange exchange, Decision.Allow allow) {
    objection(exchange, allow)
        .exceptionally(defect -> Optional.of(undecided(exchange, defect)))
        .thenAccept(
            objection -> {
              if (loop.inEventLoop()) {
                told(exchange, objection);
              } else {
                loop.execute(() -> told(exchange, objection));
              }
            });
  }

  private CompletableFuture<Optional<Decision.Deny>> objection(
      Exchange exchange, Decision.Allow allow) {
    RequestHead head = exchange.head();
    Client client = exchange.client();
    try {
      return gatekeeper.objection(
          allow, head.host(), head.fields(), client.certificate(), client.origin(head.fields()));
    } catch (Throwable defect) {
      // It must neither go on unasked nor stop the round of the others.
      return CompletableFuture.failedFuture(defect);
    }
  }

  private void told(Exchange exchange, Optional<Decision.Deny> objection) {
    exchange.answered();
    asked = Math.max(0, asked - 1);
    if (pause != null && asked <= maxAsked / 2) {
      pause.cancel(false);
      pause = null;
      loop.execute(this::look);
    }
    if (objection.isPresent()) {
      withdraw(exchange, objection.get());
    }
  }

  private static Decision.Deny undecided(Exchange exchange, Throwable defect) {
    LOG.error("whether a request may go on could not be decided", defect);
    return unknown(exchange, "the decision failed");
  }

  private static Decision.Deny unknown(Exchange exchange, String detail) {
    Decision decision = exchange.decision().orElseThrow();
    return new Decision.Deny(
        Code.IDENTITY_UNAVAILABLE,
        detail,
        decision.row(),
        decision.caller(),
        decision.grants(),
        Missing.nothing(),
        List.of());
  }

  private static void withdraw(Exchange exchange, Decision.Deny why) {
    if (exchange.isWatched()) {
      exchange.unwatched();
      exchange.channel().pipeline().fireUserEventTriggered(new Withdrawal(exchange, why));
    }
  }
}
