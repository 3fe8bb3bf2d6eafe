package io.scopegate.proxy.message;

/**
 * The head of an answer. Confined to the channel's event loop.
 *
 * @param fields good until whoever was handed the head returns: the next head may use them again
 * @param reason as sent; may be empty
 * @param keepAlive whether the connection can be used again after it
 */
public record ResponseHead(
    int status, String reason, Fields fields, Framing framing, boolean keepAlive) {

  /** What an answer says that changes over to another protocol. */
  public static final int SWITCHING_PROTOCOLS = 101;

  /** Says whether another head follows (RFC 9110 §15.2); behind a 101 none does. */
  public boolean isInterim() {
    return status < 200 && status != SWITCHING_PROTOCOLS;
  }
}
