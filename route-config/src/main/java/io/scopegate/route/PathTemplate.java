package io.scopegate.route;

import java.util.List;

/** The path of a row: literal, mixed and parameter segments. Immutable. */
public final class PathTemplate {
  private final String text;

  private PathTemplate(String text) {
    this.text = text;
  }

  /**
   * Returns the template that this text states.
   *
   * @throws IllegalArgumentException with what is wrong, if it states none
   */
  public static PathTemplate parse(String text) {
    return new PathTemplate(text);
  }

  /** Returns the template as the table words it. */
  public String text() {
    return text;
  }

  /** Returns the names of its parameters from left to right, repeated ones repeatedly. */
  public List<String> parameters() {
    throw new UnsupportedOperationException();
  }
}
