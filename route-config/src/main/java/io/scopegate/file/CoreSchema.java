package io.scopegate.file;

import com.google.re2j.Pattern;

/** The core schema: what a plain scalar is (YAML 1.2 §10.3.2). Safe from any thread. */
final class CoreSchema {
  private static final Pattern NULL = Pattern.compile("null|Null|NULL|~|");
  private static final Pattern BOOLEAN = Pattern.compile("true|True|TRUE|false|False|FALSE");
  private static final Pattern INTEGER = Pattern.compile("[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+");
  private static final Pattern FLOAT =
      Pattern.compile(
          "[-+]?(\\.[0-9]+|[0-9]+(\\.[0-9]*)?)([eE][-+]?[0-9]+)?"
              + "|[-+]?(\\.inf|\\.Inf|\\.INF)|\\.nan|\\.NaN|\\.NAN");

  private CoreSchema() {}

  /** Returns what a plain scalar of this text is. */
  static YamlNode.Kind kind(String text) {
    if (NULL.matches(text)) {
      return YamlNode.Kind.NULL;
    }
    // Most words of our files start with a letter that no other kind starts with.
    char first = text.charAt(0);
    if (first == 't' || first == 'T' || first == 'f' || first == 'F') {
      return BOOLEAN.matches(text) ? YamlNode.Kind.BOOLEAN : YamlNode.Kind.TEXT;
    }
    if (!(first >= '0' && first <= '9') && first != '-' && first != '+' && first != '.') {
      return YamlNode.Kind.TEXT;
    }
    if (INTEGER.matches(text)) {
      return YamlNode.Kind.INTEGER;
    }
    return FLOAT.matches(text) ? YamlNode.Kind.FLOAT : YamlNode.Kind.TEXT;
  }
}
