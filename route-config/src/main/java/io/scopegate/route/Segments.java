package io.scopegate.route;

import java.util.List;

/**
 * The decoded segments of a path, as ranges of one text with their hashes, so that matching makes
 * no strings. An empty last segment is a trailing slash.
 */
final class Segments {
  private final String text;

  /** Where each begins, and one more as if another followed the last. */
  private final int[] starts;

  /** Those of {@link String#hashCode()}. */
  private final int[] hashes;

  private final int count;

  /** Takes over the arrays, which may be longer than needed. */
  Segments(String text, int[] starts, int[] hashes, int count) {
    this.text = text;
    this.starts = starts;
    this.hashes = hashes;
    this.count = count;
  }

  /** Returns these segments. */
  static Segments of(List<String> decoded) {
    int[] starts = new int[decoded.size() + 1];
    int[] hashes = new int[decoded.size()];
    for (int i = 0; i < hashes.length; i++) {
      starts[i + 1] = starts[i] + decoded.get(i).length() + 1;
      hashes[i] = decoded.get(i).hashCode();
    }
    return new Segments(String.join("/", decoded), starts, hashes, hashes.length);
  }

  int count() {
    return count;
  }

  /** Returns the text of which {@link #start} and {@link #end} tell the segments. */
  String text() {
    return text;
  }

  int start(int index) {
    return starts[index];
  }

  int end(int index) {
    return starts[index + 1] - 1;
  }

  int hash(int index) {
    return hashes[index];
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
