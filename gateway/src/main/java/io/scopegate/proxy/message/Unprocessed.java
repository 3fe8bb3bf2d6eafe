package io.scopegate.proxy.message;

/**
 * Says that the backend has not looked at the request and never will on this connection (RFC 9113
 * §8.7), so that it may go out once more whatever its method is. Immutable.
 */
public enum Unprocessed {
  INSTANCE
}
