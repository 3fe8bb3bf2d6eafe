package io.scopegate.file;

import io.scopegate.permission.Level;
import io.scopegate.permission.Permission;
import io.scopegate.route.Position;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads what a file declares besides roles and rows: permissions, what they imply, settings, and
 * how tokens without scopes are taken. Used by the wiring only.
 */
final class CatalogueReader {
  static final Map<String, Level> LEVELS =
      Map.of(
          Level.ORGANIZATION.word(), Level.ORGANIZATION,
          Level.TEAM.word(), Level.TEAM,
          Level.PROJECT.word(), Level.PROJECT);

  private final NodeReader reader;
  private final Problems problems;
  private final Inclusion inclusion;

  CatalogueReader(NodeReader reader, Inclusion inclusion) {
    this.reader = reader;
    this.problems = reader.problems();
    this.inclusion = inclusion;
  }

  List<PolicyFile.PermissionEntry> permissions(Fields file) {
    List<PolicyFile.PermissionEntry> permissions = new ArrayList<>();
    for (YamlNode.Entry entry : file.entries("permissions")) {
      if (Names.isName("permission", entry.key(), entry.keyAt(), problems)) {
        Word word = inclusion.word(entry.key(), entry.keyAt());
        permissions.add(
            new PolicyFile.PermissionEntry(word, permission(word.name(), entry.value())));
      }
    }
    return permissions;
  }

  /** Reads a declaration; one that is partly wrong still declares its name. */
  private Permission permission(String name, YamlNode node) {
    if (!(node instanceof YamlNode.Mapping)) {
      String description = reader.text(node).map(YamlNode.Scalar::text).orElse("");
      return new Permission(name, description, false, Optional.empty());
    }
    Fields fields = reader.fields(node);
    String description = fields.text("description").map(YamlNode.Scalar::text).orElse("");
    boolean planned = fields.flag("planned").orElse(false);
    Optional<Level> level = fields.oneOf("level", LEVELS);
    fields.finish();
    return new Permission(name, description, planned, level);
  }

  List<PolicyFile.Implication> implies(Fields file) {
    List<PolicyFile.Implication> implies = new ArrayList<>();
    for (YamlNode.Entry entry : file.entries("implies")) {
      implies.add(
          new PolicyFile.Implication(
              inclusion.word(entry.key(), entry.keyAt()), words(entry.value())));
    }
    return implies;
  }

  private List<Word> words(YamlNode list) {
    return reader.texts(list).stream().map(inclusion::word).toList();
  }

  Optional<Boolean> emptyScopesFull(Fields file) {
    return file.oneOf("emptyScopes", Map.of("none", false, "full", true));
  }

  Optional<List<Word>> defaultScopes(Fields file) {
    Optional<YamlNode> node = file.node("defaultScopes");
    Optional<List<Word>> scopes = node.map(this::words);
    if (node.isPresent()
        && node.get() instanceof YamlNode.Sequence sequence
        && sequence.items().isEmpty()) {
      problems.error(sequence.at(), "an empty list of default scopes", "leave the key out");
    }
    return scopes;
  }

  List<PolicyFile.SettingEntry> settings(Fields file) {
    List<PolicyFile.SettingEntry> settings = new ArrayList<>();
    for (YamlNode.Entry entry : file.entries("settings")) {
      Position at = entry.keyAt();
      boolean named = Names.isName("setting", entry.key(), at, problems);
      Fields fields = reader.fields(entry.value());
      boolean byDefault = fields.requiredNode("default").flatMap(reader::flag).orElse(false);
      fields.text("description");
      fields.finish();
      if (named) {
        settings.add(new PolicyFile.SettingEntry(inclusion.word(entry.key(), at), byDefault));
      }
    }
    return settings;
  }
}
