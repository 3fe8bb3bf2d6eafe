package io.scopegate.file;

import io.scopegate.permission.Level;
import io.scopegate.route.Condition;
import io.scopegate.route.CredentialKind;
import io.scopegate.route.PathTemplate;
import io.scopegate.route.Position;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * A row as the file words it, with the defaults of its groups filled in. Immutable.
 *
 * @param match the value of {@code match}
 * @param broken whether something in it was refused already, so that what is absent may only be
 *     unreadable
 */
record RowEntry(
    Inclusion inclusion,
    Word match,
    Head head,
    Map<Level, PlaceEntry> places,
    Demand demand,
    Handling handling,
    Label label,
    boolean broken) {

  /**
   * Which requests it is for.
   *
   * @param methods empty if they were refused
   * @param path with all prefixes; absent if it was refused
   */
  record Head(
      List<String> methods, Optional<PathTemplate> path, Optional<Inclusion.HostWord> host) {

    /** Returns the parameters of the path and the label of the host. */
    List<String> parameters() {
      List<String> all = new java.util.ArrayList<>(pathParameters());
      hostLabel().ifPresent(all::add);
      return all;
    }

    /** Returns the parameters of the path. */
    List<String> pathParameters() {
      return path.map(PathTemplate::parameters).orElse(List.of());
    }

    /** Returns the label of the host, if it has one. */
    Optional<String> hostLabel() {
      return host.flatMap(word -> word.pattern().label());
    }

    /** Returns what two rows have in common that are for the same requests. */
    Shape shape() {
      return new Shape(
          new TreeSet<>(methods),
          host.map(word -> anonymous(word.text().toLowerCase(Locale.ROOT))).orElse(""),
          path.map(template -> anonymous(template.text())).orElse(""));
    }

    private static String anonymous(String template) {
      return template.replaceAll("\\{[^{}*]*", "{");
    }
  }

  /** What a row matches, whatever its parameters are called. */
  record Shape(Set<String> methods, String host, String path) {}

  /** Who gets through. */
  record Demand(
      Optional<Admittance> admittance,
      Optional<RoleDemand> role,
      Optional<Target> at,
      boolean listsProjects,
      Optional<CredentialKind> credential,
      Optional<ConditionEntry> when) {}

  /** Exactly one of {@code require} and {@code access}. */
  sealed interface Admittance {}

  /** Permissions are required. */
  record Required(RequirementEntry requirement) implements Admittance {}

  /** No permission is required. */
  record Open(boolean toEverybody) implements Admittance {}

  /**
   * The value of {@code at}.
   *
   * @param level empty for {@code any}
   */
  record Target(Optional<Level> level, Position at) {}

  /** The roles of which one is needed, per level. */
  record RoleDemand(Position at, Map<Level, List<Word>> roles, Map<Level, Position> levels) {}

  /**
   * The value of {@code when}.
   *
   * @param parameters those that it reads, of the path or the host
   */
  record ConditionEntry(Position at, Condition condition, List<Word> parameters) {}

  /**
   * What becomes of a request.
   *
   * @param stripPrefix the literal prefix that is cut; empty if nothing is
   * @param webSocket whether a request may open a WebSocket
   */
  record Handling(
      Optional<Word> backend,
      String stripPrefix,
      boolean shadow,
      Optional<Duration> timeout,
      Optional<Long> bodyLimitBytes,
      boolean encodedSlash,
      boolean pathParameters,
      boolean webSocket) {}

  /**
   * What it is called.
   *
   * @param overrides where it says that it replaces a row of a used file, if it does
   */
  record Label(
      Optional<Word> id, String description, List<String> tags, Optional<Position> overrides) {}

  /** Says whether no credential is looked at. */
  boolean isPublic() {
    return demand.admittance().equals(Optional.of(new Open(true)));
  }
}
