package io.scopegate.proxy.message;

/**
 * The head of a request. Confined to the channel's event loop.
 *
 * @param target as sent
 * @param host the value of {@code Host}
 * @param http10 whether the client speaks HTTP/1.0
 * @param fields as sent, less what {@code Connection} names: those count for this connection only,
 *     so neither a decision nor a backend sees them
 * @param keepAlive whether the client wants to go on after it
 * @param expectsContinue whether the client waits for a 100 before it sends the body
 */
public record RequestHead(
    String method,
    String target,
    String host,
    boolean http10,
    Fields fields,
    Framing framing,
    boolean keepAlive,
    boolean expectsContinue) {

  /**
   * Says whether it asks for a WebSocket. It is a GET whatever carries it (RFC 8441 §5), keeps
   * {@code Upgrade: websocket} for whoever judges it, and nothing behind it is read before {@link
   * Framing#TUNNEL} begins.
   */
  public boolean opensWebSocket() {
    return framing.kind() == Framing.Kind.TUNNEL;
  }

  /** Says whether the answer has no body whatever its fields say. */
  public boolean isHead() {
    return method.equals("HEAD");
  }
}
