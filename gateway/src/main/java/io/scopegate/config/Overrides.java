package io.scopegate.config;

import io.scopegate.file.Problems;
import io.scopegate.file.YamlNode;
import io.scopegate.file.YamlReader;
import io.scopegate.route.Position;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Lays what flags and environment say over the tree of the file, before anything is taken from it:
 * so an override is checked like the file, and complaints name it as where they stand.
 */
final class Overrides {
  private static final String PREFIX = "SCOPEGATE__";

  private final Problems problems;

  Overrides(Problems problems) {
    this.problems = problems;
  }

  /** What lies over a place in the tree. */
  private record Overlay(Position at, List<String> path, YamlNode value, boolean anyCase) {}

  /** Returns the tree with every override in it: the environment first, flags over it. */
  YamlNode laidOver(YamlNode root, List<String> flags, Map<String, String> environment) {
    List<Overlay> overlays = new ArrayList<>();
    new TreeMap<>(environment)
        .forEach(
            (name, value) -> {
              if (name.toUpperCase(Locale.ROOT).startsWith(PREFIX)) {
                List<String> path = List.of(name.substring(PREFIX.length()).split("__", -1));
                read(name, path, value, true).ifPresent(overlays::add);
              }
            });
    flags.forEach(flag -> read(flag).ifPresent(overlays::add));
    YamlNode tree = root;
    for (Overlay overlay : overlays) {
      tree = changed(Optional.of(tree), overlay, 0);
    }
    return tree;
  }

  private Optional<Overlay> read(String flag) {
    int equals = flag.indexOf('=');
    if (equals < 1) {
      problems.error(
          new Position("--set " + flag, 1, 1), "an override is spelt `--set key.key=value`");
      return Optional.empty();
    }
    String path = flag.substring(0, equals);
    return read("--set " + path, List.of(path.split("\\.", -1)), flag.substring(equals + 1), false);
  }

  private Optional<Overlay> read(String name, List<String> path, String value, boolean anyCase) {
    Position at = new Position(name, 1, 1);
    if (path.contains("")) {
      problems.error(at, "a key between the separators is empty");
      return Optional.empty();
    }
    if (value.isBlank()) {
      problems.error(at, "the value is empty", "write `\"\"` for an empty text");
      return Optional.empty();
    }
    return YamlReader.read(name, value, problems).map(node -> new Overlay(at, path, node, anyCase));
  }

  private YamlNode changed(Optional<YamlNode> node, Overlay overlay, int depth) {
    if (depth == overlay.path().size()) {
      return overlay.value();
    }
    String word = overlay.path().get(depth);
    boolean index = word.chars().allMatch(c -> c >= '0' && c <= '9');
    if (node.map(YamlNode.Sequence.class::isInstance).orElse(index)) {
      return changedItem(node, overlay, depth);
    }
    List<YamlNode.Entry> entries = new ArrayList<>();
    if (node.isPresent() && node.get() instanceof YamlNode.Mapping mapping) {
      entries.addAll(mapping.entries());
    }
    int found = find(entries, word, overlay);
    if (found < 0) {
      String key = overlay.anyCase() ? KeySpelling.like(word) : word;
      YamlNode value = changed(Optional.empty(), overlay, depth + 1);
      entries.add(new YamlNode.Entry(key, overlay.at(), value));
    } else {
      YamlNode.Entry old = entries.get(found);
      YamlNode value = changed(Optional.of(old.value()), overlay, depth + 1);
      entries.set(found, new YamlNode.Entry(old.key(), old.keyAt(), value));
    }
    return new YamlNode.Mapping(node.map(YamlNode::at).orElse(overlay.at()), entries);
  }

  private YamlNode changedItem(Optional<YamlNode> node, Overlay overlay, int depth) {
    List<YamlNode> items = new ArrayList<>();
    if (node.isPresent() && node.get() instanceof YamlNode.Sequence sequence) {
      items.addAll(sequence.items());
    }
    String word = overlay.path().get(depth);
    int index = word.matches("[0-9]{1,4}") ? Integer.parseInt(word) : -1;
    if (index < 0 || index > items.size()) {
      problems.error(
          overlay.at(),
          "`" + word + "` is no place in a list of " + items.size(),
          "the first is `0`");
      return node.orElse(new YamlNode.Unreadable(overlay.at()));
    }
    Optional<YamlNode> old =
        index < items.size() ? Optional.of(items.get(index)) : Optional.empty();
    YamlNode item = changed(old, overlay, depth + 1);
    if (old.isPresent()) {
      items.set(index, item);
    } else {
      items.add(item);
    }
    return new YamlNode.Sequence(node.map(YamlNode::at).orElse(overlay.at()), items);
  }

  private int find(List<YamlNode.Entry> entries, String word, Overlay overlay) {
    int found = -1;
    for (int i = 0; i < entries.size(); i++) {
      String key = entries.get(i).key();
      if (key.equals(word)) {
        return i;
      }
      if (overlay.anyCase() && key.equalsIgnoreCase(word)) {
        if (found >= 0) {
          problems.error(
              overlay.at(),
              "`" + word + "` may be `" + entries.get(found).key() + "` or `" + key + "`");
        }
        found = i;
      }
    }
    return found;
  }
}
