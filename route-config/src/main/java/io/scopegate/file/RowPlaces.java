package io.scopegate.file;

import io.scopegate.permission.Level;
import io.scopegate.route.Place;
import io.scopegate.route.Places;
import io.scopegate.route.Source;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** Tells which places a row names. Safe from any thread. */
final class RowPlaces {
  private RowPlaces() {}

  /** Returns the places with the sources that this row can have. */
  static Places named(RowEntry row) {
    Optional<Place> project = named(row, Level.PROJECT, false);
    Optional<Place> team = named(row, Level.TEAM, false);
    return new Places(named(row, Level.ORGANIZATION, project.isPresent()), team, project);
  }

  /** Returns the places of a row that lists projects: it names none, but their reach counts. */
  static Places listing(RowEntry row, Places named) {
    Optional<Place> project =
        Optional.ofNullable(row.places().get(Level.PROJECT))
            .filter(entry -> !entry.sources().isEmpty())
            .map(entry -> new Place(Level.PROJECT, entry.sources(), entry.reach(), entry.hide()));
    return new Places(named.organization(), named.team(), project);
  }

  private static Optional<Place> named(RowEntry row, Level level, boolean namesProject) {
    return Optional.ofNullable(row.places().get(level))
        .flatMap(
            entry -> {
              List<Source> sources =
                  entry.sources().stream()
                      .filter(source -> isAvailable(source, row.head(), namesProject))
                      .toList();
              return sources.isEmpty()
                  ? Optional.empty()
                  : Optional.of(new Place(level, sources, entry.reach(), entry.hide()));
            });
  }

  private static boolean isAvailable(Source source, RowEntry.Head head, boolean namesProject) {
    if (source instanceof Source.PathParameter path) {
      return head.pathParameters().contains(path.name());
    }
    if (source instanceof Source.HostLabel host) {
      return head.hostLabel().equals(Optional.of(host.name()));
    }
    return !(source instanceof Source.FromProject) || namesProject;
  }

  /** Notes a parameter that stands twice in the row and is read for a place. */
  static void checkRepeated(RowEntry row, Places places, Problems problems) {
    for (Level level : Level.values()) {
      for (Source source : places.at(level).map(Place::sources).orElse(List.of())) {
        if (source instanceof Source.PathParameter path) {
          checkRepeated(row, path.name(), problems);
        } else if (source instanceof Source.HostLabel host) {
          checkRepeated(row, host.name(), problems);
        }
      }
    }
  }

  /** Notes it if the parameter stands twice in the row. */
  static void checkRepeated(RowEntry row, String parameter, Problems problems) {
    if (Collections.frequency(row.head().parameters(), parameter) > 1) {
      problems.error(
          row.match().at(),
          "parameter "
              + Wording.quoted("{" + parameter + "}")
              + " stands twice in "
              + Wording.quoted(row.match().text())
              + ", and a place or condition reads it");
    }
  }
}
