package io.scopegate.file;

import io.scopegate.permission.Level;
import io.scopegate.permission.Permission;
import io.scopegate.route.Cors;
import io.scopegate.route.Position;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What one routes file says, with positions and with the defaults of its groups filled in; nothing
 * is looked up in other files yet. Immutable.
 *
 * @param useAt where {@code use} stands
 * @param emptyScopesFull what the file says of tokens with an empty scope list, if it does
 * @param groupTerms the permissions that groups require by default
 * @param cors of its rows that say nothing, and of those of the files that it uses
 */
record PolicyFile(
    Inclusion inclusion,
    Position useAt,
    List<Use> uses,
    List<PermissionEntry> permissions,
    List<Implication> implies,
    Optional<Boolean> emptyScopesFull,
    Optional<List<Word>> defaultScopes,
    List<SettingEntry> settings,
    List<RoleEntry> roles,
    List<RequirementEntry.TermEntry> groupTerms,
    List<RowEntry> rows,
    Optional<Word> defaultBackend,
    Optional<Cors> cors) {

  /** A line of the catalogue. */
  record PermissionEntry(Word word, Permission permission) {}

  /** A line of {@code implies}. */
  record Implication(Word word, List<Word> implied) {}

  /** A switch and its default. */
  record SettingEntry(Word word, boolean byDefault) {}

  /** What a role holds while all the settings are on. */
  record GrantEntry(Word permission, List<Word> settings) {}

  /** A role. */
  record RoleEntry(
      Level level,
      Word word,
      String description,
      List<Word> includes,
      List<GrantEntry> grants,
      Map<Level, Word> actsAs,
      Map<Level, Word> onJoin) {

    /** Says whether the other one differs in nothing but its description and position. */
    boolean isSame(RoleEntry other) {
      return meaning().equals(other.meaning());
    }

    private List<Object> meaning() {
      Set<Object> held = new LinkedHashSet<>();
      grants.forEach(
          grant -> held.add(List.of(grant.permission().name(), names(grant.settings()))));
      return List.of(level, names(includes), held, names(actsAs), names(onJoin));
    }

    private static Set<String> names(List<Word> words) {
      return words.stream().map(Word::name).collect(Collectors.toSet());
    }

    private static Map<Level, String> names(Map<Level, Word> words) {
      Map<Level, String> names = new LinkedHashMap<>();
      words.forEach((level, word) -> names.put(level, word.name()));
      return names;
    }
  }
}
