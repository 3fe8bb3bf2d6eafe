package io.scopegate.route;

import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Matches by looking at every row: slow, and simple enough to be seen to be right. */
final class RouteOracle {
  private static final Pattern PARAMETER = Pattern.compile("\\{[^}]*}");
  private final List<Route> rows;

  RouteOracle(List<Route> rows) {
    this.rows = rows;
  }

  /** Returns the most specific rows, those with a condition first. */
  List<Route> match(String method, String host, String path) {
    List<Route> matching =
        rows.stream()
            .filter(row -> methodRank(row, method) > 0 && hostRank(row, host) > 0)
            .filter(row -> regex(row.path().text()).matcher(path).matches())
            .filter(row -> separatorsOccurOnce(row.path().text(), path))
            .toList();
    Comparator<Route> specific =
        Comparator.<Route>comparingInt(row -> hostRank(row, host))
            .thenComparing(row -> vector(row.path().text()))
            .thenComparingInt(row -> methodRank(row, method));
    return matching.stream()
        .filter(row -> matching.stream().noneMatch(other -> specific.compare(other, row) > 0))
        .sorted(Comparator.comparing(row -> row.when().isEmpty()))
        .toList();
  }

  private static int methodRank(Route row, String method) {
    boolean any = row.methods().contains("ANY") && !method.equals("OPTIONS");
    boolean get = row.methods().contains("GET") && method.equals("HEAD");
    return row.methods().contains(method) ? 3 : get ? 2 : any ? 1 : 0;
  }

  private static int hostRank(Route row, String host) {
    return row.host()
        .map(pattern -> pattern.match(host).isEmpty() ? 0 : pattern.label().isEmpty() ? 3 : 2)
        .orElse(1);
  }

  private static Pattern regex(String template) {
    String regex = template.replace(".", "\\.").replaceAll("\\{\\w+\\*}", "[^/]+(/[^/]+)*/?");
    return Pattern.compile(PARAMETER.matcher(regex).replaceAll("[^/]+"));
  }

  private static boolean separatorsOccurOnce(String template, String path) {
    String[] values = path.split("/", -1);
    String[] segments = template.split("/", -1);
    for (int i = 0; i < segments.length; i++) {
      String[] literals = PARAMETER.split(segments[i], -1);
      for (int j = 1; j < literals.length; j++) {
        String rest = values[i].substring(literals[0].length());
        if (rest.indexOf(literals[j]) != rest.lastIndexOf(literals[j]) && !literals[j].isEmpty()) {
          return false;
        }
      }
    }
    return true;
  }

  /** Returns a word that sorts as specificity does. */
  private static String vector(String template) {
    StringBuilder vector = new StringBuilder();
    Stream.of(template.split("/", -1))
        .mapToInt(
            segment ->
                segment.indexOf('{') < 0
                    ? 99
                    : segment.endsWith("*}")
                        ? 0
                        : 1 + PARAMETER.matcher(segment).replaceAll("").length())
        .forEach(rank -> vector.append((char) rank));
    return vector.toString();
  }
}
