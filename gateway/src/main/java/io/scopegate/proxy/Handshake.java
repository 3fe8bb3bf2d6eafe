package io.scopegate.proxy;

import io.scopegate.proxy.message.Fields;
import io.scopegate.proxy.message.RequestHead;
import io.scopegate.proxy.message.ResponseHead;
import io.scopegate.proxy.message.WebSocketFields;
import java.util.List;
import java.util.Optional;

/**
 * How a backend was asked for a WebSocket: over HTTP/1 with a key that it must answer to (RFC 6455
 * §4), over HTTP/2 without one, because nobody else can answer on the stream (RFC 8441 §5).
 * Immutable.
 *
 * @param accept what answers the key; empty if there is none
 * @param keyed whether the backend was told the key
 */
record Handshake(String accept, boolean keyed) {

  /**
   * Asks for one.
   *
   * @param out the fields for the backend
   * @param http2 whether HTTP/2 is spoken with it
   */
  static Handshake ask(RequestHead head, Fields out, boolean http2, RequestIds ids) {
    if (!http2) {
      return new Handshake(WebSocketFields.acceptOf(HeaderRules.askForWebSocket(out, ids)), true);
    }
    out.remove(WebSocketFields.KEY);
    Optional<String> key = head.fields().first(WebSocketFields.KEY);
    return new Handshake(key.map(WebSocketFields::acceptOf).orElse(""), false);
  }

  /** Says whether it is an answer to this question, and not to somebody else's. */
  boolean isMetBy(ResponseHead answer) {
    return !keyed || answer.fields().values(WebSocketFields.ACCEPT).equals(List.of(accept));
  }

  /** Answers the client's key where the backend has not seen it. */
  void answer(Fields toClient) {
    if (!keyed) {
      toClient.remove(WebSocketFields.ACCEPT);
      if (!accept.isEmpty()) {
        toClient.addOurs(WebSocketFields.ACCEPT, accept);
      }
    }
  }
}
