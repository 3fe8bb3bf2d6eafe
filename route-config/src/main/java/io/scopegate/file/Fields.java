package io.scopegate.file;

import io.scopegate.route.Position;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The keys of one mapping, read by name. Every key that was asked for counts as known; {@link
 * #finish} refuses the others. Used by the wiring only.
 */
public final class Fields {
  private final NodeReader reader;
  private final Position at;
  private final boolean readable;
  private final Map<String, YamlNode.Entry> entries = new LinkedHashMap<>();
  private final Set<String> known = new LinkedHashSet<>();

  Fields(NodeReader reader, Position at, Optional<List<YamlNode.Entry>> content) {
    this.reader = reader;
    this.at = at;
    this.readable = content.isPresent();
    content.orElse(List.of()).forEach(entry -> entries.put(entry.key(), entry));
  }

  /** Returns where the mapping starts. */
  public Position at() {
    return at;
  }

  /** Says whether there is a mapping at all. */
  public boolean isReadable() {
    return readable;
  }

  /** Says whether the key is there, without asking for its value. */
  public boolean has(String key) {
    return entries.containsKey(key);
  }

  /** Returns where the key stands; where the mapping starts if it is not there. */
  public Position keyAt(String key) {
    YamlNode.Entry entry = entries.get(key);
    return entry == null ? at : entry.keyAt();
  }

  /** Returns the value of an optional key. */
  public Optional<YamlNode> node(String key) {
    known.add(key);
    return Optional.ofNullable(entries.get(key)).map(YamlNode.Entry::value);
  }

  /** Returns the value of a key that must be there. */
  public Optional<YamlNode> requiredNode(String key) {
    Optional<YamlNode> node = node(key);
    if (node.isEmpty() && readable) {
      reader.problems().error(at, "the key " + Wording.quoted(key) + " is missing");
    }
    return node;
  }

  /** Returns the text of an optional key. */
  public Optional<YamlNode.Scalar> text(String key) {
    return node(key).flatMap(reader::text);
  }

  /** Returns the text of a key that must be there. */
  public Optional<YamlNode.Scalar> requiredText(String key) {
    return requiredNode(key).flatMap(reader::text);
  }

  /** Returns the truth value of an optional key. */
  public Optional<Boolean> flag(String key) {
    return node(key).flatMap(reader::flag);
  }

  /** Returns the number of an optional key, within these limits, both included. */
  public Optional<Integer> integer(String key, int min, int max) {
    return node(key).flatMap(value -> reader.integer(value, min, max));
  }

  /** Returns the duration of an optional key. */
  public Optional<Duration> duration(String key) {
    return node(key).flatMap(reader::duration);
  }

  /** Returns the size of an optional key, in bytes. */
  public Optional<Long> bytes(String key) {
    return node(key).flatMap(reader::bytes);
  }

  /** Returns what the word of an optional key stands for. */
  public <T> Optional<T> oneOf(String key, Map<String, T> words) {
    return node(key).flatMap(value -> reader.oneOf(value, words));
  }

  /** Returns the items of the list of an optional key; none if there is no list. */
  public List<YamlNode> list(String key) {
    return node(key).flatMap(reader::list).orElse(List.of());
  }

  /** Returns the texts of the list of an optional key; none if there is no list. */
  public List<YamlNode.Scalar> texts(String key) {
    return node(key).map(reader::texts).orElse(List.of());
  }

  /** Returns the entries of the mapping of an optional key; none if there is no mapping. */
  public List<YamlNode.Entry> entries(String key) {
    return node(key).flatMap(reader::entries).orElse(List.of());
  }

  /** Returns the fields of the mapping of an optional key. */
  public Optional<Fields> fields(String key) {
    return node(key).map(reader::fields);
  }

  /** Refuses a key that the contract has and the program has not yet. */
  public void notSupportedYet(String key) {
    known.add(key);
    YamlNode.Entry entry = entries.get(key);
    if (entry != null) {
      reader.problems().error(entry.keyAt(), Wording.quoted(key) + " is not supported yet");
    }
  }

  /** Refuses every key that was not asked for. */
  public void finish() {
    entries.forEach(
        (key, entry) -> {
          if (!known.contains(key)) {
            reader.problems().unknown(entry.keyAt(), "key", key, known);
          }
        });
  }
}
