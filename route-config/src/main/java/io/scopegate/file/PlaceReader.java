package io.scopegate.file;

import io.scopegate.permission.Level;
import io.scopegate.route.Place;
import io.scopegate.route.Position;
import io.scopegate.route.Source;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads {@code places:}. Used by the wiring only. */
final class PlaceReader {
  private static final List<String> SOURCE_KEYS =
      List.of("path", "host", "query", "header", "json", "from", "is");

  private final NodeReader reader;
  private final Problems problems;

  PlaceReader(NodeReader reader) {
    this.reader = reader;
    this.problems = reader.problems();
  }

  /**
   * Returns the places of a file or group; levels that it does not mention stay as they were, and
   * one with an empty list is named no more.
   */
  Map<Level, PlaceEntry> places(Optional<YamlNode> node, Map<Level, PlaceEntry> inherited) {
    Map<Level, PlaceEntry> places = new EnumMap<>(Level.class);
    places.putAll(inherited);
    node.map(reader::fields)
        .ifPresent(
            fields -> {
              for (Level level : Level.values()) {
                fields.node(level.word()).ifPresent(value -> put(places, level, value));
              }
              fields.finish();
            });
    return places;
  }

  private void put(Map<Level, PlaceEntry> places, Level level, YamlNode value) {
    if (value instanceof YamlNode.Sequence sequence && sequence.items().isEmpty()) {
      places.remove(level);
    } else {
      places.put(level, place(level, value));
    }
  }

  private PlaceEntry place(Level level, YamlNode node) {
    List<Source> sources = new ArrayList<>();
    Place.Reach reach = level == Level.TEAM ? Place.Reach.ORGANIZATION : Place.Reach.MEMBERS;
    if (!(node instanceof YamlNode.Mapping)) {
      list(level, node, sources);
      return new PlaceEntry(sources, reach, false);
    }
    Fields fields = reader.fields(node);
    fields
        .node("sources")
        .ifPresentOrElse(
            value -> {
              if (value instanceof YamlNode.Mapping) {
                Fields single = reader.fields(value);
                source(level, single).ifPresent(sources::add);
                single.finish();
              } else {
                list(level, value, sources);
              }
            },
            () -> source(level, fields).ifPresent(sources::add));
    if (level == Level.ORGANIZATION && fields.has("reach")) {
      problems.error(fields.keyAt("reach"), "`reach` is for teams and projects");
    }
    reach =
        fields
            .oneOf(
                "reach",
                Map.of("members", Place.Reach.MEMBERS, "organization", Place.Reach.ORGANIZATION))
            .orElse(reach);
    boolean hide = fields.flag("hide").orElse(false);
    fields.finish();
    return new PlaceEntry(sources, reach, hide);
  }

  private void list(Level level, YamlNode node, List<Source> sources) {
    List<YamlNode> items = reader.list(node).orElse(List.of());
    if (node instanceof YamlNode.Sequence && items.isEmpty()) {
      problems.error(node.at(), "an empty list of sources", "leave the place out");
    }
    for (YamlNode item : items) {
      Fields fields = reader.fields(item);
      source(level, fields).ifPresent(sources::add);
      fields.finish();
    }
  }

  private Optional<Source> source(Level level, Fields fields) {
    List<String> present = SOURCE_KEYS.stream().filter(fields::has).toList();
    SOURCE_KEYS.forEach(fields::node);
    if (!fields.isReadable()) {
      return Optional.empty();
    }
    if (present.size() != 1) {
      problems.error(
          present.isEmpty() ? fields.at() : fields.keyAt(present.get(1)),
          present.isEmpty()
              ? "a source is missing: `path`, `host`, `query`, `header`, `from` or `is`"
              : "a source has one key only",
          present.isEmpty() ? "" : "write a list of sources");
      return Optional.empty();
    }
    String key = present.get(0);
    if (key.equals("json")) {
      fields.notSupportedYet(key);
      return Optional.empty();
    }
    return fields.text(key).flatMap(value -> source(level, key, value));
  }

  private Optional<Source> source(Level level, String key, YamlNode.Scalar value) {
    String text = value.text();
    Position at = value.at();
    return switch (key) {
      case "path" -> Optional.of(new Source.PathParameter(text));
      case "host" -> Optional.of(new Source.HostLabel(text));
      case "query" -> Optional.of(new Source.QueryParameter(text));
      case "header" ->
          ConditionReader.isFieldName(text, at, problems)
              ? Optional.of(new Source.HeaderField(text))
              : Optional.empty();
      case "is" ->
          Names.isId(level.word(), text, at, problems)
              ? Optional.of(new Source.Fixed(text))
              : Optional.empty();
      default -> from(level, value);
    };
  }

  private Optional<Source> from(Level level, YamlNode.Scalar value) {
    Optional<Source> source =
        reader.oneOf(
            value, Map.of("token", new Source.FromToken(), "project", new Source.FromProject()));
    if (source.isPresent() && level != Level.ORGANIZATION) {
      problems.error(
          value.at(), "`from: " + value.text() + "` names an organization, not a " + level.word());
      return Optional.empty();
    }
    return source;
  }
}
