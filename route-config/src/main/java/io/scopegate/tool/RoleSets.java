package io.scopegate.tool;

import io.scopegate.permission.Level;
import io.scopegate.permission.PermissionCatalog;
import io.scopegate.policy.Policy;
import io.scopegate.route.Place;
import io.scopegate.route.Requirement;
import io.scopegate.route.Route;
import io.scopegate.route.Rule;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Goes through the sets of roles that somebody may hold, small ones first. More roles never hold
 * less, so a set needs to be looked at only if no part of it shows a change already, and only up to
 * as many roles as it takes to meet a row. Roles that organizations make themselves are tried where
 * the declared ones show nothing. Confined to one comparison.
 */
final class RoleSets {
  /** Of more sets than this the rest is not tried. */
  private static final int MOST_SETS = 3_000;

  private final Comparison tables;
  private final RowComparison rows;
  private final Map<Holder.Held, Set<Direction>> shownAlone = new HashMap<>();
  private boolean complete = true;

  RoleSets(Comparison tables, RowComparison rows) {
    this.tables = tables;
    this.rows = rows;
  }

  /** Tries all sets; says whether there were not too many. */
  boolean search() {
    List<Holder.Held> declared = new ArrayList<>(tables.roles());
    if (rows.namesTeamAndProject()) {
      tables.roles(Level.TEAM).forEach(role -> declared.add(role.at(Holder.SECOND)));
    }
    search(declared, Map.of());
    Switches switches = Switches.of(rows.pair(), tables.before(), tables.after());
    switches.combinations().forEach(way -> search(declared, way));
    complete &= switches.complete();
    boolean mayDiffer = !rows.areTheSame() || !tables.scopesMeanTheSame();
    if (mayDiffer && rows.shown().size() < Direction.values().length) {
      List<Holder.Held> all = new ArrayList<>(custom());
      all.addAll(declared);
      search(all, Map.of());
    }
    return complete;
  }

  private void search(List<Holder.Held> candidates, Map<String, Boolean> settings) {
    if (candidates.isEmpty()) {
      return;
    }
    boolean isCustom = candidates.get(0).custom().isPresent();
    Set<Direction> wanted = EnumSet.allOf(Direction.class);
    if (isCustom) {
      wanted.removeAll(rows.shown());
    }
    List<List<Outcome>> most = rows.answers(new Holder(candidates, settings));
    Map<List<Integer>, Set<Direction>> open = new LinkedHashMap<>();
    for (int i = 0; i < candidates.size(); i++) {
      Set<Direction> left = alone(candidates.get(i), settings, wanted, most);
      if (!left.isEmpty()) {
        open.put(List.of(i), left);
      }
    }
    if (!settings.isEmpty()) {
      wanted.removeAll(rows.shown());
    }
    int tried = 0;
    for (int size = 2; size <= mostRoles() && !open.isEmpty(); size++) {
      Map<List<Integer>, Set<Direction>> larger = new LinkedHashMap<>();
      for (List<Integer> set : open.keySet()) {
        for (int next = set.get(set.size() - 1) + 1; next < candidates.size(); next++) {
          List<Integer> joined = Stream.concat(set.stream(), Stream.of(next)).toList();
          Set<Direction> left = openInAllParts(joined, open);
          left.retainAll(wanted);
          if (!left.isEmpty() && tried++ < MOST_SETS) {
            left.removeAll(
                together(joined.stream().map(candidates::get).toList(), settings, left, most));
            if (!left.isEmpty()) {
              larger.put(joined, left);
            }
          }
        }
      }
      open = larger;
    }
    complete &= tried <= MOST_SETS;
  }

  private static Set<Direction> openInAllParts(
      List<Integer> set, Map<List<Integer>, Set<Direction>> open) {
    Set<Direction> directions = EnumSet.allOf(Direction.class);
    for (Integer left : set) {
      List<Integer> part = set.stream().filter(each -> !each.equals(left)).toList();
      directions.retainAll(open.getOrDefault(part, Set.of()));
    }
    return directions;
  }

  /** Tells of one role; returns the ways in which it may yet show a change together with others. */
  private Set<Direction> alone(
      Holder.Held role,
      Map<String, Boolean> settings,
      Set<Direction> wanted,
      List<List<Outcome>> most) {
    Holder holder = new Holder(List.of(role), settings);
    List<List<Outcome>> answers = rows.answers(holder);
    Set<Direction> known = shownAlone.computeIfAbsent(role, any -> EnumSet.noneOf(Direction.class));
    // What a role shows at another team it shows at this one.
    if (role.place().equals(Holder.HERE)) {
      Set<Direction> asked = EnumSet.copyOf(wanted);
      asked.removeAll(known);
      boolean everyScope = settings.isEmpty() && role.custom().isEmpty();
      if (!asked.isEmpty()) {
        known.addAll(rows.tell(label(holder), holder, answers, everyScope, asked));
      }
    } else {
      known.addAll(shownAlone.getOrDefault(role.at(Holder.HERE), Set.of()));
    }
    Set<Direction> left = EnumSet.copyOf(wanted);
    left.removeAll(known);
    left.removeIf(direction -> isSettled(direction, answers, most));
    return left;
  }

  /** Tells of several roles; returns the ways in which there is no more to find. */
  private Set<Direction> together(
      List<Holder.Held> roles,
      Map<String, Boolean> settings,
      Set<Direction> wanted,
      List<List<Outcome>> most) {
    Holder holder = new Holder(roles, settings);
    List<List<Outcome>> answers = rows.answers(holder);
    Set<Direction> settled = EnumSet.noneOf(Direction.class);
    settled.addAll(rows.tell(label(holder), holder, answers, false, wanted));
    wanted.stream().filter(direction -> isSettled(direction, answers, most)).forEach(settled::add);
    return settled;
  }

  private static String label(Holder holder) {
    return holder.settings().isEmpty()
        ? holder.label()
        : holder.label() + " " + Switches.words(holder.settings());
  }

  /** Says whether no further role can show a change, because the side that counts gives all. */
  private boolean isSettled(
      Direction direction, List<List<Outcome>> answers, List<List<Outcome>> most) {
    if (!tables.scopesMeanTheSame()) {
      return false;
    }
    int given = direction == Direction.WIDENED ? 0 : 1;
    for (int scene = 0; scene < answers.size(); scene++) {
      for (int i = 0; i < answers.get(scene).size(); i += 2) {
        Outcome best = most.get(scene).get(i + 1 - given);
        if (best.exceeds(answers.get(scene).get(i + given))) {
          return false;
        }
      }
    }
    return true;
  }

  /** Returns how many roles it can take to meet one of the rows. */
  private int mostRoles() {
    int most = 1;
    for (Optional<Route> row : List.of(rows.pair().before(), rows.pair().after())) {
      if (row.isPresent() && row.get().rule() instanceof Rule.Permitted permitted) {
        int permissions =
            permitted.requirement().alternatives().stream()
                .mapToInt(alternative -> alternative.everything().size())
                .max()
                .orElse(0);
        int closed =
            (int)
                Stream.of(Level.TEAM, Level.PROJECT)
                    .flatMap(level -> row.get().places().at(level).stream())
                    .filter(place -> place.reach() == Place.Reach.MEMBERS)
                    .count();
        most = Math.max(most, permissions + permitted.roles().size() + closed);
      }
    }
    return most + (tables.hasJoining() ? 2 : 0);
  }

  /** Returns roles of the organization's own that hold just what the rows ask for. */
  private List<Holder.Held> custom() {
    Set<List<String>> held = new LinkedHashSet<>();
    for (Optional<Route> row : List.of(rows.pair().before(), rows.pair().after())) {
      if (row.isPresent() && row.get().rule() instanceof Rule.Permitted permitted) {
        for (Requirement.Alternative alternative : permitted.requirement().alternatives()) {
          Stream.concat(Stream.of(alternative.here()), alternative.elsewhere().values().stream())
              .filter(set -> !set.isEmpty())
              .forEach(set -> held.add(List.copyOf(set.names())));
        }
      }
    }
    if (!tables.scopesMeanTheSame()) {
      for (String name : tables.permissions()) {
        if (held.stream().flatMap(List::stream).anyMatch(asked -> isImpliedAnew(name, asked))) {
          held.add(List.of(name));
        }
      }
    }
    return held.stream()
        .flatMap(names -> Stream.of(Level.values()).map(level -> Holder.Held.custom(level, names)))
        .toList();
  }

  private boolean isImpliedAnew(String name, String asked) {
    return implies(tables.before(), name, asked) != implies(tables.after(), name, asked);
  }

  private static boolean implies(Policy policy, String one, String other) {
    PermissionCatalog catalog = policy.catalog();
    return ScopeSets.implies(catalog, one, other);
  }
}
