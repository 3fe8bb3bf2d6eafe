package io.scopegate.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.scopegate.route.Condition.Present;
import io.scopegate.route.Condition.Query;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;

class RouteTablePropertyTest {
  private static final List<String> SEGMENTS =
      List.of(
          "a",
          "b",
          "vb",
          "x:a",
          "{x}",
          "{x}",
          "{x}",
          "v{x}",
          "{x}b",
          "{x}:{y}",
          "{x}:a",
          "a{x}b",
          "v{x}:{y}",
          "{x}b{y}");

  /** Few enough that rows of the same rank meet at the same request. */
  private static final List<String> NARROW = List.of("b", "{x}", "v{x}", "v{x}", "{x}b", "{x}b");

  private static final List<String> NARROW_VALUES = List.of("b", "vb", "vb", "v1b", "q");
  private static final List<String> VALUES =
      List.of("a", "b", "ab", "vb", "v1", "x:a", "x:y", "a1b", "v1:b", "x:a:a", "q", "1b2", "vbb");
  private static final List<String> ROW_METHODS =
      List.of("GET", "GET", "HEAD", "POST", "ANY", "GET,POST", "OPTIONS");
  private static final List<String> METHODS = List.of("GET", "GET", "HEAD", "POST", "OPTIONS");
  private static final List<String> ROW_HOSTS = List.of("", "", "", "api.t", "{o}.t", "{p}.t");
  private static final List<String> HOSTS = List.of("gw.test", "api.t", "acme.t");

  @Property(tries = 1_000)
  void the_trie_finds_what_looking_at_every_row_finds(
      @ForAll @LongRange(min = 0, max = Long.MAX_VALUE) long seed) {
    Random random = new Random(seed);
    boolean narrow = random.nextBoolean();
    List<Route> rows = rows(random, narrow ? NARROW : SEGMENTS);
    RouteTable table = Rows.table(rows);
    List<Route> shuffled = new ArrayList<>(rows);
    Collections.shuffle(shuffled, random);
    RouteTable other = Rows.table(shuffled);
    RouteOracle oracle = new RouteOracle(rows);
    for (int i = 0; i < 40; i++) {
      String method = pick(METHODS, random);
      String host = pick(HOSTS, random);
      String path = path(random, narrow ? NARROW_VALUES : VALUES);
      RequestLine line = Rows.line(method + " " + path, host);
      List<String> expected = ids(oracle.match(method, host, path));
      assertThat(ids(met(table, line))).as("%s among %s", path, ids(rows)).isEqualTo(expected);
      assertThat(ids(met(other, line))).containsExactlyInAnyOrderElementsOf(expected);
    }
  }

  private static List<Route> met(RouteTable table, RequestLine line) {
    return table.match(line).map(RouteMatch::rows).orElse(List.of());
  }

  private static List<String> ids(List<Route> rows) {
    return rows.stream().map(Route::id).toList();
  }

  /** Returns rows of which those that clash with an earlier one were taken out. */
  private static List<Route> rows(Random random, List<String> segments) {
    List<Route> rows = new ArrayList<>();
    int size = 1 + random.nextInt(25);
    for (int i = 0; i < size; i++) {
      String template = template(random, segments);
      String host = pick(ROW_HOSTS, random);
      Rows.Row row = Rows.row(pick(ROW_METHODS, random) + " " + template);
      row = row.id(i + " " + row.route().id() + " " + host);
      row = host.isEmpty() ? row : row.host(host);
      rows.add((random.nextInt(4) == 0 ? row.when(new Query("q", new Present())) : row).route());
    }
    Set<Route> clashing =
        RouteTable.build(rows).clashes().stream()
            .map(RouteTable.Pair::second)
            .collect(
                Collectors.toCollection(() -> Collections.newSetFromMap(new IdentityHashMap<>())));
    rows.removeAll(clashing);
    return rows;
  }

  private static String template(Random random, List<String> segments) {
    StringBuilder template = new StringBuilder();
    for (int depth = random.nextInt(4); depth > 0; depth--) {
      template.append('/').append(pick(segments, random));
    }
    return switch (random.nextInt(template.isEmpty() ? 2 : 6)) {
      case 0 -> template + "/";
      case 1 -> template + "/{rest*}";
      default -> template.toString();
    };
  }

  private static String path(Random random, List<String> values) {
    StringBuilder path = new StringBuilder();
    for (int depth = random.nextInt(5); depth > 0; depth--) {
      path.append('/').append(pick(values, random));
    }
    return path.isEmpty() || random.nextInt(4) == 0 ? path + "/" : path.toString();
  }

  private static <T> T pick(List<T> list, Random random) {
    return list.get(random.nextInt(list.size()));
  }
}
