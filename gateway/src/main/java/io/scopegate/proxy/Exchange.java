package io.scopegate.proxy;

import io.netty.channel.Channel;
import io.scopegate.event.GatewayEvents;
import io.scopegate.policy.Decision;
import io.scopegate.proxy.message.RequestHead;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One request from its head to the end of its answer. Confined to the channel's event loop. */
final class Exchange {
  /** What a method is called in events that is none of the standard ones. */
  static final String OTHER = "_OTHER";

  private static final Set<String> METHODS =
      Set.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "CONNECT", "TRACE");
  private static final Set<String> IDEMPOTENT = Set.of("GET", "HEAD", "OPTIONS", "PUT", "DELETE");

  private final RequestHead head;
  private final String id;
  private final Frontend frontend;
  private final long startNanos;
  private @Nullable Decision decision;
  private boolean requestEnded;
  private boolean told;

  /** Who looks after it, if anybody does, and at which place. */
  private @Nullable ExchangeWatch watch;

  private int place;
  private boolean asked;
  private long askedNanos;

  Exchange(RequestHead head, Frontend frontend) {
    this.head = head;
    this.id = frontend.ids().of(head.fields());
    this.frontend = frontend;
    this.startNanos = frontend.nanoTime();
  }

  /** Returns who sends it. */
  Client client() {
    return frontend.client();
  }

  /** Returns the channel that it came on. */
  Channel channel() {
    return frontend.channel();
  }

  /** Returns when its head was there, on the event loop's clock. */
  long startNanos() {
    return startNanos;
  }

  RequestHead head() {
    return head;
  }

  String id() {
    return id;
  }

  Optional<Decision> decision() {
    return Optional.ofNullable(decision);
  }

  void decided(Decision what) {
    decision = what;
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

  /** It is over, and that is told once. */
  void completed(GatewayEvents events, int status) {
    tell(events, status);
    unwatched();
  }

  /** Tells that a WebSocket was opened, as which it goes on. */
  void opened(GatewayEvents events, int status) {
    tell(events, status);
  }

  private void tell(GatewayEvents events, int status) {
    if (!told) {
      told = true;
      String method = METHODS.contains(head.method()) ? head.method() : OTHER;
      events.completed(decision, method, status, frontend.nanoTime() - startNanos);
    }
  }

  /** Somebody looks after it, at this place. */
  void watched(ExchangeWatch by, int at) {
    watch = by;
    place = at;
  }

  /** Nobody looks after it any more. */
  void unwatched() {
    if (watch != null) {
      watch.remove(place);
      watch = null;
    }
  }

  boolean isWatched() {
    return watch != null;
  }

  /** It is asked whether it may go on. */
  void askedAbout(long nowNanos) {
    asked = true;
    askedNanos = nowNanos;
  }

  /** It was told whether it may go on. */
  void answered() {
    asked = false;
  }

  /** Says whether it was asked and not told whether it may go on. */
  boolean isAskedAbout() {
    return asked;
  }

  long askedNanos() {
    return askedNanos;
  }
}
