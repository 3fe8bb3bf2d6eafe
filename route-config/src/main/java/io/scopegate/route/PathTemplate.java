package io.scopegate.route;

import java.util.List;
import java.util.Optional;

/** The path of a row: literal, mixed and parameter segments. Immutable. */
public final class PathTemplate {
  /** What a template of more segments is refused for: matching goes as deep as the deepest one. */
  static final int MAX_SEGMENTS = 256;

  private final String text;
  private final List<Segment> segments;

  private PathTemplate(String text, List<Segment> segments) {
    this.text = text;
    this.segments = List.copyOf(segments);
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
    return new PathTemplate(text, new TemplateReader(text).segments());
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
    for (int i = 0; i < segments.size(); i++) {
      Segment segment = segments.get(i);
      int index = segment.names().indexOf(name);
      if (index >= 0) {
        return Optional.of(
            segment instanceof Mixed mixed
                ? mixed.shape().value(path.text(), path.start(i), path.end(i), index)
                : segment instanceof Rest ? path.from(i) : path.value(i));
      }
    }
    return Optional.empty();
  }

  @Override
  public String toString() {
    return text;
  }
}
