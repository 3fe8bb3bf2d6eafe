package io.scopegate.file;

import io.scopegate.route.Position;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Puts the rows of a file after those of the files that it uses. Used by the wiring only. */
final class Overrides {
  private final Problems problems;

  Overrides(Problems problems) {
    this.problems = problems;
  }

  /** Returns all rows, used files first, without those that are replaced. */
  List<RowEntry> rows(UsedFiles.Tree tree) {
    List<RowEntry> used = new ArrayList<>();
    tree.used().forEach(child -> used.addAll(rows(child)));
    Map<RowEntry.Shape, RowEntry> byShape = new HashMap<>();
    used.forEach(row -> byShape.putIfAbsent(row.head().shape(), row));
    Set<RowEntry.Shape> replaced = new HashSet<>();
    for (RowEntry row : tree.file().rows()) {
      RowEntry repeated = byShape.get(row.head().shape());
      Optional<Position> overrides = row.label().overrides();
      if (repeated != null) {
        replaced.add(row.head().shape());
        if (overrides.isEmpty() && !row.broken()) {
          problems.error(
              row.match().at(),
              "row "
                  + Wording.quoted(row.match().text())
                  + " repeats the one at "
                  + repeated.match().at(),
              "say `override: true` to replace it");
        }
      } else if (overrides.isPresent() && row.head().path().isPresent()) {
        problems.error(overrides.get(), "`override: true`, and no used file has this row");
      }
    }
    List<RowEntry> rows = new ArrayList<>();
    used.stream().filter(row -> !replaced.contains(row.head().shape())).forEach(rows::add);
    rows.addAll(tree.file().rows());
    return rows;
  }
}
