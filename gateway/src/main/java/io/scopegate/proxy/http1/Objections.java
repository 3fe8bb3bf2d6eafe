package io.scopegate.proxy.http1;

import org.jspecify.annotations.Nullable;

/**
 * What is wrong with the bytes of one connection: the first thing found. Confined to the channel's
 * event loop.
 */
final class Objections {
  private @Nullable Malformed first;

  /** Objects; returns false, so that a reader can end with it. */
  boolean refuse(String detail) {
    return refuse(Malformed.Kind.SYNTAX, detail);
  }

  boolean refuse(Malformed.Kind kind, String detail) {
    if (first == null) {
      first = new Malformed(kind, detail);
    }
    return false;
  }

  boolean isEmpty() {
    return first == null;
  }

  @Nullable Malformed first() {
    return first;
  }
}
