package io.scopegate.proxy;

import io.scopegate.backend.Backend;
import io.scopegate.policy.Decision;

/**
 * Where a frontend connection stands with its one request at a time:
 *
 * <pre>
 * Idle → Judging → Connecting → Streaming → Idle
 *           |          ↑ |         | |
 *           |          | +---------+ |  a connection that had gone stale: once more
 *           +→ Answering -----------→+  a backend inside the gateway
 *           +-----------------------→+→ Draining → Idle
 *                                    +→ Closed
 * </pre>
 *
 * Confined to the channel's event loop.
 */
sealed interface ExchangeState {

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

    Answering answering(LocalCall call) {
      return new Answering(call);
    }
  }

  /** Allowed; a backend inside the gateway gets it whole, or has it. */
  record Answering(LocalCall call) implements ExchangeState {}

  /** Allowed; a connection is being made. */
  record Connecting(Exchange exchange, Decision.Allow allow, Backend backend)
      implements ExchangeState {}

  /** Both streams flow. */
  record Streaming(Forwarding forwarding) implements ExchangeState {}

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
