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
      byte[] bytes,
      int from,
      int to,
      boolean obsText,
      RecentFields recent,
      Fields fields,
      Objections objections) {
    int colon = Grammar.tokenEnd(bytes, from, to);
    if (colon == from || colon == to || bytes[colon] != ':') {
      return objections.refuse("not a header field line");
    }
    int begin = colon + 1;
    int end = to;
    while (begin < end && isBlank(bytes[begin])) {
      begin++;
    }
    while (end > begin && isBlank(bytes[end - 1])) {
      end--;
    }
    boolean text =
        obsText ? Grammar.isObsText(bytes, begin, end) : Grammar.isText(bytes, begin, end);
    if (!text) {
      return objections.refuse("a header field value holds a character it cannot hold");
    }
    RecentFields.Known name = recent.of(bytes, from, colon);
    fields.addRead(name.name(), name.value(bytes, begin, end));
    return true;
  }

  private static boolean isBlank(byte b) {
    return b == ' ' || b == '\t';
  }
}
