package io.scopegate.tool;

import io.scopegate.permission.Level;
import io.scopegate.route.HostPattern;
import io.scopegate.route.Place;
import io.scopegate.route.Places;
import io.scopegate.route.Route;
import io.scopegate.route.Rule;
import io.scopegate.route.Source;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Everything that requests of one kind can be as far as the places of the two rows that they meet
 * can tell. Each thing that a place is named by becomes a field of its own, the same one for both
 * rows if they read the same part of the request, and takes every value that may make a difference.
 * Any text may be the name of any place, because places have aliases. Confined to one comparison.
 */
final class PlaceSpace {
  /** Of more scenes than this only the first are tried. */
  private static final int MOST_SCENES = 2_000;

  private static final String SPOT = "spot";
  private static final String TEXT = "is";

  private final RowPair pair;
  private final Map<Spelling, String> fields = new LinkedHashMap<>();
  private final Optional<Places> before;
  private final Optional<Places> after;
  private final List<Scene> scenes = new ArrayList<>();
  private boolean complete = true;

  PlaceSpace(RowPair pair) {
    this.pair = pair;
    this.before = pair.before().map(row -> standIns(row, pair.after()));
    this.after = pair.after().map(row -> standIns(row, pair.before()));
    collect();
  }

  /** Something by which a place of this level is named. */
  private record Spelling(Level level, String kind, String name) {
    boolean mayBeAbsent() {
      return kind.equals(RowPair.Given.QUERY) || kind.equals(RowPair.Given.HEADER);
    }
  }

  /** Returns what stands for the places of the old row. */
  Optional<Places> before() {
    return before;
  }

  /** Returns what stands for the places of the new row. */
  Optional<Places> after() {
    return after;
  }

  /** Returns the scenes, the plain one first. */
  List<Scene> scenes() {
    return scenes;
  }

  /** Says whether there are no other scenes. */
  boolean isComplete() {
    return complete;
  }

  /** Says whether both rows name the same places whatever the request. */
  boolean isSameOnBothSides() {
    return before.equals(after) && target(pair.before()).equals(target(pair.after()));
  }

  /** Says whether bounds are overruled: then they matter even where the places are the same. */
  private static boolean isShadow(Optional<Route> row) {
    return row.filter(one -> one.forwarding().shadow()).isPresent();
  }

  private static Optional<Rule.Target> target(Optional<Route> row) {
    return row.map(Route::rule)
        .flatMap(
            rule ->
                rule instanceof Rule.Permitted permitted
                    ? Optional.of(permitted.target())
                    : Optional.empty());
  }

  private Places standIns(Route row, Optional<Route> other) {
    Optional<Rule.Target> target = target(Optional.of(row));
    if (target.isEmpty() || target.get() == Rule.Target.ANY_ORGANIZATION) {
      return Places.none(); // Nothing looks at them.
    }
    Optional<Place> project = row.places().project();
    return new Places(
        row.places().organization().map(place -> standIn(row, other, place)),
        row.places().team().map(place -> standIn(row, other, place)),
        target.get() == Rule.Target.LISTED_PROJECTS
            ? project.map(place -> with(place, List.of(new Source.Fixed(Holder.HERE))))
            : project.map(place -> standIn(row, other, place)));
  }

  private static Place with(Place place, List<Source> sources) {
    return new Place(place.level(), sources, place.reach(), place.hide());
  }

  private Place standIn(Route row, Optional<Route> other, Place place) {
    List<Source> sources = new ArrayList<>();
    for (Source source : place.sources()) {
      if (source instanceof Source.FromToken || source instanceof Source.FromProject) {
        sources.add(source);
        continue;
      }
      Spelling spelling = spelling(place.level(), source, row, other);
      sources.add(
          new Source.HeaderField(fields.computeIfAbsent(spelling, any -> "f" + fields.size())));
      if (!spelling.mayBeAbsent()) {
        break;
      }
    }
    return with(place, sources);
  }

  private static Spelling spelling(Level level, Source source, Route row, Optional<Route> other) {
    if (source instanceof Source.QueryParameter query) {
      return new Spelling(level, RowPair.Given.QUERY, query.key());
    }
    if (source instanceof Source.HeaderField header) {
      return new Spelling(level, RowPair.Given.HEADER, header.name().toLowerCase(Locale.ROOT));
    }
    if (source instanceof Source.Fixed fixed) {
      return new Spelling(level, TEXT, fixed.id());
    }
    String name =
        source instanceof Source.PathParameter parameter
            ? parameter.name()
            : ((Source.HostLabel) source).name();
    Optional<String> spot = row.path().spot(name);
    // Where the other row has a text, no request that meets both has anything else.
    Optional<String> text =
        spot.isPresent()
            ? other.flatMap(route -> route.path().literalAt(spot.get()))
            : label(row, other);
    return text.map(literal -> new Spelling(level, TEXT, literal))
        .orElseGet(() -> new Spelling(level, SPOT, spot.orElse("host")));
  }

  private static Optional<String> label(Route row, Optional<Route> other) {
    return other
        .flatMap(Route::host)
        .filter(host -> host.label().isEmpty())
        .map(HostPattern::rest)
        .flatMap(host -> row.host().flatMap(pattern -> pattern.match(host)));
  }

  private void collect() {
    List<Spelling> spellings = List.copyOf(fields.keySet());
    Set<Holder.Situation> situations = EnumSet.of(Holder.Situation.PLAIN);
    boolean oneSided = before.isEmpty() || after.isEmpty();
    if (!oneSided && (!isSameOnBothSides() || isShadow(pair.before()) != isShadow(pair.after()))) {
      situations.addAll(EnumSet.allOf(Holder.Situation.class));
    }
    for (Holder.Situation situation : situations) {
      assign(spellings, new LinkedHashMap<>(), situation, oneSided ? 1 : MOST_SCENES);
    }
    complete = oneSided || scenes.size() < MOST_SCENES;
  }

  private void assign(
      List<Spelling> spellings,
      Map<Spelling, List<String>> chosen,
      Holder.Situation situation,
      int most) {
    if (scenes.size() >= most) {
      return;
    }
    if (chosen.size() == spellings.size()) {
      Map<String, List<String>> said = new LinkedHashMap<>();
      chosen.forEach((spelling, value) -> said.put(fields.getOrDefault(spelling, ""), value));
      boolean first = scenes.isEmpty();
      scenes.add(Scene.of(said, situation, first));
      return;
    }
    Spelling next = spellings.get(chosen.size());
    for (List<String> value : values(next)) {
      // A key that names places of two levels is there, missing or repeated for both.
      boolean fits =
          chosen.entrySet().stream()
              .noneMatch(
                  entry ->
                      entry.getKey().kind().equals(next.kind())
                          && entry.getKey().name().equals(next.name())
                          && next.mayBeAbsent()
                          && entry.getValue().size() != value.size());
      if (fits) {
        chosen.put(next, value);
        assign(spellings, chosen, situation, most);
        chosen.remove(next);
      }
    }
  }

  private List<List<String>> values(Spelling spelling) {
    List<List<String>> values = new ArrayList<>();
    values.add(List.of(Holder.HERE));
    if (spelling.level() != Level.ORGANIZATION && namesTeamAndProject()) {
      values.add(List.of(Holder.SECOND));
    }
    values.add(List.of(Holder.NOWHERE));
    if (!spelling.mayBeAbsent()) {
      return values;
    }
    RowPair.Presence presence =
        pair.given().get(new RowPair.Given(spelling.kind(), spelling.name()));
    List<List<String>> others = List.of(List.of(), List.of(Holder.HERE, Holder.HERE));
    if (presence == null) {
      values.addAll(others);
      return values;
    }
    return switch (presence) {
      case ONCE -> values;
      case ABSENT -> others.subList(0, 1);
      case REPEATED -> others.subList(1, 2);
    };
  }

  /** Says whether a team and a project play a part, so that it matters which team owns it. */
  boolean namesTeamAndProject() {
    List<Places> sides = Stream.of(before, after).flatMap(Optional::stream).toList();
    return sides.stream().anyMatch(side -> side.team().isPresent())
        && sides.stream().anyMatch(side -> side.project().isPresent());
  }
}
