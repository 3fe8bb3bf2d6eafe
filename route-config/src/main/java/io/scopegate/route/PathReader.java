package io.scopegate.route;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the path of one target in origin form: one pass finds the segments and their hashes; only
 * paths with an escape or a {@code ;} are looked at again.
 */
final class PathReader {
  static final String EMPTY_SEGMENT = "the path holds an empty segment";
  static final String DOT_SEGMENT = "the path holds a dot segment";
  static final String BAD_ESCAPE = "the target holds a percent sign without two hex digits";

  private final String target;
  private final @Nullable String refusal;
  private int end;

  /** Two for each segment, as {@link Segments} has them, and one more. */
  private int[] marks = new int[11];

  private int count;
  private boolean encodedSlash;
  private boolean pathParameters;
  private Segments whole;
  private Segments bare;

  /** Reads the path of a target that begins with a slash. */
  PathReader(String target) {
    this.target = target;
    this.end = target.length();
    this.whole = new Segments(target, marks, 0);
    this.bare = whole;
    this.refusal = read();
  }

  /** Returns why it has no reading, or null if it has one. */
  @Nullable String refusal() {
    return refusal;
  }

  /** Returns the index of the question mark, or the length of the target if it has none. */
  int end() {
    return end;
  }

  boolean hasEncodedSlash() {
    return encodedSlash;
  }

  boolean hasPathParameters() {
    return pathParameters;
  }

  /** Returns the segments, each with its path parameters. */
  Segments whole() {
    return whole;
  }

  /** Returns the segments without path parameters. */
  Segments bare() {
    return bare;
  }

  private @Nullable String read() {
    boolean escaped = false;
    int hash = 0;
    int from = 1;
    int at = 1;
    for (; at < end; at++) {
      char c = target.charAt(at);
      TargetCharacter kind = TargetCharacter.of(c);
      if (kind == TargetCharacter.PLAIN) {
        hash = 31 * hash + c;
        continue;
      }
      switch (kind) {
        case SLASH -> {
          if (from == at) {
            return EMPTY_SEGMENT;
          }
          add(from, hash);
          from = at + 1;
          hash = 0;
        }
        case QUESTION_MARK -> end = at;
        case PERCENT -> {
          if (!Escapes.standsAt(target, at)) {
            return BAD_ESCAPE;
          }
          escaped = true;
        }
        case SEMICOLON -> pathParameters = true;
        default -> {
          return kind.refusalInPath();
        }
      }
    }
    add(from, hash);
    marks[2 * count] = end + 1;
    whole = new Segments(target, marks, count);
    bare = whole;
    return escaped || pathParameters ? readAgain() : dotSegment();
  }

  private void add(int from, int hash) {
    if (2 * count + 1 == marks.length) {
      marks = Arrays.copyOf(marks, 4 * count + 1);
    }
    marks[2 * count] = from;
    marks[2 * count + 1] = hash;
    count++;
  }

  private @Nullable String dotSegment() {
    for (int i = 0; i < count; i++) {
      if (isDots(target, whole.start(i), whole.end(i))) {
        return DOT_SEGMENT;
      }
    }
    return null;
  }

  /** Says whether this part of a text is one dot or two. */
  static boolean isDots(String text, int from, int to) {
    int length = to - from;
    return (length == 1 || length == 2) && text.charAt(from) == '.' && text.charAt(to - 1) == '.';
  }

  /** Decodes each segment and looks at what came out. */
  private @Nullable String readAgain() {
    List<String> decoded = new ArrayList<>(count);
    List<String> cut = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      String segment = Escapes.decoded(target, whole.start(i), whole.end(i), false);
      if (segment == null) {
        return "the path holds an escape that is no UTF-8";
      }
      String found = segment.isEmpty() ? null : refusalOf(segment);
      if (found != null) {
        return found;
      }
      decoded.add(segment);
      int semicolon = segment.indexOf(';');
      cut.add(semicolon < 0 ? segment : segment.substring(0, semicolon));
    }
    whole = Segments.of(decoded);
    bare = pathParameters ? Segments.of(cut) : whole;
    return null;
  }

  private @Nullable String refusalOf(String segment) {
    String refused = refusedCharacter(segment);
    if (refused != null) {
      return refused;
    }
    int from = 0;
    for (int at = 0; at <= segment.length(); at++) {
      if (at == segment.length() || isSlash(segment.charAt(at))) {
        // Each piece must stand for itself, whether or not the backend takes the slash for one.
        int semicolon = segment.indexOf(';', from);
        int to = semicolon < 0 ? at : Math.min(at, semicolon);
        if (from == to) {
          return EMPTY_SEGMENT;
        }
        if (isDots(segment, from, to)) {
          return DOT_SEGMENT;
        }
        from = at + 1;
      }
    }
    return null;
  }

  private @Nullable String refusedCharacter(String segment) {
    boolean parameters = false;
    for (int at = 0; at < segment.length(); at++) {
      char c = segment.charAt(at);
      if (c == '%' && Escapes.standsAt(segment, at)) {
        return "the path is percent-encoded twice";
      }
      if (c == 0) {
        return "the path holds an encoded NUL";
      }
      if (Character.isISOControl(c)) {
        return "the path holds an encoded control character";
      }
      // An encoded semicolon too: some servers decode before they cut the parameters off.
      parameters |= c == ';';
      if (isSlash(c)) {
        encodedSlash = true;
        if (parameters) {
          return "the path holds an encoded slash after a `;`";
        }
      }
    }
    pathParameters |= parameters;
    return null;
  }

  private static boolean isSlash(char c) {
    return c == '/' || c == '\\';
  }
}
