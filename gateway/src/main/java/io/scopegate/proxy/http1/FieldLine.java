package io.scopegate.proxy.http1;

import io.scopegate.proxy.message.Fields;
import io.scopegate.proxy.message.Grammar;
import io.scopegate.proxy.message.Objections;

/** The grammar of a header or trailer field line (RFC 9112 §5); folded lines are none. */
final class FieldLine {
  private FieldLine() {}

  /**
   * Adds the field of a line to the fields, or objects.
   *
   * @param recent those of the event loop
   */
  static boolean read(
      byte[] line,
      int length,
      boolean obsText,
      RecentFields recent,
      Fields fields,
      Objections objections) {
    int colon = Grammar.tokenEnd(line, 0, length);
    if (colon == 0 || colon == length || line[colon] != ':') {
      return objections.refuse("not a header field line");
    }
    int from = colon + 1;
    int to = length;
    while (from < to && isBlank(line[from])) {
      from++;
    }
    while (to > from && isBlank(line[to - 1])) {
      to--;
    }
    boolean text = obsText ? Grammar.isObsText(line, from, to) : Grammar.isText(line, from, to);
    if (!text) {
      return objections.refuse("a header field value holds a character it cannot hold");
    }
    RecentFields.Known name = recent.of(line, colon);
    fields.addRead(name.name(), name.value(line, from, to));
    return true;
  }

  private static boolean isBlank(byte b) {
    return b == ' ' || b == '\t';
  }
}
