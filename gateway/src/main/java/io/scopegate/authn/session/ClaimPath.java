package io.scopegate.authn.session;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where a claim is: its name, or a JSON Pointer (RFC 6901) to one inside another. Immutable.
 *
 * @param names from the outermost
 */
public record ClaimPath(List<String> names) {
  /** Copies what it is given. */
  public ClaimPath {
    names = List.copyOf(names);
  }

  /** Reads a text: with a {@code /} at its beginning it is a pointer, else a name. */
  public static ClaimPath parse(String text) {
    if (!text.startsWith("/")) {
      return new ClaimPath(List.of(text));
    }
    List<String> names = new ArrayList<>();
    for (String name : text.substring(1).split("/", -1)) {
      names.add(name.replace("~1", "/").replace("~0", "~"));
    }
    return new ClaimPath(names);
  }

  /** Returns what is there, or null. */
  @Nullable Object in(Map<String, Object> claims) {
    Object value = claims;
    for (String name : names) {
      value = value instanceof Map<?, ?> members ? members.get(name) : null;
    }
    return value;
  }
}
