package io.scopegate.proxy;

import io.scopegate.event.GatewayEvents;
import io.scopegate.policy.Decision;
import io.scopegate.proxy.message.RequestHead;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/** One request from its head to the end of its answer. Confined to the channel's event loop. */
final class Exchange {
  /** What a method is called in events that is none of the standard ones. */
  static final String OTHER = "_OTHER";

  private static final Set<String> METHODS =
      Set.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "CONNECT", "TRACE");
  private static final Set<String> IDEMPOTENT = Set.of("GET", "HEAD", "OPTIONS", "PUT", "DELETE");

  private final RequestHead head;
  private final String id;
  private final long startNanos;
  private Optional<Decision> decision = Optional.empty();
  private boolean requestEnded;
  private boolean completed;

  Exchange(RequestHead head, String id, long startNanos) {
    this.head = head;
    this.id = id;
    this.startNanos = startNanos;
  }

  RequestHead head() {
    return head;
  }

  String id() {
    return id;
  }

  Optional<Decision> decision() {
    return decision;
  }

  void decided(Decision what) {
    decision = Optional.of(what);
  }

  /** Says whether the client has sent all of it. */
  boolean isRequestEnded() {
    return requestEnded;
  }

  void requestEnded() {
    requestEnded = true;
  }

  /** Says whether it has no body at all; what follows a handshake is not sent with it. */
  boolean isBodiless() {
    return head.framing().isEmpty() || head.opensWebSocket();
  }

  /** Says whether it does no harm when it comes twice (RFC 9110 §9.2.2). */
  boolean isIdempotent() {
    return IDEMPOTENT.contains(head.method());
  }

  /** Tells that it is over, once. */
  void completed(GatewayEvents events, int status, long nowNanos) {
    if (!completed) {
      completed = true;
      String method = METHODS.contains(head.method()) ? head.method() : OTHER;
      events.completed(decision, method, status, Duration.ofNanos(nowNanos - startNanos));
    }
  }
}
