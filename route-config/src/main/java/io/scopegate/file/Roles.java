package io.scopegate.file;

import io.scopegate.permission.Level;
import io.scopegate.permission.Permission;
import io.scopegate.permission.PermissionCatalog;
import io.scopegate.permission.PermissionSet;
import io.scopegate.permission.Role;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** The roles that several files declare together. Used by the wiring only. */
final class Roles {
  /** Roles include each other as deep as there are roles. */
  private static final int MAX_PER_LEVEL = 2_000;

  private final Problems problems;
  private final Catalogue catalogue;
  private final Map<Level, Map<String, PolicyFile.RoleEntry>> byLevel = new EnumMap<>(Level.class);

  Roles(Problems problems, Catalogue catalogue) {
    this.problems = problems;
    this.catalogue = catalogue;
  }

  /** Adds what a file declares; used files come first. */
  void add(PolicyFile file) {
    for (PolicyFile.RoleEntry entry : file.roles()) {
      if (at(entry.level()).size() == MAX_PER_LEVEL) {
        problems.error(
            entry.word().at(),
            "there are more than " + MAX_PER_LEVEL + " roles of level " + entry.level().word());
        break;
      }
      PolicyFile.RoleEntry earlier =
          byLevel
              .computeIfAbsent(entry.level(), level -> new LinkedHashMap<>())
              .putIfAbsent(entry.word().name(), entry);
      if (earlier != null && !earlier.isSame(entry)) {
        problems.error(
            entry.word().at(),
            "role "
                + Wording.quoted(entry.word().text())
                + " differs from the one at "
                + earlier.word().at(),
            "use one of the files under another name with `as`");
      }
    }
  }

  private Map<String, PolicyFile.RoleEntry> at(Level level) {
    return byLevel.getOrDefault(level, Map.of());
  }

  /** Notes what does not fit together. */
  void check() {
    for (Level level : Level.values()) {
      Map<String, List<Word>> includes = new LinkedHashMap<>();
      for (PolicyFile.RoleEntry role : at(level).values()) {
        role.includes().forEach(word -> isKnown(level, word));
        includes.put(role.word().name(), role.includes());
        role.grants().forEach(this::check);
        role.actsAs().forEach(this::isKnown);
        role.onJoin().forEach(this::isKnown);
      }
      Cycles.check(includes, "includes", problems);
    }
  }

  private void check(PolicyFile.GrantEntry grant) {
    grant.settings().forEach(catalogue::setting);
    Word permission = grant.permission();
    if (!permission.text().equals("*")
        && catalogue.permission(permission).map(Permission::planned).orElse(false)) {
      problems.warning(
          permission.at(),
          "permission "
              + Wording.quoted(permission.text())
              + " is planned: the role does not hold it yet");
    }
  }

  /** Says whether there is such a role, and notes it if there is none. */
  boolean isKnown(Level level, Word word) {
    if (at(level).containsKey(word.name())) {
      return true;
    }
    Optional<Level> elsewhere =
        byLevel.keySet().stream().filter(other -> at(other).containsKey(word.name())).findFirst();
    if (elsewhere.isPresent()) {
      problems.error(
          word.at(),
          "unknown " + level.word() + " role " + Wording.quoted(word.text()),
          "it is a role of level " + Wording.quoted(elsewhere.get().word()));
    } else {
      problems.unknown(
          word.at(), level.word() + " role", word.text(), word.asWrittenHere(at(level).keySet()));
    }
    return false;
  }

  /** Returns the roles; called only if nothing was refused. */
  List<Role> compiled(PermissionCatalog catalog) {
    List<Role> roles = new ArrayList<>();
    byLevel.forEach(
        (level, entries) -> entries.values().forEach(entry -> roles.add(role(entry, catalog))));
    return roles;
  }

  private static Role role(PolicyFile.RoleEntry entry, PermissionCatalog catalog) {
    return new Role(
        entry.level(),
        entry.word().name(),
        entry.description(),
        entry.includes().stream().map(Word::name).collect(Collectors.toSet()),
        entry.grants().stream().map(grant -> grant(grant, catalog)).toList(),
        names(entry.actsAs()),
        names(entry.onJoin()));
  }

  private static Role.Grant grant(PolicyFile.GrantEntry entry, PermissionCatalog catalog) {
    Word word = entry.permission();
    PermissionSet permissions =
        word.text().equals("*")
            ? Catalogue.everything(word, catalog)
            : catalog.of(List.of(word.name()));
    return new Role.Grant(
        permissions, entry.settings().stream().map(Word::name).collect(Collectors.toSet()));
  }

  private static Map<Level, String> names(Map<Level, Word> words) {
    Map<Level, String> names = new EnumMap<>(Level.class);
    words.forEach((level, word) -> names.put(level, word.name()));
    return names;
  }
}
