package io.scopegate.file;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Trees of YAML as text again. */
final class Trees {
  private Trees() {}

  /** Returns a tree as JSON. */
  static String json(YamlNode node) {
    if (node instanceof YamlNode.Mapping mapping) {
      return mapping.entries().stream()
          .map(entry -> quoted(entry.key()) + ": " + json(entry.value()))
          .collect(Collectors.joining(", ", "{", "}"));
    }
    if (node instanceof YamlNode.Sequence sequence) {
      return sequence.items().stream().map(Trees::json).collect(Collectors.joining(", ", "[", "]"));
    }
    return scalar((YamlNode.Scalar) node);
  }

  /** A tree with more keys in one of its mappings, and the lines on which these stand. */
  record Extended(String text, Map<Integer, String> keysByLine) {}

  /** Returns a tree with more keys, each with the value null, in one of its mappings. */
  static Extended extended(YamlNode root, YamlNode.Mapping where, Set<String> keys) {
    StringBuilder text = new StringBuilder();
    Map<Integer, String> lines = new TreeMap<>();
    write(root, where, List.copyOf(keys), text, lines);
    return new Extended(text.append('\n').toString(), lines);
  }

  private static void write(
      YamlNode node,
      YamlNode.Mapping where,
      List<String> keys,
      StringBuilder text,
      Map<Integer, String> lines) {
    if (node instanceof YamlNode.Mapping mapping) {
      text.append('{');
      for (YamlNode.Entry entry : mapping.entries()) {
        text.append(quoted(entry.key())).append(": ");
        write(entry.value(), where, keys, text, lines);
        text.append(", ");
      }
      if (mapping.at().equals(where.at())) {
        for (String key : keys) {
          text.append('\n');
          lines.put((int) text.chars().filter(c -> c == '\n').count() + 1, key);
          text.append(quoted(key)).append(": null, ");
        }
      }
      text.append('}');
    } else if (node instanceof YamlNode.Sequence sequence) {
      text.append('[');
      for (YamlNode item : sequence.items()) {
        write(item, where, keys, text, lines);
        text.append(", ");
      }
      text.append(']');
    } else {
      text.append(scalar((YamlNode.Scalar) node));
    }
  }

  private static String scalar(YamlNode.Scalar scalar) {
    return switch (scalar.kind()) {
      case TEXT -> quoted(scalar.text());
      case NULL -> "null";
      default -> scalar.text().toLowerCase(Locale.ROOT);
    };
  }

  private static String quoted(String text) {
    StringBuilder quoted = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        quoted.append('\\').append(c);
      } else if (c < 0x20) {
        quoted.append(String.format("\\u%04x", (int) c));
      } else {
        quoted.append(c);
      }
    }
    return quoted.append('"').toString();
  }

  /** Returns every mapping of a tree. */
  static List<YamlNode.Mapping> mappings(YamlNode node) {
    List<YamlNode.Mapping> all = new ArrayList<>();
    if (node instanceof YamlNode.Mapping mapping) {
      all.add(mapping);
      mapping.entries().forEach(entry -> all.addAll(mappings(entry.value())));
    } else if (node instanceof YamlNode.Sequence sequence) {
      sequence.items().forEach(item -> all.addAll(mappings(item)));
    }
    return all;
  }
}
