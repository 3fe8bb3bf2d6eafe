package io.scopegate.route;

import java.util.List;

/**
 * A mixed segment of a template without the names of its parameters: {@code prefix{}first{}second}.
 *
 * @param prefix what stands before the first parameter, perhaps nothing
 * @param separators what ends each parameter but perhaps the last one
 * @param parameters how many there are: as many as separators, or one more
 */
record Shape(String prefix, List<String> separators, int parameters) {
  Shape {
    separators = List.copyOf(separators);
  }

  /** Returns how many of its characters are literal: the more, the more specific. */
  int literalCharacters() {
    return prefix.length() + separators.stream().mapToInt(String::length).sum();
  }

  /** Returns what a matching segment ends with, perhaps nothing. */
  String suffix() {
    return separators.size() < parameters ? "" : separators.get(parameters - 1);
  }

  /** Says whether this part of a text matches. */
  boolean matches(String text, int from, int to) {
    String suffix = suffix();
    return text.startsWith(prefix, from)
        && to - from > prefix.length() + suffix.length()
        && text.startsWith(suffix, to - suffix.length())
        && start(text, from, to, parameters) >= 0;
  }

  /** Returns the value of a parameter in a part of a text that matches. */
  String value(String text, int from, int to, int parameter) {
    int start = start(text, from, to, parameter);
    int end = parameter < separators.size() ? start(text, from, to, parameter + 1) : to;
    int separator = parameter < separators.size() ? separators.get(parameter).length() : 0;
    return text.substring(start, end - separator);
  }

  /**
   * Returns where a parameter begins, or for the one after the last where the segment ends; -1 if
   * the segment does not match up to there.
   */
  private int start(String text, int from, int to, int parameter) {
    int first = from + prefix.length();
    int start = first;
    for (int i = 0; i < parameter; i++) {
      if (i == separators.size()) {
        return start < to ? to : -1;
      }
      String separator = separators.get(i);
      int at = indexOf(text, separator, first, to);
      // A separator that occurs twice has two readings, a parameter is never empty.
      if (at <= start || indexOf(text, separator, at + 1, to) >= 0) {
        return -1;
      }
      start = at + separator.length();
    }
    // After the last parameter nothing may be left.
    return parameter < parameters || start == to ? start : -1;
  }

  private static int indexOf(String text, String part, int from, int to) {
    int last = to - part.length();
    for (int at = from; at <= last; at++) {
      if (text.startsWith(part, at)) {
        return at;
      }
    }
    return -1;
  }

  /**
   * Says whether a segment may match both. It looks at how they begin and end, which is what keeps
   * shapes apart in practice; a yes may be wrong, a no never is.
   */
  boolean mayOverlap(Shape other) {
    String suffix = suffix();
    String otherSuffix = other.suffix();
    return (prefix.startsWith(other.prefix) || other.prefix.startsWith(prefix))
        && (suffix.endsWith(otherSuffix) || otherSuffix.endsWith(suffix));
  }
}
