package io.scopegate.proxy;

import io.scopegate.backend.Backend;
import io.scopegate.policy.Decision;
import java.util.Optional;

/**
 * Where a frontend connection stands with its one request at a time:
 *
 * <pre>
 * Idle → Judging → Connecting → Passing → Idle
 *           |          ↑ |         | |
 *           |          | +---------+ |  a connection that had gone stale: once more
 *           +→ Passing ------------→+  a backend inside the gateway
 *           +-----------------------→+→ Draining → Idle
 *                                    +→ Closed
 * </pre>
 *
 * Confined to the channel's event loop.
 */
sealed interface ExchangeState {

  /** Returns the request that has no answer yet, or not a whole one. */
  default Optional<Exchange> current() {
    return Optional.empty();
  }

  /** Says whether what the client sends has to wait for the backend. */
  default boolean isAwaited() {
    return false;
  }

  /** No request. */
  record Idle() implements ExchangeState {
    static final Idle INSTANCE = new Idle();

    Judging judging(Exchange exchange) {
      return new Judging(exchange);
    }
  }

  /** The head is there, the decision is not. */
  record Judging(Exchange exchange) implements ExchangeState {
    Connecting connecting(Decision.Allow allow, Backend backend) {
      return new Connecting(exchange, allow, backend);
    }

    Passing passing(Passage passage) {
      return new Passing(passage);
    }

    @Override
    public Optional<Exchange> current() {
      return Optional.of(exchange);
    }
  }

  /** Allowed; a connection is being made. */
  record Connecting(Exchange exchange, Decision.Allow allow, Backend backend)
      implements ExchangeState {
    Passing passing(Passage passage) {
      return new Passing(passage);
    }

    @Override
    public Optional<Exchange> current() {
      return Optional.of(exchange);
    }

    @Override
    public boolean isAwaited() {
      return true;
    }
  }

  /** Allowed; it is on its way, and so may be its answer. */
  record Passing(Passage passage) implements ExchangeState {
    Passing goingOn(Passage successor) {
      return new Passing(successor);
    }

    @Override
    public Optional<Exchange> current() {
      return Optional.of(passage.exchange());
    }

    @Override
    public boolean isAwaited() {
      return passage.awaitsUpgrade();
    }
  }

  /** Answered; the rest of the body is read and dropped. */
  final class Draining implements ExchangeState {
    private static final int MAX_BYTES = 64 * 1024;

    private long left = MAX_BYTES;

    /** Says whether a body of a stated length can be drained. */
    static boolean takes(long length) {
      return length <= MAX_BYTES;
    }

    /** Drops this many bytes; returns false if it is too much. */
    boolean drop(int bytes) {
      left -= bytes;
      return left >= 0;
    }
  }

  /** Nothing is read any more. */
  record Closed() implements ExchangeState {
    static final Closed INSTANCE = new Closed();
  }
}
