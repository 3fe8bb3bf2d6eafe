package io.scopegate.route;

import java.util.ArrayList;
import java.util.List;

/** Reads one path template. */
final class TemplateReader {
  private final String template;

  TemplateReader(String template) {
    this.template = template;
  }

  /** Returns its segments. */
  List<PathTemplate.Segment> segments() {
    if (!template.startsWith("/")) {
      throw wrong("does not begin with a slash");
    }
    List<PathTemplate.Segment> segments = new ArrayList<>();
    int from = 1;
    boolean inBraces = false;
    for (int at = 1; at <= template.length(); at++) {
      char c = at == template.length() ? '/' : template.charAt(at);
      if (c == '/' && (!inBraces || at == template.length())) {
        segments.add(segment(template.substring(from, at), at == template.length()));
        from = at + 1;
      }
      inBraces = c == '{' || (inBraces && c != '}');
    }
    if (segments.size() > PathTemplate.MAX_SEGMENTS) {
      throw wrong("has more than " + PathTemplate.MAX_SEGMENTS + " segments");
    }
    return segments;
  }

  private PathTemplate.Segment segment(String text, boolean last) {
    if (text.indexOf('{') < 0) {
      return literalSegment(text, last);
    }
    // Literals and names in turn: the first and the last are literals, perhaps empty.
    List<String> literals = new ArrayList<>();
    List<String> names = new ArrayList<>();
    int from = 0;
    for (int open = text.indexOf('{'); open >= 0; open = text.indexOf('{', from)) {
      literals.add(literal(text.substring(from, open)));
      int close = text.indexOf('}', open);
      if (close < 0) {
        throw wrong("has a `{` without its `}` in `" + text + "`");
      }
      names.add(text.substring(open + 1, close));
      from = close + 1;
    }
    literals.add(literal(text.substring(from)));
    if (names.size() == 1 && literals.stream().allMatch(String::isEmpty)) {
      return parameter(names.get(0), last);
    }
    return mixed(text, literals, names);
  }

  private PathTemplate.Segment literalSegment(String text, boolean last) {
    if (text.isEmpty() && !last) {
      throw wrong("has an empty segment");
    }
    String decoded = literal(text);
    if (PathReader.isDots(decoded, 0, decoded.length())) {
      throw wrong("has the dot segment `" + text + "`, which no request can have");
    }
    return new PathTemplate.Literal(decoded);
  }

  private PathTemplate.Segment parameter(String name, boolean last) {
    if (!name.endsWith("*")) {
      return new PathTemplate.Parameter(name(name));
    }
    if (!last) {
      throw wrong("has `{" + name + "}` before its end");
    }
    return new PathTemplate.Rest(name(name.substring(0, name.length() - 1)));
  }

  private PathTemplate.Segment mixed(String text, List<String> literals, List<String> names) {
    for (String name : names) {
      if (name.endsWith("*")) {
        throw wrong("has `{" + name + "}`, which must be a segment of its own, in `" + text + "`");
      }
      name(name);
    }
    List<String> separators = new ArrayList<>(literals.subList(1, literals.size()));
    if (separators.get(separators.size() - 1).isEmpty()) {
      separators.remove(separators.size() - 1);
    }
    for (int i = 0; i < separators.size(); i++) {
      if (separators.get(i).isEmpty()) {
        throw wrong("has two parameters with nothing between them in `" + text + "`");
      }
      for (int j = 0; j < separators.size(); j++) {
        if (i != j && separators.get(j).contains(separators.get(i))) {
          // It would occur twice in every segment, so nothing could match.
          throw wrong("has the separator `" + separators.get(i) + "` twice in `" + text + "`");
        }
      }
    }
    Shape shape = new Shape(literals.get(0), separators, names.size());
    return new PathTemplate.Mixed(shape, List.copyOf(names));
  }

  private String name(String name) {
    try {
      return PathTemplate.parameterName(name);
    } catch (IllegalArgumentException wrong) {
      throw new IllegalArgumentException(
          "path template `" + template + "`: " + wrong.getMessage(), wrong);
    }
  }

  /** Returns literal characters decoded, held to the grammar of a request's path. */
  private String literal(String text) {
    for (int at = 0; at < text.length(); at++) {
      char c = text.charAt(at);
      if (c == '{' || c == '}') {
        throw wrong("has a `" + c + "` without its other half in `" + text + "`");
      }
      if (c == '?') {
        throw wrong("has a query; a condition under `when:` reads one");
      }
      if (c == '%' && !Escapes.standsAt(text, at)) {
        throw wrong("has a percent sign without two hex digits in `" + text + "`");
      }
      if (c != '%' && c != ';' && TargetCharacter.of(c) != TargetCharacter.PLAIN) {
        throw wrong("has a character that must be percent-encoded in `" + text + "`");
      }
    }
    String decoded = Escapes.decoded(text, 0, text.length(), false);
    if (decoded == null) {
      throw wrong("has an escape that is no UTF-8 in `" + text + "`");
    }
    for (int at = 0; at < decoded.length(); at++) {
      char c = decoded.charAt(at);
      if (c == '/' || c == '\\' || c == ';' || Character.isISOControl(c)) {
        throw wrong("has a slash, `;` or control character that no request has in `" + text + "`");
      }
      if (c == '%' && Escapes.standsAt(decoded, at)) {
        throw wrong("is percent-encoded twice in `" + text + "`");
      }
    }
    return decoded;
  }

  private IllegalArgumentException wrong(String what) {
    return new IllegalArgumentException("path template `" + template + "` " + what);
  }
}
