package io.scopegate.route;

import java.util.Optional;

/**
 * Method, target and host of a request in the one accepted spelling. Ambiguity is rejected, never
 * repaired: what was judged is byte for byte what is forwarded. Immutable.
 */
public final class RequestLine implements Reading {

  private RequestLine() {}

  /**
   * Reads a request line.
   *
   * @param method the method as sent
   * @param target the request target as sent (RFC 9112 §3.2), one character a byte
   * @param authority the value of {@code Host} as sent, one character a byte
   */
  public static Reading parse(String method, String target, String authority) {
    throw new UnsupportedOperationException();
  }

  /** Returns the method as sent. */
  public String method() {
    throw new UnsupportedOperationException();
  }

  /** Returns the target in origin form, byte for byte as sent: path and query. */
  public String target() {
    throw new UnsupportedOperationException();
  }

  /** Returns the path as sent, without the query. */
  public String path() {
    throw new UnsupportedOperationException();
  }

  /** Returns the query as sent, without its question mark, if there is one. */
  public Optional<String> query() {
    throw new UnsupportedOperationException();
  }

  /** Returns the host, lower-cased, without its port. */
  public String host() {
    throw new UnsupportedOperationException();
  }

  /** Returns what the query says of this key. */
  public QueryValue queryValue(String key) {
    throw new UnsupportedOperationException();
  }

  /**
   * Says whether a segment holds an encoded slash or backslash, which only a row with {@code
   * encodedSlash} takes.
   */
  public boolean hasEncodedSlash() {
    throw new UnsupportedOperationException();
  }

  /**
   * Says whether a segment holds a {@code ;}, which only a row with {@code pathParameters} takes.
   */
  public boolean hasPathParameters() {
    throw new UnsupportedOperationException();
  }

  /**
   * Returns why the request is refused even if it meets no row, if it has a spelling that only a
   * row could take.
   */
  public Optional<String> refusalWithoutRow() {
    throw new UnsupportedOperationException();
  }
}
