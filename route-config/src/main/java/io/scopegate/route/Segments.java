package io.scopegate.route;

import java.util.List;

/**
 * The decoded segments of a path, as ranges of one text with their hashes, so that matching makes
 * no strings. An empty last segment is a trailing slash.
 */
final class Segments {
  private final String text;

  /**
   * For each where it begins and its {@link String#hashCode()}, and one more as if another followed
   * the last.
   */
  private final int[] marks;

  private final int count;

  /** Takes over the array, which may be longer than needed. */
  Segments(String text, int[] marks, int count) {
    this.text = text;
    this.marks = marks;
    this.count = count;
  }

  /** Returns these segments. */
  static Segments of(List<String> decoded) {
    int[] marks = new int[2 * decoded.size() + 1];
    for (int i = 0; i < decoded.size(); i++) {
      marks[2 * i + 1] = decoded.get(i).hashCode();
      marks[2 * i + 2] = marks[2 * i] + decoded.get(i).length() + 1;
    }
    return new Segments(String.join("/", decoded), marks, decoded.size());
  }

  int count() {
    return count;
  }

  /** Returns the text of which {@link #start} and {@link #end} tell the segments. */
  String text() {
    return text;
  }

  int start(int index) {
    return marks[2 * index];
  }

  int end(int index) {
    return marks[2 * index + 2] - 1;
  }

  int hash(int index) {
    return marks[2 * index + 1];
  }

  boolean isEmpty(int index) {
    return start(index) == end(index);
  }

  /** Says whether it is this literal. */
  boolean is(int index, Literal literal) {
    int start = start(index);
    return end(index) - start == literal.length() && literal.stands(text, start);
  }

  String value(int index) {
    return text.substring(start(index), end(index));
  }

  /** Returns this segment and all after it, with the slashes between. */
  String from(int index) {
    return text.substring(start(index), end(count - 1));
  }
}
