package io.scopegate.route;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Example paths for some templates: for every set of them that one path can match together, at
 * least one that does. Only where three or more mixed segments overlap may a set be left out. Used
 * by the wiring only.
 */
public final class PathSamples {
  private static final List<String> FILLINGS = List.of("v", "0", "~", "W9");

  private final Set<String> paths = new LinkedHashSet<>();

  /** What was tried already: the same templates at the same segments go on in the same way. */
  private final Set<List<Spot>> seen = new HashSet<>();

  private PathSamples() {}

  /** A template up to one of its segments; in the rest of one it stays where it is. */
  private record Spot(PathTemplate template, int index, boolean inRest) {
    boolean isAtEnd() {
      return inRest || index == template.segments().size();
    }

    PathTemplate.Segment segment() {
      return template.segments().get(index);
    }

    Spot next() {
      return segment() instanceof PathTemplate.Rest
          ? new Spot(template, index, true)
          : new Spot(template, index + 1, false);
    }

    boolean takes(String value) {
      if (!inRest && isAtEnd()) {
        return false;
      }
      PathTemplate.Segment segment = segment();
      if (segment instanceof PathTemplate.Literal literal) {
        return literal.text().equals(value);
      }
      if (segment instanceof PathTemplate.Mixed mixed) {
        return mixed.shape().matches(value, 0, value.length());
      }
      // A trailing slash after a rest is part of it; no parameter is empty.
      return !value.isEmpty() || inRest;
    }
  }

  /** Returns the paths, encoded. */
  public static List<String> of(Collection<PathTemplate> templates) {
    PathSamples samples = new PathSamples();
    Set<String> texts = new HashSet<>();
    List<Spot> all = new ArrayList<>();
    for (PathTemplate template : templates) {
      if (texts.add(template.text())) {
        all.add(new Spot(template, 0, false));
      }
    }
    samples.walk(all, "");
    return List.copyOf(samples.paths);
  }

  private void walk(List<Spot> alive, String path) {
    if (alive.stream().anyMatch(Spot::isAtEnd)) {
      paths.add(path);
    }
    // Where only rests are left, a longer path tells nothing more.
    if (alive.stream().allMatch(Spot::inRest) || !seen.add(alive)) {
      return;
    }
    for (String value : values(alive)) {
      List<Spot> next = alive.stream().filter(spot -> spot.takes(value)).map(Spot::next).toList();
      if (!next.isEmpty()) {
        walk(next, path + "/" + encoded(value));
      }
    }
  }

  /** Returns values of the next segment that tell the templates apart. */
  private static Set<String> values(List<Spot> alive) {
    Set<String> values = new LinkedHashSet<>();
    List<Shape> shapes = new ArrayList<>();
    for (Spot spot : alive) {
      if (spot.inRest() || spot.isAtEnd()) {
        continue;
      }
      if (spot.segment() instanceof PathTemplate.Literal literal) {
        values.add(literal.text());
      } else if (spot.segment() instanceof PathTemplate.Mixed mixed) {
        shapes.add(mixed.shape());
      }
    }
    for (Shape shape : shapes) {
      shapes.forEach(other -> addMeeting(shape, other, values));
    }
    values.add(fresh(values, shapes));
    return values;
  }

  /** Adds a value that both shapes match, if one is found. */
  private static void addMeeting(Shape one, Shape other, Set<String> values) {
    for (String filling : FILLINGS) {
      String begin = longer(one.prefix(), other.prefix());
      String end = longer(one.suffix(), other.suffix());
      for (String value : List.of(filled(one, filling), begin + filling + end)) {
        if (one.matches(value, 0, value.length()) && other.matches(value, 0, value.length())) {
          values.add(value);
          return;
        }
      }
    }
  }

  private static String longer(String one, String other) {
    return one.length() < other.length() ? other : one;
  }

  private static String filled(Shape shape, String filling) {
    StringBuilder value = new StringBuilder(shape.prefix());
    for (int i = 0; i < shape.parameters(); i++) {
      value.append(filling);
      if (i < shape.separators().size()) {
        value.append(shape.separators().get(i));
      }
    }
    return value.toString();
  }

  /** Returns a value that is none of these and matches none of the shapes. */
  private static String fresh(Set<String> taken, List<Shape> shapes) {
    for (int i = 0; ; i++) {
      String value = (char) ('a' + (21 + i) % 26) + (i == 0 ? "" : String.valueOf(i));
      boolean fits =
          !taken.contains(value)
              && shapes.stream().noneMatch(shape -> shape.matches(value, 0, value.length()));
      // Shapes that between them take everything leave no fresh value.
      if (fits || i > 1000) {
        return value;
      }
    }
  }

  private static String encoded(String segment) {
    StringBuilder text = new StringBuilder();
    for (byte octet : segment.getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (octet & 0xFF);
      boolean plain = Ascii.isLetter(c) || Ascii.isDigit(c) || "-._~!$&'()*+,=:@".indexOf(c) >= 0;
      text.append(plain ? String.valueOf(c) : String.format("%%%02X", (int) c));
    }
    return text.toString();
  }
}
