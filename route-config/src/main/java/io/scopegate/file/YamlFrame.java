package io.scopegate.file;

import io.scopegate.route.Position;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A mapping or list whose end has not been read yet. Used by the wiring only. */
final class YamlFrame {
  private final Position at;
  private final boolean mapping;
  private final List<YamlNode> items = new ArrayList<>();
  private final List<YamlNode.Entry> entries = new ArrayList<>();
  private final Map<String, Position> keys = new HashMap<>();
  private @Nullable YamlNode pendingKey;

  private YamlFrame(Position at, boolean mapping) {
    this.at = at;
    this.mapping = mapping;
  }

  static YamlFrame mapping(Position at) {
    return new YamlFrame(at, true);
  }

  static YamlFrame sequence(Position at) {
    return new YamlFrame(at, false);
  }

  Position at() {
    return at;
  }

  boolean isEmpty() {
    return items.isEmpty();
  }

  YamlNode firstItem() {
    return items.get(0);
  }

  /** Takes the next piece: in a mapping a key and its value by turns. */
  void add(YamlNode node, Problems problems) {
    if (!mapping) {
      items.add(node);
    } else if (pendingKey == null) {
      pendingKey = node;
    } else {
      put(pendingKey, node, problems);
      pendingKey = null;
    }
  }

  private void put(YamlNode key, YamlNode value, Problems problems) {
    if (key instanceof YamlNode.Scalar scalar) {
      put(scalar, value, problems);
    } else if (!(key instanceof YamlNode.Unreadable)) {
      problems.error(key.at(), "a key must be a word");
    }
  }

  private void put(YamlNode.Scalar key, YamlNode value, Problems problems) {
    String word = key.text();
    if (word.equals("<<")) {
      problems.error(key.at(), "merge key `<<`", "write the keys out");
      return;
    }
    if (word.isEmpty()) {
      problems.error(key.at(), "a key cannot be empty");
      return;
    }
    Position earlier = keys.putIfAbsent(word, key.at());
    if (earlier == null) {
      entries.add(new YamlNode.Entry(word, key.at(), value));
    } else {
      problems.error(
          key.at(),
          "duplicate key " + Wording.quoted(word),
          "it is at line " + earlier.line() + " already");
    }
  }

  YamlNode complete() {
    return mapping ? new YamlNode.Mapping(at, entries) : new YamlNode.Sequence(at, items);
  }
}
