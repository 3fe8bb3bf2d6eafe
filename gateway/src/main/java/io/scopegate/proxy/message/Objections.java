package io.scopegate.proxy.message;

import org.jspecify.annotations.Nullable;

/**
 * What is wrong with the bytes of one connection: the first thing found. Confined to the channel's
 * event loop.
 */
public final class Objections {
  private @Nullable Malformed first;

  /** Objects; returns false, so that a reader can end with it. */
  public boolean refuse(String detail) {
    return refuse(Malformed.Kind.SYNTAX, detail);
  }

  /** Objects in this way; returns false. */
  public boolean refuse(Malformed.Kind kind, String detail) {
    if (first == null) {
      first = new Malformed(kind, detail);
    }
    return false;
  }

  /** Says whether nothing is wrong so far. */
  public boolean isEmpty() {
    return first == null;
  }

  /** Returns what was found first, or null. */
  public @Nullable Malformed first() {
    return first;
  }
}
