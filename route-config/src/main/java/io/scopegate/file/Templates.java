package io.scopegate.file;

import io.scopegate.route.PathTemplate;
import io.scopegate.route.Position;
import io.scopegate.route.Route;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads the value of {@code match:}. Safe from any thread. */
final class Templates {
  private static final Set<String> USUAL =
      Set.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", Route.ANY);
  private static final Set<String> NEVER = Set.of("CONNECT", "TRACE");

  /** Methods that are registered, so that being near a usual one is no slip. */
  private static final Set<String> REGISTERED =
      Set.of(
          "ACL",
          "BIND",
          "CHECKIN",
          "CHECKOUT",
          "COPY",
          "LABEL",
          "LINK",
          "LOCK",
          "MERGE",
          "MKCOL",
          "MOVE",
          "PRI",
          "PROPFIND",
          "PROPPATCH",
          "PURGE",
          "QUERY",
          "REBIND",
          "REPORT",
          "SEARCH",
          "UNBIND",
          "UNLINK",
          "UNLOCK",
          "UPDATE");

  private Templates() {}

  /** Returns the methods in the order of the file; none if one of them was refused. */
  static List<String> methods(String words, Position at, Problems problems) {
    List<String> methods = new ArrayList<>();
    boolean fine = true;
    for (String word : words.split(",", -1)) {
      if (!isMethod(word, at, problems)) {
        fine = false;
      } else if (methods.contains(word)) {
        problems.error(at, "method " + Wording.quoted(word) + " is named twice");
        fine = false;
      } else {
        methods.add(word);
      }
    }
    if (methods.size() > 1 && methods.contains(Route.ANY)) {
      problems.error(at, "`ANY` cannot stand among other methods", "give them a row of their own");
      fine = false;
    }
    return fine ? methods : List.of();
  }

  private static boolean isMethod(String word, Position at, Problems problems) {
    if (NEVER.contains(word)) {
      problems.error(at, "method " + Wording.quoted(word) + " cannot pass the gateway");
      return false;
    }
    boolean spelt = word.matches("[A-Z]([A-Z0-9-]*[A-Z0-9])?");
    Optional<String> meant = USUAL.contains(word) ? Optional.empty() : Nearest.to(word, USUAL);
    // A method outside the usual ones is fine, but not one that is a slip of the pen.
    if (!spelt || (meant.isPresent() && !REGISTERED.contains(word))) {
      problems.unknown(at, "method", word, USUAL);
      return false;
    }
    return true;
  }

  /** Returns the template, or nothing and what is wrong with it. */
  static Optional<PathTemplate> template(String text, Position at, Problems problems) {
    try {
      return Optional.of(PathTemplate.parse(text));
    } catch (IllegalArgumentException wrong) {
      problems.error(at, String.valueOf(wrong.getMessage()));
      return Optional.empty();
    }
  }
}
