package io.scopegate.tool;

import io.scopegate.route.Route;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a page of another site may do with a row. Immutable.
 *
 * @param credentials whether it may use the session of whoever looks at it
 * @param sends the header fields that it may send, in lower case
 * @param reads the header fields of answers that it may read, in lower case
 */
record PageRights(Say say, boolean credentials, Set<String> sends, Set<String> reads) {

  /** Who says what it may do. */
  enum Say {
    /** The gateway, and it says nothing. */
    NOBODY,
    /** The row. */
    ROW,
    /** The backend, which may say anything. */
    BACKEND
  }

  /**
   * Returns what a row lets pages of this origin do.
   *
   * @param row nothing is allowed where there is none
   * @param origin {@link PolicyDiff#EVERYTHING} for one that the row does not name
   */
  static PageRights of(Optional<Route> row, String origin) {
    if (row.isPresent() && row.get().cors().isEmpty()) {
      return new PageRights(Say.BACKEND, false, Set.of(), Set.of());
    }
    return row.flatMap(Route::cors)
        .filter(cors -> cors.everywhere() || cors.origins().contains(origin))
        .map(
            cors ->
                new PageRights(
                    Say.ROW,
                    cors.credentials(),
                    names(cors.allowedHeaders()),
                    names(cors.exposedHeaders())))
        .orElseGet(() -> new PageRights(Say.NOBODY, false, Set.of(), Set.of()));
  }

  private static Set<String> names(String list) {
    Set<String> names = new TreeSet<>();
    Arrays.stream(list.split(",", -1))
        .map(name -> name.strip().toLowerCase(Locale.ROOT))
        .filter(name -> !name.isEmpty())
        .forEach(names::add);
    return names;
  }

  /** Says whether it grants something that the other does not, or may do so. */
  boolean exceeds(PageRights other) {
    if (say != other.say || say != Say.ROW) {
      return say != other.say && say != Say.NOBODY;
    }
    return (credentials && !other.credentials)
        || !other.sends.containsAll(sends)
        || !other.reads.containsAll(reads);
  }

  /** Returns it in words, next to what it is compared to. */
  String words(PageRights other) {
    return switch (say) {
      case NOBODY -> "deny";
      case BACKEND -> "as the backend says";
      case ROW ->
          "allow"
              + (credentials && !other.credentials ? ", with credentials" : "")
              + (other.say == Say.ROW
                  ? more(", sends ", sends, other.sends) + more(", reads ", reads, other.reads)
                  : "");
    };
  }

  private static String more(String word, Set<String> names, Set<String> others) {
    Set<String> more = new TreeSet<>(names);
    more.removeAll(others);
    return more.isEmpty() ? "" : word + String.join(" ", more);
  }
}
