package io.scopegate.file;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Takes pieces of a YAML file for what they are meant to be. What is something else becomes a
 * problem and an empty answer. Used by the wiring only.
 */
public final class NodeReader {
  private final Problems problems;

  /** Adds what it finds to these problems. */
  public NodeReader(Problems problems) {
    this.problems = problems;
  }

  /** Returns where problems go. */
  public Problems problems() {
    return problems;
  }

  /** Returns the text of a scalar that is neither boolean, number nor null. */
  public Optional<YamlNode.Scalar> text(YamlNode node) {
    if (node instanceof YamlNode.Scalar scalar && scalar.kind() != YamlNode.Kind.NULL) {
      if (scalar.kind() != YamlNode.Kind.TEXT) {
        mismatch(node, "a text", "put it in quotes");
        return Optional.empty();
      }
      if (scalar.text().isEmpty()) {
        problems.error(node.at(), "expected a text, found an empty one");
        return Optional.empty();
      }
      return Optional.of(scalar);
    }
    mismatch(node, "a text", "");
    return Optional.empty();
  }

  /** Returns whether it is {@code true}. */
  public Optional<Boolean> flag(YamlNode node) {
    if (node instanceof YamlNode.Scalar scalar && scalar.kind() == YamlNode.Kind.BOOLEAN) {
      return Optional.of(scalar.text().equalsIgnoreCase("true"));
    }
    mismatch(node, "`true` or `false`", "");
    return Optional.empty();
  }

  /** Returns a decimal number within these limits, both included. */
  public Optional<Integer> integer(YamlNode node, int min, int max) {
    if (node instanceof YamlNode.Scalar scalar && scalar.kind() == YamlNode.Kind.INTEGER) {
      try {
        int value = Integer.parseInt(scalar.text());
        if (value >= min && value <= max) {
          return Optional.of(value);
        }
      } catch (NumberFormatException tooLong) {
        // Falls through to the message, which says what would be right.
      }
    }
    mismatch(node, "a number from " + min + " to " + max, "");
    return Optional.empty();
  }

  /** Returns a duration such as {@code 500ms}, which is more than nothing. */
  public Optional<Duration> duration(YamlNode node) {
    return quantity(
        node,
        "a duration such as `500ms`, `5s`, `10m`, `1h` or `90d`",
        text -> Quantities.duration(text).filter(duration -> !duration.isZero()));
  }

  /** Returns the number of bytes of a size such as {@code 64KiB}. */
  public Optional<Long> bytes(YamlNode node) {
    return quantity(node, "a size such as `512B`, `64KiB`, `1MiB` or `1GiB`", Quantities::bytes);
  }

  private <T> Optional<T> quantity(
      YamlNode node, String what, Function<String, Optional<T>> parsed) {
    if (node instanceof YamlNode.Scalar scalar) {
      Optional<T> value = parsed.apply(scalar.text());
      if (value.isPresent()) {
        return value;
      }
    }
    mismatch(node, what, "");
    return Optional.empty();
  }

  /** Returns what one of several words stands for. */
  public <T> Optional<T> oneOf(YamlNode node, Map<String, T> words) {
    if (!(node instanceof YamlNode.Scalar scalar) || scalar.kind() == YamlNode.Kind.NULL) {
      mismatch(node, alternatives(words), "");
      return Optional.empty();
    }
    T value = words.get(scalar.text());
    if (value == null) {
      problems.error(
          scalar.at(),
          "expected " + alternatives(words) + ", found " + Wording.quoted(scalar.text()),
          Nearest.to(scalar.text(), words.keySet()).map(Wording::didYouMean).orElse(""));
    }
    return Optional.ofNullable(value);
  }

  private static String alternatives(Map<String, ?> words) {
    List<String> sorted = words.keySet().stream().sorted().map(Wording::quoted).toList();
    return sorted.size() == 1
        ? sorted.get(0)
        : String.join(", ", sorted.subList(0, sorted.size() - 1))
            + " or "
            + sorted.get(sorted.size() - 1);
  }

  /** Returns the items of a list. */
  public Optional<List<YamlNode>> list(YamlNode node) {
    if (node instanceof YamlNode.Sequence sequence) {
      return Optional.of(sequence.items());
    }
    mismatch(node, "a list", "");
    return Optional.empty();
  }

  /** Returns the items of a list, or the only item if there is no list around it. */
  public List<YamlNode> oneOrMore(YamlNode node) {
    return node instanceof YamlNode.Sequence sequence ? sequence.items() : List.of(node);
  }

  /** Returns the texts of a list; what is no text in it is left out. */
  public List<YamlNode.Scalar> texts(YamlNode node) {
    return list(node).orElse(List.of()).stream().flatMap(item -> text(item).stream()).toList();
  }

  /** Returns the entries of a mapping. */
  public Optional<List<YamlNode.Entry>> entries(YamlNode node) {
    if (node instanceof YamlNode.Mapping mapping) {
      return Optional.of(mapping.entries());
    }
    mismatch(node, "a mapping", "");
    return Optional.empty();
  }

  /**
   * Returns the fields of a mapping; none at all, without further problems, if it is no mapping.
   */
  public Fields fields(YamlNode node) {
    return new Fields(this, node.at(), entries(node));
  }

  /** Notes that something else was expected here. */
  public void mismatch(YamlNode node, String expected, String hint) {
    if (!(node instanceof YamlNode.Unreadable)) {
      problems.error(node.at(), "expected " + expected + ", found " + found(node), hint);
    }
  }

  private static String found(YamlNode node) {
    if (node instanceof YamlNode.Mapping) {
      return "a mapping";
    }
    if (node instanceof YamlNode.Sequence) {
      return "a list";
    }
    YamlNode.Scalar scalar = (YamlNode.Scalar) node;
    return scalar.text().isEmpty()
        ? "nothing"
        : "the " + scalar.kind().word() + " " + Wording.quoted(scalar.text());
  }
}
