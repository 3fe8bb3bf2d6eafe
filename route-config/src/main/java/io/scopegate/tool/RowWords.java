package io.scopegate.tool;

import io.scopegate.permission.Level;
import io.scopegate.route.Place;
import io.scopegate.route.Route;
import io.scopegate.route.Rule;
import io.scopegate.route.Source;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What a row says of its places, as far as another row says something else. Safe from any thread.
 */
final class RowWords {
  private RowWords() {}

  /** Returns the words, each part after a comma; nothing where the rows say the same. */
  static String of(Optional<Route> row, Optional<Route> other) {
    if (row.isEmpty() || other.isEmpty()) {
      return "";
    }
    List<String> own = all(row.get());
    List<String> others = all(other.get());
    return own.stream()
        .filter(part -> !others.contains(part))
        .map(part -> ", " + part)
        .collect(Collectors.joining());
  }

  private static List<String> all(Route row) {
    List<String> parts = new ArrayList<>();
    if (row.rule() instanceof Rule.Permitted permitted) {
      for (Level level : Level.values()) {
        row.places().at(level).ifPresent(place -> addPlace(place, parts));
      }
      parts.add(
          switch (permitted.target()) {
            case ORGANIZATION -> "held at the organization";
            case TEAM -> "held at the team";
            case PROJECT -> "held at the project";
            case ANY_ORGANIZATION -> "held at any organization";
            case LISTED_PROJECTS -> "held at any project";
          });
    }
    return parts;
  }

  private static void addPlace(Place place, List<String> parts) {
    String level = place.level().word();
    parts.add(
        level
            + " by "
            + place.sources().stream().map(RowWords::words).collect(Collectors.joining(" or ")));
    if (place.level() != Level.ORGANIZATION) {
      parts.add(
          level
              + (place.reach() == Place.Reach.MEMBERS ? " for members" : " for the organization"));
    }
    if (place.hide()) {
      parts.add(level + " hidden");
    }
  }

  private static String words(Source source) {
    if (source instanceof Source.PathParameter parameter) {
      return "path `" + parameter.name() + "`";
    }
    if (source instanceof Source.HostLabel label) {
      return "host `" + label.name() + "`";
    }
    if (source instanceof Source.QueryParameter query) {
      return "query `" + query.key() + "`";
    }
    if (source instanceof Source.HeaderField header) {
      return "header `" + header.name() + "`";
    }
    if (source instanceof Source.Fixed fixed) {
      return "name `" + fixed.id() + "`";
    }
    return source instanceof Source.FromToken ? "token" : "project";
  }
}
