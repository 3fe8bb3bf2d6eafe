package io.scopegate.file;

import io.scopegate.route.Position;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads what becomes of a request and what its row is called. Used by the wiring only. */
final class HandlingReader {
  private final NodeReader reader;
  private final Problems problems;
  private final Inclusion inclusion;
  private final Backends backends;
  private final Optional<Word> defaultBackend;

  HandlingReader(
      NodeReader reader, Inclusion inclusion, Backends backends, Optional<Word> defaultBackend) {
    this.reader = reader;
    this.problems = reader.problems();
    this.inclusion = inclusion;
    this.backends = backends;
    this.defaultBackend = defaultBackend;
  }

  /**
   * Reads what becomes of a request.
   *
   * @param prefix of the row, of which {@code stripPrefix} speaks; absent for a group
   */
  RowEntry.Handling handling(RowFields fields, Optional<String> prefix) {
    Optional<Word> backend = fields.node("backend").flatMap(reader::text).map(Word::of);
    backend.ifPresent(backends::check);
    Optional<YamlNode> strip = fields.node("stripPrefix");
    boolean strips = strip.flatMap(reader::flag).orElse(false);
    String stripped = strips ? prefix.orElse("") : "";
    if (strips && prefix.isPresent()) {
      checkStripped(stripped, strip.map(YamlNode::at).orElseThrow());
    }
    return new RowEntry.Handling(
        fields.has("backend") ? backend : defaultBackend,
        stripped,
        fields
            .node("mode")
            .flatMap(node -> reader.oneOf(node, Map.of("enforce", false, "shadow", true)))
            .orElse(false),
        fields.node("timeout").flatMap(reader::duration),
        fields.node("bodyLimit").flatMap(reader::bytes),
        isAllowed(fields, "encodedSlash"),
        isAllowed(fields, "pathParameters"),
        fields
            .node("upgrade")
            .flatMap(node -> reader.oneOf(node, Map.of("websocket", true, "refuse", false)))
            .orElse(false));
  }

  private void checkStripped(String prefix, Position at) {
    if (prefix.isEmpty()) {
      problems.error(at, "`stripPrefix` without a `prefix`");
    } else if (prefix.contains("{") || prefix.contains("%")) {
      problems.error(
          at, "`stripPrefix` cuts a literal prefix, and " + Wording.quoted(prefix) + " is none");
    }
  }

  private boolean isAllowed(RowFields fields, String key) {
    return fields
        .node(key)
        .flatMap(node -> reader.oneOf(node, Map.of("allow", true, "refuse", false)))
        .orElse(false);
  }

  /** Reads what a row is called. */
  RowEntry.Label label(RowFields fields) {
    Optional<Word> id = fields.own().text("id").map(inclusion::word).filter(word -> isId(word));
    String description =
        fields.node("description").flatMap(reader::text).map(YamlNode.Scalar::text).orElse("");
    List<String> tags =
        fields.node("tags").map(reader::texts).orElse(List.of()).stream()
            .map(YamlNode.Scalar::text)
            .toList();
    Optional<YamlNode> override = fields.node("override");
    boolean overrides = override.flatMap(reader::flag).orElse(false);
    return new RowEntry.Label(
        id, description, tags, overrides ? override.map(YamlNode::at) : Optional.empty());
  }

  private boolean isId(Word id) {
    boolean fits = id.text().chars().allMatch(c -> c >= 0x20 && c < 0x7F);
    if (!fits) {
      problems.error(id.at(), "id " + Wording.quoted(id.text()) + " must be printable ASCII");
    }
    return fits;
  }
}
