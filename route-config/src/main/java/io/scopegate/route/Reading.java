package io.scopegate.route;

/** What came of reading a request line. Immutable. */
public sealed interface Reading permits RequestLine, Reading.Refused {

  /**
   * It has no reading, or more than one.
   *
   * @param detail what is wrong, for the caller
   */
  record Refused(String detail) implements Reading {}
}
