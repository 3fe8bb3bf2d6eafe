package io.scopegate.file;

import io.scopegate.route.Position;
import java.util.List;

/** A piece of a YAML file, with the place of its first character. Immutable. */
public sealed interface YamlNode {

  /** Returns where it starts. */
  Position at();

  /**
   * Keys and their values, in the order of the file.
   *
   * @param entries no key twice
   */
  record Mapping(Position at, List<Entry> entries) implements YamlNode {
    /** Copies what it is given. */
    public Mapping {
      entries = List.copyOf(entries);
    }
  }

  /**
   * One key and its value.
   *
   * @param key the text of the key as written, whatever type YAML would see in it
   */
  record Entry(String key, Position keyAt, YamlNode value) {}

  /** A list. */
  record Sequence(Position at, List<YamlNode> items) implements YamlNode {
    /** Copies what it is given. */
    public Sequence {
      items = List.copyOf(items);
    }
  }

  /**
   * A single value.
   *
   * @param text as written, less quotes and escapes
   * @param kind what it is by the core schema of YAML 1.2 (§10.3.2)
   */
  record Scalar(Position at, String text, Kind kind) implements YamlNode {}

  /** Something that was refused already and about which nothing more is said. */
  record Unreadable(Position at) implements YamlNode {}

  /** What a single value is. */
  enum Kind {
    TEXT("text"),
    BOOLEAN("boolean"),
    INTEGER("number"),
    FLOAT("number"),
    NULL("null");

    private final String word;

    Kind(String word) {
      this.word = word;
    }

    /** Returns what messages call it. */
    public String word() {
      return word;
    }
  }
}
