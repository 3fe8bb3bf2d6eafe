package io.scopegate.proxy.message;

/**
 * Where the body of a message ends (RFC 9112 §6.3). Immutable.
 *
 * @param length in bytes, of a {@link Kind#FIXED} body
 */
public record Framing(Kind kind, long length) {
  /** No body, and no field that says so. */
  public static final Framing NONE = new Framing(Kind.NONE, 0);

  /** A body in chunks. */
  public static final Framing CHUNKED = new Framing(Kind.CHUNKED, 0);

  /** A body that ends with the connection. */
  public static final Framing UNTIL_CLOSE = new Framing(Kind.UNTIL_CLOSE, 0);

  /**
   * No message at all, but bytes of another protocol both ways, until either side ends: behind a
   * request to change over to it once that was answered with 101, and behind that answer.
   */
  public static final Framing TUNNEL = new Framing(Kind.TUNNEL, 0);

  private static final Framing EMPTY = new Framing(Kind.FIXED, 0);

  /** Returns the framing by {@code Content-Length}. */
  public static Framing fixed(long length) {
    return length == 0 ? EMPTY : new Framing(Kind.FIXED, length);
  }

  /** Says whether not a single byte of a body can come. */
  public boolean isEmpty() {
    return length == 0 && (kind == Kind.FIXED || kind == Kind.NONE);
  }

  /** The ways to say it. */
  public enum Kind {
    NONE,
    FIXED,
    CHUNKED,
    UNTIL_CLOSE,
    TUNNEL
  }
}
