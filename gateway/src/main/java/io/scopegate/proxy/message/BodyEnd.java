package io.scopegate.proxy.message;

/**
 * The end of a message; every head is followed by one. Confined to the channel's event loop.
 *
 * @param trailers the fields behind a chunked body
 */
public record BodyEnd(Fields trailers) {
  /** An end without trailers. */
  public static final BodyEnd PLAIN = new BodyEnd(new Fields());
}
