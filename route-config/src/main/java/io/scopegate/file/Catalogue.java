package io.scopegate.file;

import io.scopegate.permission.Permission;
import io.scopegate.permission.PermissionCatalog;
import io.scopegate.permission.PermissionSet;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The permissions and settings that several files declare together. Used by the wiring only. */
final class Catalogue {
  /** What a permission implies is kept as a bit set, so the catalogue costs the square of this. */
  private static final int MAX_PERMISSIONS = 10_000;

  private final Problems problems;
  private final Map<String, PolicyFile.PermissionEntry> permissions = new LinkedHashMap<>();
  private final Map<String, List<Word>> implies = new LinkedHashMap<>();
  private final List<Word> implying = new ArrayList<>();
  private final Map<String, PolicyFile.SettingEntry> settings = new LinkedHashMap<>();

  Catalogue(Problems problems) {
    this.problems = problems;
  }

  /** Adds what a file declares; used files come first. */
  void add(PolicyFile file) {
    for (PolicyFile.PermissionEntry entry : file.permissions()) {
      if (permissions.size() == MAX_PERMISSIONS) {
        problems.error(
            entry.word().at(), "the catalogue has more than " + MAX_PERMISSIONS + " permissions");
        break;
      }
      PolicyFile.PermissionEntry earlier = permissions.putIfAbsent(entry.word().name(), entry);
      if (earlier != null && !isSame(earlier.permission(), entry.permission())) {
        differs("permission", entry.word(), earlier.word());
      }
    }
    for (PolicyFile.SettingEntry entry : file.settings()) {
      PolicyFile.SettingEntry earlier = settings.putIfAbsent(entry.word().name(), entry);
      if (earlier != null && earlier.byDefault() != entry.byDefault()) {
        differs("setting", entry.word(), earlier.word());
      }
    }
    for (PolicyFile.Implication entry : file.implies()) {
      implying.add(entry.word());
      implies
          .computeIfAbsent(entry.word().name(), name -> new ArrayList<>())
          .addAll(entry.implied());
    }
  }

  private static boolean isSame(Permission left, Permission right) {
    return left.planned() == right.planned() && left.level().equals(right.level());
  }

  private void differs(String what, Word later, Word earlier) {
    problems.error(
        later.at(),
        what + " " + Wording.quoted(later.text()) + " differs from the one at " + earlier.at(),
        "use one of the files under another name with `as`");
  }

  /** Notes what does not fit together. */
  void check() {
    implying.forEach(this::permission);
    implies.values().forEach(words -> words.forEach(this::permission));
    Cycles.check(implies, "implies", problems);
  }

  /** Returns the permission of this name, or notes that there is none. */
  Optional<Permission> permission(Word word) {
    PolicyFile.PermissionEntry entry = permissions.get(word.name());
    if (entry == null) {
      problems.unknown(
          word.at(), "permission", word.text(), word.asWrittenHere(permissions.keySet()));
      return Optional.empty();
    }
    return Optional.of(entry.permission());
  }

  /** Notes it if there is no setting of this name. */
  void setting(Word word) {
    if (!settings.containsKey(word.name())) {
      problems.unknown(word.at(), "setting", word.text(), word.asWrittenHere(settings.keySet()));
    }
  }

  /** Returns the catalogue; what was refused is left out of it. */
  PermissionCatalog compiled() {
    Map<String, List<String>> names = new LinkedHashMap<>();
    implies.forEach(
        (name, words) -> {
          if (permissions.containsKey(name)) {
            names.put(
                name, words.stream().map(Word::name).filter(permissions::containsKey).toList());
          }
        });
    return PermissionCatalog.of(
        permissions.values().stream().map(PolicyFile.PermissionEntry::permission).toList(), names);
  }

  /** Returns the settings with their defaults. */
  Map<String, Boolean> defaults() {
    Map<String, Boolean> defaults = new LinkedHashMap<>();
    settings.forEach((name, entry) -> defaults.put(name, entry.byDefault()));
    return defaults;
  }

  /**
   * Returns what {@code "*"} means in a file: everything in force, or, in a file that is used under
   * a name, everything of that name. So one system's owner never comes to own another system.
   */
  static PermissionSet everything(Word star, PermissionCatalog catalog) {
    String prefix = star.name().substring(0, star.name().length() - star.text().length());
    if (prefix.isEmpty()) {
      return catalog.all();
    }
    return catalog.of(
        catalog.all().names().stream().filter(name -> name.startsWith(prefix)).toList());
  }
}
