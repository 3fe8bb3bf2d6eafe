package io.scopegate.tool;

import io.scopegate.file.OpenApiFile;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The permissions of a first table, and what its rows ask of them. It grows while rows are written.
 * Used by the wiring only.
 */
final class FirstCatalogue {
  private final Map<String, String> permissions = new TreeMap<>();

  /** Starts with the scopes that a specification declares. */
  FirstCatalogue(Map<String, String> scopes) {
    scopes.forEach((scope, description) -> permissions.put(permission(scope), description));
  }

  /** Returns the lines of the catalogue. */
  String lines() {
    StringBuilder lines = new StringBuilder();
    permissions.forEach(
        (permission, description) ->
            lines
                .append("  ")
                .append(YamlText.word(permission))
                .append(": ")
                .append(
                    YamlText.text(
                        oneLine(description).isEmpty() ? permission : oneLine(description)))
                .append('\n'));
    return lines.isEmpty() ? "  {}\n" : lines.toString();
  }

  /** Who gets through a row, and what is not known about it. */
  record Demand(String line, String todo) {}

  /** Returns who gets through the row of an operation. */
  Demand demand(String tag, OpenApiFile.Operation operation) {
    if (operation.security().isEmpty()) {
      return guessed(tag, operation, "the specification names no security; guessed from the tag");
    }
    List<OpenApiFile.Security> ways = operation.security().get();
    if (ways.isEmpty()) {
      return new Demand("access: public", "");
    }
    List<String> alternatives =
        ways.stream()
            .filter(way -> !way.scopes().isEmpty())
            .map(way -> all(way.scopes()))
            .distinct()
            .toList();
    boolean optional = ways.stream().anyMatch(way -> way.schemes().isEmpty());
    if (alternatives.isEmpty()) {
      return guessed(
          tag,
          operation,
          optional
              ? "the specification makes the credential optional; guessed from the tag"
              : "the specification names no scope; guessed from the tag");
    }
    String todo =
        optional
            ? "the specification makes the credential optional"
            : alternatives.size() < ways.size()
                ? "the specification also takes a credential without a scope"
                : "";
    return new Demand(
        alternatives.size() == 1
            ? "require: " + alternatives.get(0)
            : "require: { any: [" + String.join(", ", alternatives) + "] }",
        todo);
  }

  private Demand guessed(String tag, OpenApiFile.Operation operation, String todo) {
    boolean reads = operation.method().equals("GET") || operation.method().equals("HEAD");
    String permission = permission(tag) + (reads ? ":read" : ":write");
    permissions.putIfAbsent(
        permission, (reads ? "Read " : "Change ") + oneLine(tag) + " (guessed from the tag)");
    return new Demand("require: " + YamlText.word(permission), todo);
  }

  private String all(List<String> scopes) {
    List<String> words = new ArrayList<>();
    for (String scope : scopes) {
      String permission = permission(scope);
      permissions.putIfAbsent(permission, "TODO: the specification does not describe it");
      words.add(YamlText.word(permission));
    }
    return words.size() == 1 ? words.get(0) : "[" + String.join(", ", words) + "]";
  }

  /** Returns a name that the catalogue takes. */
  private static String permission(String scope) {
    String name = scope.replaceAll("[^!-~]|[,;\"\\\\]", "_");
    return name.equals("*") || name.isEmpty() ? "everything" : name;
  }

  /** Returns a text on one line, with nothing in it that a YAML file cannot hold. */
  static String oneLine(String text) {
    StringBuilder line = new StringBuilder();
    text.codePoints().forEach(point -> line.appendCodePoint(isPrintable(point) ? point : ' '));
    return line.toString().replaceAll(" +", " ").strip();
  }

  private static boolean isPrintable(int point) {
    return switch (Character.getType(point)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      default -> true;
    };
  }
}
