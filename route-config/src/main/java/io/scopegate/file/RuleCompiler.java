package io.scopegate.file;

import io.scopegate.permission.Level;
import io.scopegate.permission.Permission;
import io.scopegate.permission.PermissionCatalog;
import io.scopegate.route.Places;
import io.scopegate.route.Position;
import io.scopegate.route.Requirement;
import io.scopegate.route.Rule;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Turns the demand of a row that requires permissions into its rule. Used by the wiring only. */
final class RuleCompiler {
  private final Catalogue catalogue;
  private final PermissionCatalog catalog;
  private final Roles roles;
  private final Problems problems;

  RuleCompiler(Catalogue catalogue, PermissionCatalog catalog, Roles roles, Problems problems) {
    this.catalogue = catalogue;
    this.catalog = catalog;
    this.roles = roles;
    this.problems = problems;
  }

  /** Notes the permissions that do not exist or are not in force. */
  void checkTerms(List<RequirementEntry.TermEntry> terms) {
    for (RequirementEntry.TermEntry term : terms) {
      Word word = term.permission();
      if (catalogue.permission(word).map(Permission::planned).orElse(false)) {
        problems.error(
            word.at(),
            "permission "
                + Wording.quoted(word.text())
                + " is planned: nobody can hold it, so no row can require it");
      }
    }
  }

  /** Returns the rule, if nothing in it is refused. */
  Optional<Rule> rule(RowEntry row, RequirementEntry requirement, Places places) {
    int before = problems.noted();
    checkTerms(requirement.terms());
    row.demand()
        .role()
        .ifPresent(
            demand ->
                demand
                    .roles()
                    .forEach((level, words) -> words.forEach(word -> roles.isKnown(level, word))));
    // Without a readable template nobody can tell which places the row names.
    if (row.head().path().isEmpty()) {
      return Optional.empty();
    }
    Optional<Rule.Target> target = target(row, places);
    if (target.isPresent()) {
      checkPlaces(row, requirement, target.get(), places);
      requirement.terms().forEach(term -> checkLevel(term, target.get()));
    }
    if (problems.noted() > before || target.isEmpty()) {
      return Optional.empty();
    }
    return compiled(row, requirement, target.get());
  }

  private Optional<Rule> compiled(RowEntry row, RequirementEntry requirement, Rule.Target target) {
    Map<Level, List<String>> names = new EnumMap<>(Level.class);
    row.demand()
        .role()
        .ifPresent(
            demand ->
                demand
                    .roles()
                    .forEach(
                        (level, words) ->
                            names.put(level, words.stream().map(Word::name).toList())));
    try {
      return Optional.of(
          new Rule.Permitted(
              Requirement.of(requirement.expression(), catalog),
              names,
              target,
              row.demand().credential()));
    } catch (IllegalArgumentException tooLarge) {
      problems.error(requirement.at(), String.valueOf(tooLarge.getMessage()));
      return Optional.empty();
    }
  }

  private Optional<Rule.Target> target(RowEntry row, Places places) {
    Optional<RowEntry.Target> at = row.demand().at();
    Position match = row.match().at();
    boolean lists = row.demand().listsProjects();
    boolean namesProject = places.project().isPresent();
    if (at.isPresent() && at.get().level().isEmpty()) {
      if (lists || namesProject || places.team().isPresent()) {
        problems.error(
            at.get().at(),
            "`at: any` on a row that " + (lists ? "lists projects" : "names a place"));
        return Optional.empty();
      }
      return Optional.of(Rule.Target.ANY_ORGANIZATION);
    }
    if (places.organization().isEmpty()) {
      problems.error(
          match,
          "the row requires permissions, and nothing in it says in which organization",
          "add a source to `places: { organization: [...] }`");
    }
    if (lists && namesProject) {
      problems.error(match, "`list: project` on a row that names a project");
      return Optional.empty();
    }
    if (at.isEmpty() && places.team().isPresent() && (namesProject || lists)) {
      problems.error(match, "the row names a team and a project", "say which one counts with `at`");
      return Optional.empty();
    }
    return lists ? listTarget(at) : at.isPresent() ? stated(at.get(), places) : implied(places);
  }

  private Optional<Rule.Target> listTarget(Optional<RowEntry.Target> at) {
    if (at.isPresent() && !at.get().level().equals(Optional.of(Level.PROJECT))) {
      problems.error(at.get().at(), "a row that lists projects is tested at projects");
      return Optional.empty();
    }
    return Optional.of(Rule.Target.LISTED_PROJECTS);
  }

  private Optional<Rule.Target> stated(RowEntry.Target at, Places places) {
    Level level = at.level().orElseThrow();
    if (level != Level.ORGANIZATION && places.at(level).isEmpty()) {
      problems.error(at.at(), "the row names no " + level.word());
      return Optional.empty();
    }
    return Optional.of(
        switch (level) {
          case ORGANIZATION -> Rule.Target.ORGANIZATION;
          case TEAM -> Rule.Target.TEAM;
          case PROJECT -> Rule.Target.PROJECT;
        });
  }

  private static Optional<Rule.Target> implied(Places places) {
    return Optional.of(
        places.project().isPresent()
            ? Rule.Target.PROJECT
            : places.team().isPresent() ? Rule.Target.TEAM : Rule.Target.ORGANIZATION);
  }

  /** Notes roles and terms at levels of which the row names no place. */
  private void checkPlaces(
      RowEntry row, RequirementEntry requirement, Rule.Target target, Places places) {
    row.demand()
        .role()
        .ifPresent(
            demand ->
                demand
                    .levels()
                    .forEach(
                        (level, at) -> {
                          if (!names(level, target, places)) {
                            problems.error(at, "the row names no " + level.word());
                          }
                        }));
    for (RequirementEntry.TermEntry term : requirement.terms()) {
      Optional<Level> place = term.place();
      if (place.isPresent() && target == Rule.Target.ANY_ORGANIZATION) {
        problems.error(
            term.permission().at(), "a permission with a place of its own on a row with `at: any`");
      } else if (place.isPresent() && !names(place.get(), target, places)) {
        problems.error(
            term.permission().at(),
            "permission "
                + Wording.quoted(term.permission().text())
                + " is asked for at a "
                + place.get().word()
                + ", and the row names none");
      }
    }
  }

  private static boolean names(Level level, Rule.Target target, Places places) {
    return level == Level.ORGANIZATION
        || (level == Level.PROJECT && target == Rule.Target.LISTED_PROJECTS)
        || places.at(level).isPresent();
  }

  private void checkLevel(RequirementEntry.TermEntry term, Rule.Target target) {
    Level tested =
        term.place()
            .orElseGet(
                () ->
                    switch (target) {
                      case ORGANIZATION, ANY_ORGANIZATION -> Level.ORGANIZATION;
                      case TEAM -> Level.TEAM;
                      case PROJECT, LISTED_PROJECTS -> Level.PROJECT;
                    });
    Word word = term.permission();
    catalog
        .find(word.name())
        .flatMap(Permission::level)
        .filter(only -> only != tested)
        .ifPresent(
            only ->
                problems.error(
                    word.at(),
                    "permission "
                        + Wording.quoted(word.text())
                        + " is of level "
                        + Wording.quoted(only.word())
                        + ", and the row tests it at level "
                        + Wording.quoted(tested.word())));
  }
}
