package io.scopegate.tool;

/**
 * Texts as YAML, in quotes where they would be something else without them. Safe from any thread.
 */
final class YamlText {
  private YamlText() {}

  /** Returns a name, inside of a flow list or as a key. */
  static String word(String text) {
    boolean plain =
        text.matches("[A-Za-z_/][A-Za-z0-9_./:-]*")
            && !text.endsWith(":")
            && !text.matches("(?i)true|false|null|yes|no|on|off");
    return plain ? text : quoted(text);
  }

  /** Returns a sentence, alone on its line. */
  static String text(String text) {
    boolean plain =
        text.matches("[A-Za-z][^\\p{Cntrl}\"'\\\\#:&*!|>%@`{}\\[\\]]*")
            && text.equals(text.strip())
            && text.indexOf(' ') > 0;
    return plain ? text : quoted(text);
  }

  private static String quoted(String text) {
    StringBuilder quoted = new StringBuilder("\"");
    text.codePoints()
        .forEach(
            point -> {
              if (point == '"' || point == '\\') {
                quoted.append('\\').appendCodePoint(point);
              } else if (Character.isISOControl(point)
                  || Character.getType(point) == Character.FORMAT
                  || Character.getType(point) == Character.SURROGATE) {
                quoted.append(String.format(point > 0xFFFF ? "\\U%08x" : "\\u%04x", point));
              } else {
                quoted.appendCodePoint(point);
              }
            });
    return quoted.append('"').toString();
  }
}
