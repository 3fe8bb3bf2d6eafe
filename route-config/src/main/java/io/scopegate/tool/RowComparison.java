package io.scopegate.tool;

import io.scopegate.permission.Level;
import io.scopegate.policy.Caller;
import io.scopegate.policy.Policy;
import io.scopegate.route.CredentialKind;
import io.scopegate.route.Place;
import io.scopegate.route.Places;
import io.scopegate.route.Route;
import io.scopegate.route.Rule;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;

/**
 * Compares what callers get of two rows, holder by holder, scene by scene and token by token.
 * Confined to one comparison.
 */
final class RowComparison {
  private static final List<String> WHOLE = List.of(PolicyDiff.EVERYTHING);

  private final Comparison tables;
  private final RowPair pair;
  private final PlaceSpace space;
  private final Optional<RowTrial> old;
  private final Optional<RowTrial> now;
  private final CredentialKind kind;
  private final ScopeSets scopes;
  private final boolean theSame;
  private final String wordsBefore;
  private final String wordsAfter;
  private final Set<Direction> shown = EnumSet.noneOf(Direction.class);

  RowComparison(Comparison tables, RowPair pair) {
    this.tables = tables;
    this.pair = pair;
    this.space = new PlaceSpace(pair);
    this.old = trial(tables.before(), pair.before(), space.before());
    this.now = trial(tables.after(), pair.after(), space.after());
    // Sessions may be restricted to scopes, too: where both rows want one, tokens say nothing.
    boolean sessions =
        kind(pair.before().or(pair::after)).equals(Optional.of(CredentialKind.SESSION))
            && kind(pair.after().or(pair::before)).equals(Optional.of(CredentialKind.SESSION));
    this.kind = sessions ? CredentialKind.SESSION : CredentialKind.TOKEN;
    this.scopes = ScopeSets.of(pair, tables.before().catalog(), tables.after().catalog());
    this.theSame =
        meaning(pair.before(), space.before()).equals(meaning(pair.after(), space.after()));
    String special = pair.special().isEmpty() ? "" : ", " + pair.special();
    boolean isOldMalformed = pair.before().isEmpty();
    this.wordsBefore = RowWords.of(pair.before(), pair.after()) + (isOldMalformed ? special : "");
    this.wordsAfter = RowWords.of(pair.after(), pair.before()) + (isOldMalformed ? "" : special);
  }

  private static Optional<RowTrial> trial(
      Policy policy, Optional<Route> row, Optional<Places> places) {
    return row.flatMap(one -> places.map(standIns -> new RowTrial(policy, one, standIns)));
  }

  private static Optional<Object> meaning(Optional<Route> row, Optional<Places> places) {
    return row.flatMap(one -> places.map(standIns -> Meaning.of(one, standIns)));
  }

  private static Optional<CredentialKind> kind(Optional<Route> row) {
    return row.map(Route::rule)
        .flatMap(
            rule ->
                rule instanceof Rule.Permitted permitted
                    ? permitted.credential()
                    : rule instanceof Rule.Authenticated authenticated
                        ? authenticated.credential()
                        : Optional.empty());
  }

  RowPair pair() {
    return pair;
  }

  /** Returns the ways in which anything told of these rows changes. */
  Set<Direction> shown() {
    return shown;
  }

  ScopeSets scopes() {
    return scopes;
  }

  /** Says whether it matters which team owns the project. */
  boolean namesTeamAndProject() {
    return space.namesTeamAndProject();
  }

  /** Says whether both rows come to the same for the same caller. */
  boolean areTheSame() {
    return theSame;
  }

  /** Compares what everybody gets. */
  void compare() {
    if (pair.before().isEmpty() && pair.after().isEmpty()) {
      return;
    }
    Scene plain = space.scenes().get(0);
    if (!pair.own()) {
      note(
          new Subject(PolicyDiff.ANONYMOUS, PolicyDiff.EMPTY, EnumSet.allOf(Direction.class)),
          plain,
          (trial, scene) -> new Caller.Anonymous());
    }
    Holder nobody = new Holder(List.of(), Map.of());
    tell(PolicyDiff.AUTHENTICATED, nobody, answers(nobody), false, EnumSet.allOf(Direction.class));
    compareHiding();
    boolean complete = new RoleSets(tables, this).search();
    if (!(complete && space.isComplete() && scopes.complete())
        && !shown.contains(Direction.WIDENED)) {
      PolicyDiff.Change change =
          new PolicyDiff.Change(
              PolicyDiff.UNKNOWN, PolicyDiff.EVERYTHING, pair.id(), "deny", "allow, perhaps");
      tables.tell(Direction.WIDENED, change, change.role(), false);
    }
  }

  /** A place that is no longer hidden tells strangers that it is there. */
  private void compareHiding() {
    for (Level level : Level.values()) {
      boolean before = isHidden(pair.before(), level);
      boolean after = isHidden(pair.after(), level);
      if (before != after && pair.before().isPresent() && pair.after().isPresent()) {
        Direction direction = before ? Direction.WIDENED : Direction.NARROWED;
        PolicyDiff.Change change =
            new PolicyDiff.Change(
                PolicyDiff.AUTHENTICATED,
                PolicyDiff.EVERYTHING,
                pair.id(),
                "deny, " + level.word() + (before ? " hidden" : " not hidden"),
                "deny, " + level.word() + (after ? " hidden" : " not hidden"));
        tables.tell(direction, change, change.role() + level, false);
      }
    }
  }

  private static boolean isHidden(Optional<Route> row, Level level) {
    return row.filter(one -> one.rule() instanceof Rule.Permitted)
        .flatMap(one -> one.places().at(level))
        .filter(Place::hide)
        .isPresent();
  }

  /**
   * Returns what a holder gets in each scene by the tokens that tell most, by turns of the old and
   * of the new row.
   */
  List<List<Outcome>> answers(Holder holder) {
    List<List<Outcome>> answers = new ArrayList<>();
    for (Scene scene : space.scenes()) {
      List<Outcome> here = new ArrayList<>();
      List<BiFunction<RowTrial, Scene, Caller>> callers = new ArrayList<>();
      callers.add(caller(holder, WHOLE, kind));
      callers.add(caller(holder, WHOLE, CredentialKind.SESSION));
      scopes.alternatives().forEach(names -> callers.add(caller(holder, names, kind)));
      for (BiFunction<RowTrial, Scene, Caller> caller : callers) {
        here.add(outcome(old, scene, caller));
        here.add(outcome(now, scene, caller));
      }
      answers.add(here);
    }
    return answers;
  }

  /** Notes what changes for a holder, and returns in which ways. */
  Set<Direction> tell(
      String label,
      Holder holder,
      List<List<Outcome>> answers,
      boolean everyScope,
      Set<Direction> wanted) {
    Set<Direction> found = EnumSet.noneOf(Direction.class);
    if (theSame && !tables.mayDiffer(holder.roles())) {
      return found;
    }
    Set<List<Outcome>> seen = new HashSet<>();
    for (int i = 0; i < answers.size(); i++) {
      List<Outcome> here = answers.get(i);
      if (seen.add(here) && mayDiffer(here)) {
        found.addAll(new Tokens(label, holder, space.scenes().get(i), wanted).tell(everyScope));
      }
    }
    shown.addAll(found);
    return found;
  }

  /** Says whether some token may get different answers where the telling ones get these. */
  private boolean mayDiffer(List<Outcome> answers) {
    boolean differs = false;
    boolean allowed = false;
    for (int i = 0; i < answers.size(); i += 2) {
      differs |= !answers.get(i).equals(answers.get(i + 1));
      allowed |= answers.get(i).allowed() || answers.get(i + 1).allowed();
    }
    return allowed && (differs || !tables.scopesMeanTheSame());
  }

  private static BiFunction<RowTrial, Scene, Caller> caller(
      Holder holder, List<String> scopes, CredentialKind credential) {
    return (trial, scene) -> holder.with(scopes, credential, trial.policy(), scene.situation());
  }

  private static Outcome outcome(
      Optional<RowTrial> trial, Scene scene, BiFunction<RowTrial, Scene, Caller> caller) {
    return trial
        .map(one -> Outcome.of(one.decide(scene.fields(), caller.apply(one, scene))))
        .orElseGet(Outcome::refused);
  }

  /** What a change is told of. */
  private record Subject(String role, String scope, Set<Direction> wanted) {}

  private Set<Direction> note(
      Subject subject, Scene scene, BiFunction<RowTrial, Scene, Caller> caller) {
    Outcome from = outcome(old, scene, caller);
    Outcome to = outcome(now, scene, caller);
    Set<Direction> directions = to.since(from);
    directions.retainAll(subject.wanted());
    boolean isSpecial = !scene.plain() || !pair.special().isEmpty();
    boolean isExplained = !(wordsBefore + wordsAfter + scene.situation().words()).isEmpty();
    String role =
        subject.role()
            + scene.situation().words()
            + (scene.plain() || isExplained ? "" : " (at other places)");
    PolicyDiff.Change change =
        new PolicyDiff.Change(
            role,
            subject.scope(),
            pair.id(),
            from.word(to) + (isSpecial ? wordsBefore : ""),
            to.word(from) + (isSpecial ? wordsAfter : ""));
    directions.forEach(direction -> tables.tell(direction, change, subject.role(), isSpecial));
    return directions;
  }

  /** The tokens of one holder in one scene. */
  private final class Tokens {
    private final String label;
    private final Holder holder;
    private final Scene scene;
    private final Set<Direction> wanted;
    private final Set<Direction> found = EnumSet.noneOf(Direction.class);

    Tokens(String label, Holder holder, Scene scene, Set<Direction> wanted) {
      this.label = label;
      this.holder = holder;
      this.scene = scene;
      this.wanted = wanted;
    }

    Set<Direction> tell(boolean everyScope) {
      found.addAll(token(PolicyDiff.EVERYTHING, WHOLE, wanted));
      Set<Direction> whole = EnumSet.copyOf(wanted);
      whole.removeAll(found);
      Map<String, Set<Direction>> single = new HashMap<>();
      for (String scope : tables.permissions()) {
        Set<Direction> told = token(scope, List.of(scope), everyScope ? wanted : whole);
        single.put(scope, told);
        found.addAll(told);
      }
      List<List<String>> several = new ArrayList<>(scopes.sets());
      several.add(List.of());
      for (List<String> names : several) {
        Set<Direction> open = EnumSet.copyOf(whole);
        names.forEach(name -> open.removeAll(single.getOrDefault(name, Set.of())));
        found.addAll(token(String.join(",", names), names, open));
      }
      Set<Direction> open = EnumSet.copyOf(wanted);
      open.removeAll(found);
      found.addAll(
          note(
              new Subject(label, PolicyDiff.SESSION, open),
              scene,
              caller(holder, WHOLE, CredentialKind.SESSION)));
      return found;
    }

    private Set<Direction> token(String scope, List<String> names, Set<Direction> directions) {
      return directions.isEmpty()
          ? Set.of()
          : note(new Subject(label, scope, directions), scene, caller(holder, names, kind));
    }
  }
}
