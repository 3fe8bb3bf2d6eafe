package io.scopegate.tool;

import io.scopegate.policy.Caller;
import io.scopegate.policy.Policy;
import io.scopegate.route.CredentialKind;
import io.scopegate.route.Route;
import io.scopegate.route.Rule;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * Compares what callers get of two rows, caller by caller and token by token. Every role alone with
 * every scope alone is told; what only several together show is told where no one of them shows it.
 * Confined to one comparison.
 */
final class Comparison {
  private final Policy before;
  private final Policy after;
  private final List<Holder.Held> roles;
  private final Set<String> permissions = new TreeSet<>();
  private final List<Map<String, Boolean>> settings;
  private final boolean rowsAloneDiffer;
  private final Set<PolicyDiff.Change> widened = new LinkedHashSet<>();
  private final Set<PolicyDiff.Change> narrowed = new LinkedHashSet<>();

  Comparison(Policy before, Policy after) {
    this.before = before;
    this.after = after;
    Set<Holder.Held> all = new LinkedHashSet<>(Matrix.roles(after));
    all.addAll(Matrix.roles(before));
    this.roles = all.stream().sorted(Comparator.comparing(Holder.Held::level)).toList();
    permissions.addAll(before.catalog().names());
    permissions.addAll(after.catalog().names());
    this.settings = Switches.combinations(before.settings(), after.settings());
    this.rowsAloneDiffer = Meaning.of(before).equals(Meaning.of(after));
  }

  PolicyDiff diff() {
    Map<String, Integer> order = new HashMap<>();
    for (Policy policy : List.of(after, before)) {
      policy.routes().routes().forEach(row -> order.putIfAbsent(row.id(), order.size()));
    }
    Comparator<PolicyDiff.Change> byRow =
        Comparator.comparingInt(change -> order.getOrDefault(change.route(), order.size()));
    return new PolicyDiff(
        widened.stream().sorted(byRow).toList(), narrowed.stream().sorted(byRow).toList());
  }

  void compare(RowPair pair) {
    boolean same =
        rowsAloneDiffer && pair.before().map(Meaning::of).equals(pair.after().map(Meaning::of));
    if (!same) {
      new Rows(pair).compare();
    }
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

  /** One pair of rows. */
  private final class Rows {
    private final RowPair pair;
    private final Optional<RowTrial> old;
    private final Optional<RowTrial> now;
    private final CredentialKind kind;
    private final List<List<String>> tokens;

    Rows(RowPair pair) {
      this.pair = pair;
      this.old = pair.before().map(row -> new RowTrial(before, row));
      this.now = pair.after().map(row -> new RowTrial(after, row));
      // Sessions may be restricted to scopes, too: where both rows want one, tokens say nothing.
      boolean sessions =
          kind(pair.before().or(pair::after)).equals(Optional.of(CredentialKind.SESSION))
              && kind(pair.after().or(pair::before)).equals(Optional.of(CredentialKind.SESSION));
      this.kind = sessions ? CredentialKind.SESSION : CredentialKind.TOKEN;
      this.tokens = ScopeSets.of(pair, before.catalog(), after.catalog());
    }

    void compare() {
      if (!pair.own()) {
        note(PolicyDiff.ANONYMOUS, PolicyDiff.EMPTY, trial -> new Caller.Anonymous());
      }
      holder(PolicyDiff.AUTHENTICATED, new Holder(List.of(), Map.of()), false);
      Map<Holder.Held, Set<Integer>> shown = new HashMap<>();
      for (Holder.Held role : roles) {
        Set<Integer> changes = holder(role.label(), Holder.of(role), true);
        for (Map<String, Boolean> switches : settings) {
          if (changes.isEmpty()) {
            String label = role.label() + " " + Switches.words(switches);
            changes.addAll(holder(label, new Holder(List.of(role), switches), false));
          }
        }
        shown.put(role, changes);
      }
      pairsOfRoles(shown);
    }

    /** Tries two roles together where neither alone shows the change. */
    private void pairsOfRoles(Map<Holder.Held, Set<Integer>> shown) {
      for (int i = 0; i < roles.size(); i++) {
        for (int j = i + 1; j < roles.size(); j++) {
          Holder both = new Holder(List.of(roles.get(i), roles.get(j)), Map.of());
          int change = change(trial -> both.whole(kind, trial.policy()));
          boolean isShown =
              shown.getOrDefault(roles.get(i), Set.of()).contains(change)
                  || shown.getOrDefault(roles.get(j), Set.of()).contains(change);
          if (change != 0 && !isShown) {
            note(
                roles.get(i).label() + "+" + roles.get(j).label(),
                PolicyDiff.EVERYTHING,
                trial -> both.whole(kind, trial.policy()));
          }
        }
      }
    }

    /** Notes what changes for a holder; returns in which directions. */
    private Set<Integer> holder(String label, Holder holder, boolean everyScope) {
      Set<Integer> shown = new HashSet<>();
      shown.add(token(label, holder, PolicyDiff.EVERYTHING, List.of(PolicyDiff.EVERYTHING)));
      boolean refusedAnyway =
          !outcome(old, caller(holder, List.of("*"), kind)).allowed()
              && !outcome(now, caller(holder, List.of("*"), kind)).allowed();
      if (!refusedAnyway) {
        scopes(label, holder, everyScope, shown);
      }
      int session = change(caller(holder, List.of("*"), CredentialKind.SESSION));
      if (session != 0 && !shown.contains(session)) {
        shown.add(
            note(label, PolicyDiff.SESSION, caller(holder, List.of("*"), CredentialKind.SESSION)));
      }
      shown.remove(0);
      return shown;
    }

    private void scopes(String label, Holder holder, boolean everyScope, Set<Integer> shown) {
      Set<Integer> whole = Set.copyOf(shown);
      Map<String, Integer> single = new HashMap<>();
      for (String scope : permissions) {
        List<String> scopes = List.of(scope);
        int change = change(caller(holder, scopes, kind));
        single.put(scope, change);
        shown.add(change);
        if (everyScope || !whole.contains(change)) {
          token(label, holder, scope, scopes);
        }
      }
      List<List<String>> several = new ArrayList<>(tokens);
      several.add(List.of());
      for (List<String> scopes : several) {
        int change = change(caller(holder, scopes, kind));
        boolean isShown =
            whole.contains(change)
                || scopes.stream().anyMatch(scope -> single.getOrDefault(scope, 0) == change);
        if (change != 0 && !isShown) {
          shown.add(token(label, holder, String.join(",", scopes), scopes));
        }
      }
    }

    private Function<RowTrial, Caller> caller(
        Holder holder, List<String> scopes, CredentialKind credential) {
      return trial -> holder.with(scopes, credential, trial.policy());
    }

    private int token(String label, Holder holder, String scope, List<String> scopes) {
      return note(label, scope, caller(holder, scopes, kind));
    }

    private int change(Function<RowTrial, Caller> caller) {
      return outcome(now, caller).comparedTo(outcome(old, caller));
    }

    private int note(String role, String scope, Function<RowTrial, Caller> caller) {
      Outcome from = outcome(old, caller);
      Outcome to = outcome(now, caller);
      int change = to.comparedTo(from);
      if (change != 0) {
        (change > 0 ? widened : narrowed)
            .add(new PolicyDiff.Change(role, scope, pair.id(), from.word(to), to.word(from)));
      }
      return change;
    }

    private Outcome outcome(Optional<RowTrial> trial, Function<RowTrial, Caller> caller) {
      return trial
          .map(one -> Outcome.of(one.decide(caller.apply(one))))
          .orElseGet(Outcome::refused);
    }
  }
}
