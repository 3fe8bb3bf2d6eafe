package io.scopegate.proxy;

/**
 * How many connections clients may have and what each may carry. Immutable.
 *
 * @param connections at once; more are reset when they are accepted
 * @param perAddress at once from one address that is no trusted proxy
 * @param requests on one connection, after which it ends
 * @param streams at once on a connection of HTTP/2
 * @param readAheadBytes what is taken of a client ahead of the request that is being served
 */
public record ConnectionLimits(
    int connections, int perAddress, int requests, int streams, int readAheadBytes) {
  /** What holds where nothing else is set. */
  public static final ConnectionLimits STANDARD =
      new ConnectionLimits(4096, 4096, 100_000, 100, 64 * 1024);
}
