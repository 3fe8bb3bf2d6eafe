package io.scopegate.tool;

import io.scopegate.route.Route;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Compares what pages of other sites may do with two rows, origin by origin. Confined to one
 * comparison.
 */
final class PageComparison {
  private final Comparison tables;
  private final RowPair pair;

  PageComparison(Comparison tables, RowPair pair) {
    this.tables = tables;
    this.pair = pair;
  }

  /** Compares what every page may do; of rows that say nothing of pages there is nothing to say. */
  void compare() {
    Set<String> origins = new LinkedHashSet<>();
    Stream.of(pair.before(), pair.after())
        .flatMap(Optional::stream)
        .map(Route::cors)
        .flatMap(Optional::stream)
        .forEach(
            cors -> {
              origins.addAll(cors.origins());
              origins.add(PolicyDiff.EVERYTHING);
            });
    origins.forEach(this::compare);
  }

  private void compare(String origin) {
    PageRights before = PageRights.of(pair.before(), origin);
    PageRights after = PageRights.of(pair.after(), origin);
    PolicyDiff.Change change =
        new PolicyDiff.Change(
            PolicyDiff.PAGE, origin, pair.id(), before.words(after), after.words(before));
    if (after.exceeds(before)) {
      tables.tell(Direction.WIDENED, change, change.role(), false);
    }
    if (before.exceeds(after)) {
      tables.tell(Direction.NARROWED, change, change.role(), false);
    }
  }
}
