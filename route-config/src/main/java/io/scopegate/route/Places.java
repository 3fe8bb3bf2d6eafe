package io.scopegate.route;

import io.scopegate.permission.Level;
import java.util.Optional;

/** The places that one row names. Immutable. */
public record Places(Optional<Place> organization, Optional<Place> team, Optional<Place> project) {

  /** Returns the places of a row that names none. */
  public static Places none() {
    return new Places(Optional.empty(), Optional.empty(), Optional.empty());
  }

  /** Returns the place of this level, if the row names one. */
  public Optional<Place> at(Level level) {
    return switch (level) {
      case ORGANIZATION -> organization;
      case TEAM -> team;
      case PROJECT -> project;
    };
  }
}
