package io.scopegate.file;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.scopegate.route.Condition;
import io.scopegate.route.Position;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Reads {@code when:} of a row. Used by the wiring only. */
final class ConditionReader {
  /** Keeps compiled expressions small; RE2 syntax bounds what a repetition multiplies. */
  private static final int LONGEST_EXPRESSION = 1000;

  private final NodeReader reader;
  private final Problems problems;

  ConditionReader(NodeReader reader) {
    this.reader = reader;
    this.problems = reader.problems();
  }

  /** Returns the condition, without the clauses that were refused. */
  Optional<RowEntry.ConditionEntry> condition(YamlNode node) {
    List<Condition.Clause> clauses = new ArrayList<>();
    List<Word> parameters = new ArrayList<>();
    Fields fields = reader.fields(node);
    fields
        .text("own")
        .ifPresent(
            text -> {
              clauses.add(new Condition.Own(text.text()));
              parameters.add(Word.of(text));
            });
    for (YamlNode.Entry entry : clauses(fields, "query")) {
      test(entry.value()).ifPresent(test -> clauses.add(new Condition.Query(entry.key(), test)));
    }
    Set<String> headers = new HashSet<>();
    for (YamlNode.Entry entry : clauses(fields, "header")) {
      if (isFieldName(entry.key(), entry.keyAt(), problems)
          && !headers.add(entry.key().toLowerCase(Locale.ROOT))) {
        problems.error(
            entry.keyAt(), "header " + Wording.quoted(entry.key()) + " stands here twice");
      }
      test(entry.value()).ifPresent(test -> clauses.add(new Condition.Header(entry.key(), test)));
    }
    for (YamlNode.Entry entry : clauses(fields, "param")) {
      parameters.add(new Word(entry.key(), entry.key(), entry.keyAt()));
      test(entry.value())
          .ifPresent(test -> clauses.add(new Condition.Parameter(entry.key(), test)));
    }
    fields.notSupportedYet("json");
    fields.finish();
    if (node instanceof YamlNode.Mapping mapping && mapping.entries().isEmpty()) {
      problems.error(node.at(), "`when` has no condition");
    }
    return clauses.isEmpty()
        ? Optional.empty()
        : Optional.of(new RowEntry.ConditionEntry(node.at(), new Condition(clauses), parameters));
  }

  private List<YamlNode.Entry> clauses(Fields fields, String key) {
    List<YamlNode.Entry> entries = fields.entries(key);
    fields
        .node(key)
        .filter(node -> node instanceof YamlNode.Mapping && entries.isEmpty())
        .ifPresent(node -> problems.error(node.at(), Wording.quoted(key) + " has no condition"));
    return entries;
  }

  private Optional<Condition.Test> test(YamlNode node) {
    if (node instanceof YamlNode.Sequence sequence) {
      return anyOf(sequence);
    }
    Optional<String> value = value(node);
    if (value.isEmpty()) {
      return Optional.empty();
    }
    String text = value.get();
    return switch (text) {
      case "present" -> Optional.of(new Condition.Present());
      case "absent" -> Optional.of(new Condition.Absent());
      default ->
          isExpression(text)
              ? expression(text, node.at())
              : Optional.of(new Condition.Accepted(text, text::equals));
    };
  }

  private Optional<Condition.Test> anyOf(YamlNode.Sequence sequence) {
    List<String> values = new ArrayList<>();
    if (sequence.items().isEmpty()) {
      problems.error(sequence.at(), "an empty list of values");
    }
    for (YamlNode item : sequence.items()) {
      value(item)
          .ifPresent(
              text -> {
                if (text.equals("present") || text.equals("absent") || isExpression(text)) {
                  problems.error(
                      item.at(), "a list holds plain values only, not " + Wording.quoted(text));
                }
                values.add(text);
              });
    }
    Set<String> accepted = Set.copyOf(values);
    return values.isEmpty()
        ? Optional.empty()
        : Optional.of(new Condition.Accepted(String.join(", ", values), accepted::contains));
  }

  /** Returns a value as written: what a request says is text, whatever YAML sees in it. */
  private Optional<String> value(YamlNode node) {
    if (node instanceof YamlNode.Scalar scalar && scalar.kind() != YamlNode.Kind.NULL) {
      return Optional.of(scalar.text());
    }
    reader.mismatch(node, "a value, a list of values, `present`, `absent` or `/regex/`", "");
    return Optional.empty();
  }

  private static boolean isExpression(String text) {
    return text.length() > 1 && text.startsWith("/") && text.endsWith("/");
  }

  private Optional<Condition.Test> expression(String text, Position at) {
    if (text.length() > LONGEST_EXPRESSION) {
      problems.error(
          at, "a regular expression is longer than " + LONGEST_EXPRESSION + " characters");
      return Optional.empty();
    }
    try {
      Pattern pattern = Pattern.compile(text.substring(1, text.length() - 1));
      return Optional.of(new Condition.Accepted(text, pattern::matches));
    } catch (PatternSyntaxException wrong) {
      problems.error(
          at,
          "regular expression "
              + Wording.quoted(text)
              + " cannot be read: "
              + String.valueOf(wrong.getDescription()));
      return Optional.empty();
    }
  }

  /** Notes it if no header field can have this name (RFC 9110 §5.1). */
  static boolean isFieldName(String name, Position at, Problems problems) {
    boolean fits = name.matches("[!#$%&'*+.^_`|~0-9A-Za-z-]+");
    if (!fits) {
      problems.error(at, Wording.quoted(name) + " is no name of a header field");
    }
    return fits;
  }
}
