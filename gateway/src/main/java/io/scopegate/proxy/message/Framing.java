package io.scopegate.proxy.message;

import org.jspecify.annotations.Nullable;

/**
 * Where the body of a message ends (RFC 9112 §6.3). Immutable.
 *
 * @param length in bytes, of a {@link Kind#FIXED} body
 * @param digits the length as {@code Content-Length} states it
 */
public record Framing(Kind kind, long length, String digits) {
  /** No body, and no field that says so. */
  public static final Framing NONE = new Framing(Kind.NONE, 0, "");

  /** A body in chunks. */
  public static final Framing CHUNKED = new Framing(Kind.CHUNKED, 0, "");

  /** A body that ends with the connection. */
  public static final Framing UNTIL_CLOSE = new Framing(Kind.UNTIL_CLOSE, 0, "");

  /**
   * No message at all, but bytes of another protocol both ways, until either side ends: behind a
   * request to change over to it once that was answered with 101, and behind that answer.
   */
  public static final Framing TUNNEL = new Framing(Kind.TUNNEL, 0, "");

  /** Lengths that were met lately: bodies of the same few come again. A race only loses one. */
  private static final @Nullable Framing[] RECENT = new Framing[256];

  /** Returns the framing by {@code Content-Length}. */
  public static Framing fixed(long length) {
    int place = (int) length & (RECENT.length - 1);
    Framing known = RECENT[place];
    if (known != null && known.length == length) {
      return known;
    }
    Framing made = new Framing(Kind.FIXED, length, Long.toString(length));
    RECENT[place] = made;
    return made;
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
