package io.scopegate.file;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The keys of a row or group together with those that its groups give it. Used by the wiring only.
 */
final class RowFields {
  /** What a row takes from its groups if it does not say it itself. */
  private static final List<String> INHERITED =
      List.of(
          "require",
          "access",
          "role",
          "at",
          "list",
          "credential",
          "when",
          "backend",
          "stripPrefix",
          "mode",
          "timeout",
          "bodyLimit",
          "encodedSlash",
          "pathParameters",
          "upgrade",
          "description",
          "tags",
          "override");

  private final Fields own;
  private final Map<String, YamlNode> inherited;

  RowFields(Fields own, Map<String, YamlNode> inherited) {
    this.own = own;
    this.inherited = new LinkedHashMap<>(inherited);
    // One of the two replaces whichever the group has.
    if (own.has("require") || own.has("access")) {
      this.inherited.remove("require");
      this.inherited.remove("access");
    }
  }

  Fields own() {
    return own;
  }

  boolean isOwn(String key) {
    return own.has(key);
  }

  boolean has(String key) {
    return own.has(key) || inherited.containsKey(key);
  }

  Optional<YamlNode> node(String key) {
    return own.node(key).or(() -> Optional.ofNullable(inherited.get(key)));
  }

  /** Returns what the rows inside of this group take from it and from its groups. */
  Map<String, YamlNode> defaults() {
    Map<String, YamlNode> defaults = new LinkedHashMap<>(inherited);
    for (String key : INHERITED) {
      if (own.has(key)) {
        own.node(key).ifPresent(value -> defaults.put(key, value));
      }
    }
    return defaults;
  }
}
