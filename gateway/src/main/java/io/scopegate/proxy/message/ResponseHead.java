package io.scopegate.proxy.message;

/**
 * The head of an answer. Confined to the channel's event loop.
 *
 * @param reason as sent; may be empty
 * @param keepAlive whether the connection can be used again after it
 */
public record ResponseHead(
    int status, String reason, Fields fields, Framing framing, boolean keepAlive) {

  /** Says whether another head follows (RFC 9110 §15.2). */
  public boolean isInterim() {
    return status < 200;
  }
}
