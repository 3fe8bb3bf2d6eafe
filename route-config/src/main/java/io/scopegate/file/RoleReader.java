package io.scopegate.file;

import io.scopegate.permission.Level;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads {@code roles:}. Used by the wiring only. */
final class RoleReader {
  private final NodeReader reader;
  private final Problems problems;
  private final Inclusion inclusion;

  RoleReader(NodeReader reader, Inclusion inclusion) {
    this.reader = reader;
    this.problems = reader.problems();
    this.inclusion = inclusion;
  }

  List<PolicyFile.RoleEntry> roles(Fields file) {
    List<PolicyFile.RoleEntry> roles = new ArrayList<>();
    file.fields("roles")
        .ifPresent(
            levels -> {
              for (Level level : Level.values()) {
                for (YamlNode.Entry entry : levels.entries(level.word())) {
                  if (Names.isName("role", entry.key(), entry.keyAt(), problems)) {
                    roles.add(role(level, inclusion.word(entry.key(), entry.keyAt()), entry));
                  }
                }
              }
              levels.finish();
            });
    return roles;
  }

  private PolicyFile.RoleEntry role(Level level, Word word, YamlNode.Entry entry) {
    Fields fields = reader.fields(entry.value());
    String description = fields.text("description").map(YamlNode.Scalar::text).orElse("");
    List<Word> includes = fields.texts("includes").stream().map(inclusion::word).toList();
    List<PolicyFile.GrantEntry> grants =
        fields.list("grants").stream().flatMap(item -> grant(item).stream()).toList();
    Map<Level, Word> actsAs = below(level, fields, "actsAs");
    Map<Level, Word> onJoin = below(level, fields, "onJoin");
    fields.finish();
    return new PolicyFile.RoleEntry(level, word, description, includes, grants, actsAs, onJoin);
  }

  private Optional<PolicyFile.GrantEntry> grant(YamlNode node) {
    if (!(node instanceof YamlNode.Mapping)) {
      return reader
          .text(node)
          .map(text -> new PolicyFile.GrantEntry(inclusion.word(text), List.of()));
    }
    Fields fields = reader.fields(node);
    Optional<YamlNode.Scalar> permission = fields.requiredText("permission");
    Optional<YamlNode> when = fields.node("when");
    fields.finish();
    List<YamlNode> settings = when.map(reader::oneOrMore).orElse(List.of());
    if (when.isPresent() && settings.isEmpty()) {
      problems.error(when.get().at(), "an empty list of settings", "leave the key out");
    }
    List<Word> words =
        settings.stream()
            .flatMap(setting -> reader.text(setting).stream())
            .map(inclusion::word)
            .toList();
    return permission.map(text -> new PolicyFile.GrantEntry(inclusion.word(text), words));
  }

  /** Reads the roles that a role comes to at the places below its own level. */
  private Map<Level, Word> below(Level level, Fields role, String key) {
    Map<Level, Word> words = new EnumMap<>(Level.class);
    role.fields(key)
        .ifPresent(
            fields -> {
              for (Level lower : Level.values()) {
                boolean isBelow = lower.compareTo(level) > 0;
                if (!isBelow && fields.has(lower.word())) {
                  fields.node(lower.word());
                  problems.error(
                      fields.keyAt(lower.word()),
                      Wording.quoted(key)
                          + " points downwards: a role of level "
                          + Wording.quoted(level.word())
                          + " cannot name one of level "
                          + Wording.quoted(lower.word()));
                } else if (isBelow) {
                  fields
                      .text(lower.word())
                      .ifPresent(text -> words.put(lower, inclusion.word(text)));
                }
              }
              fields.finish();
            });
    return words;
  }
}
