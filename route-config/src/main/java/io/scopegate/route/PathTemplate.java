package io.scopegate.route;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The path of a row: literal, mixed and parameter segments. Immutable. */
public final class PathTemplate {
  /** What a template of more segments is refused for: matching goes as deep as the deepest one. */
  static final int MAX_SEGMENTS = 256;

  private final String text;
  private final List<Segment> segments;
  private final List<Slot> slots;

  private PathTemplate(String text, List<Segment> segments, List<Slot> slots) {
    this.text = text;
    this.segments = segments;
    this.slots = slots;
  }

  /** One segment of a template. */
  sealed interface Segment {
    /** Returns how specific it is: the higher number wins. */
    int specificity();

    /** Returns the names of its parameters. */
    List<String> names();
  }

  /** A segment without a parameter, decoded; an empty last one is a trailing slash. */
  record Literal(String text) implements Segment {
    @Override
    public int specificity() {
      return Integer.MAX_VALUE;
    }

    @Override
    public List<String> names() {
      return List.of();
    }
  }

  /** A segment with literal characters and parameters. */
  record Mixed(Shape shape, List<String> names) implements Segment {
    @Override
    public int specificity() {
      return 1 + shape.literalCharacters();
    }
  }

  /** A segment that is one parameter. */
  record Parameter(String name) implements Segment {
    @Override
    public int specificity() {
      return 1;
    }

    @Override
    public List<String> names() {
      return List.of(name);
    }
  }

  /** The last segment, which takes all that is left. */
  record Rest(String name) implements Segment {
    @Override
    public int specificity() {
      return 0;
    }

    @Override
    public List<String> names() {
      return List.of(name);
    }
  }

  /**
   * Returns the template that this text states.
   *
   * @throws IllegalArgumentException with what is wrong, if it states none
   */
  public static PathTemplate parse(String text) {
    List<Segment> segments = List.copyOf(new TemplateReader(text).segments());
    return new PathTemplate(text, segments, slots(segments));
  }

  /** Returns the template made of shared values. */
  PathTemplate shared(Shared values) {
    List<Segment> same = segments.stream().map(values::one).toList();
    return new PathTemplate(text, same, values.one(slots));
  }

  /**
   * Returns a name of a parameter as it is.
   *
   * @throws IllegalArgumentException if it is no name
   */
  static String parameterName(String name) {
    boolean fits = !name.isEmpty();
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      boolean first = Ascii.isLetter(c) || c == '_';
      fits &= first || (i > 0 && (Ascii.isDigit(c) || c == '-' || c == '.'));
    }
    if (!fits) {
      throw new IllegalArgumentException(
          "`{" + name + "}` has no name of letters, digits, `_`, `-` and `.`");
    }
    return name;
  }

  /** Returns the template as the table words it. */
  public String text() {
    return text;
  }

  /** Returns the names of its parameters from left to right, repeated ones repeatedly. */
  public List<String> parameters() {
    return segments.stream().flatMap(segment -> segment.names().stream()).toList();
  }

  /**
   * Returns where the first parameter of this name takes its value from. Two templates that say the
   * same take it from the same characters of every path that both match.
   */
  public Optional<String> spot(String name) {
    return slots.stream()
        .filter(slot -> slot.name().equals(name))
        .findFirst()
        .map(slot -> slot.at() + ":" + part(slot));
  }

  private static String part(Slot slot) {
    if (slot.segment() instanceof Mixed mixed) {
      return mixed.shape() + "#" + slot.index();
    }
    return slot.segment() instanceof Rest ? "*" : "";
  }

  /**
   * Returns what every path that matches has at a spot of another template, if that is one text.
   */
  public Optional<String> literalAt(String spot) {
    int at = Integer.parseInt(spot.substring(0, spot.indexOf(':')));
    return spot.endsWith(":") && at < segments.size() && segments.get(at) instanceof Literal literal
        ? Optional.of(literal.text())
        : Optional.empty();
  }

  /** Returns its segments; a path that matches has as many, or more if the last is a rest. */
  List<Segment> segments() {
    return segments;
  }

  /** Returns how specific its segments are, from left to right. */
  int[] specificity() {
    return segments.stream().mapToInt(Segment::specificity).toArray();
  }

  /** Returns the value of the first parameter of this name in a path that matches. */
  Optional<String> value(Segments path, String name) {
    for (Slot slot : slots) {
      if (slot.name().equals(name)) {
        return Optional.of(slot.value(path));
      }
    }
    return Optional.empty();
  }

  /**
   * Where the value of a parameter is found.
   *
   * @param at the index of its segment
   * @param index which of the segment's parameters it is
   */
  private record Slot(String name, Segment segment, int at, int index) {
    String value(Segments path) {
      if (segment instanceof Mixed mixed) {
        return mixed.shape().value(path.text(), path.start(at), path.end(at), index);
      }
      return segment instanceof Rest ? path.from(at) : path.value(at);
    }
  }

  private static List<Slot> slots(List<Segment> segments) {
    List<Slot> slots = new ArrayList<>();
    for (int at = 0; at < segments.size(); at++) {
      List<String> names = segments.get(at).names();
      for (int index = 0; index < names.size(); index++) {
        slots.add(new Slot(names.get(index), segments.get(at), at, index));
      }
    }
    return List.copyOf(slots);
  }

  @Override
  public String toString() {
    return text;
  }
}
