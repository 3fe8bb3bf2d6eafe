package io.scopegate.file;

import io.scopegate.permission.Permission;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Tells how tokens without scopes are taken where several files have a say. Used by the wiring
 * only.
 */
final class ScopeDefaults {
  private final Catalogue catalogue;
  private final Problems problems;

  ScopeDefaults(Catalogue catalogue, Problems problems) {
    this.catalogue = catalogue;
    this.problems = problems;
  }

  /**
   * Returns whether an empty list hands over everything. A file that is silent says {@code none},
   * and where the files it uses say otherwise it must speak.
   */
  boolean emptyScopesFull(UsedFiles.Tree tree) {
    List<UsedFiles.Tree> opening = new ArrayList<>();
    for (UsedFiles.Tree used : tree.used()) {
      if (emptyScopesFull(used)) {
        opening.add(used);
      }
    }
    Optional<Boolean> own = tree.file().emptyScopesFull();
    if (own.isEmpty() && !opening.isEmpty()) {
      problems.error(
          tree.file().useAt(),
          Wording.quoted(opening.get(0).file().inclusion().label())
              + " says `emptyScopes: full`, and this file says nothing, which is `none`",
          "state `emptyScopes` here");
    }
    return own.orElse(false);
  }

  /** Returns the scopes of a token for which none are named; its own ones come first. */
  List<String> defaultScopes(UsedFiles.Tree tree) {
    List<List<String>> used = new ArrayList<>();
    for (UsedFiles.Tree child : tree.used()) {
      List<String> scopes = defaultScopes(child);
      if (!scopes.isEmpty() && !used.contains(scopes)) {
        used.add(scopes);
      }
    }
    Optional<List<Word>> own = tree.file().defaultScopes();
    if (own.isPresent()) {
      own.get().forEach(this::check);
      return List.copyOf(new TreeSet<>(own.get().stream().map(Word::name).toList()));
    }
    if (used.size() > 1) {
      problems.error(
          tree.file().useAt(), "the used files say different `defaultScopes`", "state them here");
    }
    return used.isEmpty() ? List.of() : used.get(0);
  }

  private void check(Word scope) {
    if (catalogue.permission(scope).map(Permission::planned).orElse(false)) {
      problems.error(
          scope.at(),
          "permission "
              + Wording.quoted(scope.text())
              + " is planned: no token can be issued with it");
    }
  }
}
