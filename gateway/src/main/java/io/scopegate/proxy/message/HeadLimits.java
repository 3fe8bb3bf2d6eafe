package io.scopegate.proxy.message;

/**
 * How large the head of a message may be. Immutable.
 *
 * @param targetLength of a request's start line, most of which is its target
 * @param headerBytes of the start line and all field lines together
 * @param headerCount how many field lines there may be
 */
public record HeadLimits(int targetLength, int headerBytes, int headerCount) {
  /** What holds where nothing else is set. */
  public static final HeadLimits STANDARD = new HeadLimits(8 * 1024, 32 * 1024, 100);
}
