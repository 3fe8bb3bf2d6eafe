package io.scopegate.proxy.message;

/**
 * Reads what a backend answers on one connection or stream: hands out heads, slices of bodies and
 * their ends. Confined to the channel's event loop.
 */
public interface AnswerReader {
  /** Lets the answer to a request be read. */
  void expectAnswer(RequestHead request);

  /** Stops handing out until {@link #release}; little more is read meanwhile. */
  void hold();

  /** Hands out again, beginning with what has come in meanwhile. */
  void release();

  /** Says whether the first byte of the expected answer has come. */
  boolean isStarted();

  /** Says whether nothing has come that was not handed out. */
  boolean isClean();
}
