package io.scopegate.file;

import io.scopegate.route.PathTemplate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Gives every row its id. Safe from any thread. */
final class RowIds {
  private RowIds() {}

  /** Returns the ids of these rows in their order. */
  static List<String> of(List<RowEntry> rows, Problems problems) {
    Map<String, Word> explicit = explicit(rows, problems);
    Map<String, Integer> count = new HashMap<>();
    Set<String> generated = new HashSet<>();
    List<String> ids = new ArrayList<>();
    for (RowEntry row : rows) {
      Optional<Word> id = row.label().id();
      if (id.isPresent()) {
        ids.add(id.get().name());
        continue;
      }
      String plain = plain(row);
      int number = count.merge(plain, 1, Integer::sum);
      String numbered = number == 1 ? plain : plain + "#" + number;
      generated.add(numbered);
      ids.add(numbered);
    }
    explicit.forEach(
        (name, word) -> {
          if (generated.contains(name)) {
            problems.error(
                word.at(),
                "id " + Wording.quoted(word.text()) + " is what another row is called by default");
          }
        });
    return ids;
  }

  private static Map<String, Word> explicit(List<RowEntry> rows, Problems problems) {
    Map<String, Word> explicit = new HashMap<>();
    for (RowEntry row : rows) {
      row.label()
          .id()
          .ifPresent(
              id -> {
                Word earlier = explicit.putIfAbsent(id.name(), id);
                if (earlier != null) {
                  problems.error(
                      id.at(),
                      "id "
                          + Wording.quoted(id.text())
                          + " is the one at "
                          + earlier.at()
                          + " already");
                }
              });
    }
    return explicit;
  }

  private static String plain(RowEntry row) {
    return String.join(",", row.head().methods())
        + " "
        + row.head().host().map(Inclusion.HostWord::text).orElse("")
        + row.head().path().map(PathTemplate::text).orElse("");
  }
}
