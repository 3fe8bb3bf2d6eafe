package io.scopegate.file;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A permission table that somebody else published, and which of its rows a request meets, found by
 * looking at every row of the host and length. Immutable.
 */
record PublicTable(List<Row> rows, Map<String, List<Row>> alike) {

  /**
   * One row.
   *
   * @param host empty for any
   * @param segments of the path; a parameter stands alone or before a verb, as in {@code {id}:stop}
   * @param anyOf the sets of which any one will do; empty if any valid credential does, or
   *     everybody
   */
  record Row(
      String id,
      String method,
      String host,
      List<String> segments,
      List<Set<String>> anyOf,
      boolean isPublic) {

    String match() {
      return method + " /" + String.join("/", segments);
    }

    /**
     * Returns a word that sorts as the row is specific, nothing if the request does not meet it.
     */
    Optional<String> rank(String asked, List<String> path) {
      boolean head = method.equals("GET") && asked.equals("HEAD");
      if ((!head && !method.equals(asked)) || path.size() != segments.size()) {
        return Optional.empty();
      }
      StringBuilder rank = new StringBuilder();
      for (int i = 0; i < segments.size(); i++) {
        String segment = segments.get(i);
        String verb = segment.substring(segment.indexOf('}') + 1);
        if (!segment.startsWith("{")) {
          if (!segment.equals(path.get(i))) {
            return Optional.empty();
          }
          rank.append('~');
        } else if (path.get(i).length() > verb.length() && path.get(i).endsWith(verb)) {
          rank.append((char) (' ' + verb.length()));
        } else {
          return Optional.empty();
        }
      }
      return Optional.of(rank.append(head ? 0 : 1).toString());
    }
  }

  static PublicTable of(List<Row> rows) {
    Map<String, List<Row>> alike = new HashMap<>();
    for (Row row : rows) {
      alike.computeIfAbsent(key(row.host(), row.segments()), key -> new ArrayList<>()).add(row);
    }
    return new PublicTable(List.copyOf(rows), alike);
  }

  private static String key(String host, List<String> path) {
    return host + " " + path.size();
  }

  /** Returns the rows of the same host and as many segments, the row itself among them. */
  List<Row> alike(Row row) {
    return alike.getOrDefault(key(row.host(), row.segments()), List.of());
  }

  /** Reads tables of one row a line. */
  static PublicTable read(List<Path> files) {
    JsonMapper mapper = JsonMapper.shared();
    List<Row> rows = new ArrayList<>();
    try {
      for (Path file : files) {
        for (String line : Files.readAllLines(file)) {
          rows.add(row("r" + rows.size(), mapper.readTree(line)));
        }
      }
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
    return of(rows);
  }

  private static Row row(String id, JsonNode json) {
    List<Set<String>> anyOf = new ArrayList<>();
    for (JsonNode all : json.get("any_of_all_of")) {
      Set<String> names = new TreeSet<>();
      all.forEach(name -> names.add(name.asString().replace(' ', '_')));
      anyOf.add(names);
    }
    boolean isPublic = json.path("public").asBoolean(false);
    if (anyOf.isEmpty() && !isPublic && !json.path("any_authenticated").asBoolean(false)) {
      throw new IllegalArgumentException("a row that nobody may use: " + json);
    }
    return new Row(
        id,
        json.get("method").asString(),
        json.path("host").asString(""),
        List.of(json.get("path").asString().substring(1).split("/", -1)),
        anyOf,
        isPublic);
  }

  /** Returns the most specific row that a request meets. */
  Optional<Row> find(String method, String host, List<String> path) {
    for (String where : List.of(host, "")) {
      Optional<Row> best =
          alike.getOrDefault(key(where, path), List.of()).stream()
              .filter(row -> row.rank(method, path).isPresent())
              .max(Comparator.comparing(row -> row.rank(method, path).orElseThrow()));
      if (best.isPresent()) {
        return best;
      }
    }
    return Optional.empty();
  }

  /** Returns the table as a file. */
  String yaml() {
    Set<String> permissions = new TreeSet<>();
    rows.forEach(row -> row.anyOf().forEach(permissions::addAll));
    StringBuilder yaml = new StringBuilder("apiVersion: scopegate/v1\npermissions:\n");
    permissions.forEach(name -> yaml.append("  \"").append(name).append("\": of a public table\n"));
    yaml.append("roles: { organization: { OWNER: { grants: [\"*\"] } } }\n")
        .append("places: { organization: [{ from: token }] }\nbackend: core\nroutes:\n");
    for (Row row : rows) {
      yaml.append("  - { id: ").append(row.id()).append(", match: \"").append(row.match());
      yaml.append(row.host().isEmpty() ? "\"" : "\", host: \"" + row.host() + "\"");
      yaml.append(row.anyOf().isEmpty() ? ", access: " : ", require: ");
      yaml.append(row.anyOf().isEmpty() ? access(row) : requirement(row)).append(" }\n");
    }
    return yaml.toString();
  }

  private static String access(Row row) {
    return row.isPublic() ? "public" : "authenticated";
  }

  private static String requirement(Row row) {
    List<String> sets =
        row.anyOf().stream()
            .map(all -> "{ all: [\"" + String.join("\", \"", all) + "\"] }")
            .toList();
    return "{ any: [" + String.join(", ", sets) + "] }";
  }
}
