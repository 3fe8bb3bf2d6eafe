package io.scopegate.tool;

import io.scopegate.file.OpenApiFile;
import io.scopegate.route.PathTemplate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/**
 * A first route table from an OpenAPI specification: what its security schemes, scopes and tags
 * say, and a {@code TODO} wherever it does not say enough. What is unknown is closed, not open.
 * Safe from any thread.
 */
public final class FirstTable {
  private static final Map<String, List<String>> PLACES =
      Map.of(
          "organization", List.of("organization", "organisation", "org", "tenant", "workspace"),
          "team", List.of("team"),
          "project", List.of("project"));
  private static final List<String> LEVELS = List.of("organization", "team", "project");

  private final OpenApiFile specification;
  private final String basePath;
  private final FirstCatalogue catalogue;
  private final Map<String, TreeSet<String>> places = new LinkedHashMap<>();

  private FirstTable(OpenApiFile specification, String basePath) {
    this.specification = specification;
    this.basePath = basePath;
    LEVELS.forEach(level -> places.put(level, new TreeSet<>()));
    this.catalogue = new FirstCatalogue(specification.scopes());
  }

  /**
   * Returns the text of the table.
   *
   * @param name what the table calls the specification
   * @param basePath what stands before the paths of the specification
   */
  public static String text(OpenApiFile specification, String name, String basePath) {
    return new FirstTable(specification, basePath).text(name);
  }

  private String text(String name) {
    Map<String, List<OpenApiFile.Operation>> byTag = new LinkedHashMap<>();
    for (OpenApiFile.Operation operation : specification.operations()) {
      byTag.computeIfAbsent(tag(operation), tag -> new ArrayList<>()).add(operation);
    }
    StringBuilder rows = new StringBuilder();
    byTag.forEach((tag, operations) -> rows.append(group(tag, operations)));
    return """
    # yaml-language-server: $schema=./routes.schema.json
    # A first table for %s: %d operations of %s, written by `scopegate init`.
    # Where a line says TODO the specification did not say enough; such a row is closed rather than open.
    apiVersion: scopegate/v1

    permissions:
    %s
    # TODO: who holds what. A specification knows scopes, not roles: until you say more, OWNER alone gets through.
    roles:
      organization:
        OWNER: { grants: ["*"] }
        MEMBER: { grants: [] }

    # TODO: where a request names the place it acts on.
    places:
    %s
    backend: backend   # TODO: the name of the backend in gateway.yaml

    routes:
    %s"""
            .formatted(
                FirstCatalogue.oneLine(specification.title()),
                specification.operations().size(),
                name,
                catalogue.lines(),
                placeLines(),
                rows.toString().stripTrailing())
        + "\n";
  }

  private String placeLines() {
    StringBuilder lines = new StringBuilder();
    List<String> organization = sources("organization");
    organization.add("{ from: token }");
    lines.append("  organization: [").append(String.join(", ", organization)).append("]\n");
    for (String level : LEVELS.subList(1, LEVELS.size())) {
      if (!sources(level).isEmpty()) {
        lines
            .append("  ")
            .append(level)
            .append(": [")
            .append(String.join(", ", sources(level)))
            .append("]\n");
      }
    }
    return lines.toString();
  }

  private List<String> sources(String level) {
    List<String> sources = new ArrayList<>();
    places
        .getOrDefault(level, new TreeSet<>())
        .forEach(parameter -> sources.add("{ path: " + YamlText.word(parameter) + " }"));
    return sources;
  }

  private String group(String tag, List<OpenApiFile.Operation> operations) {
    StringBuilder rows = new StringBuilder();
    operations.forEach(operation -> rows.append(row(tag, operation)));
    return "  - tags: [" + YamlText.word(tag) + "]\n    routes:\n" + rows + "\n";
  }

  private String row(String tag, OpenApiFile.Operation operation) {
    String path = OperationPath.text(basePath + operation.path());
    Optional<PathTemplate> template = OperationPath.template(path);
    String match = operation.method() + " " + path;
    if (template.isEmpty() || operation.method().equals("TRACE")) {
      return "      # TODO: the table cannot say `" + FirstCatalogue.oneLine(match) + "`\n";
    }
    FirstCatalogue.Demand demand = catalogue.demand(tag, operation);
    StringBuilder row = new StringBuilder("      - match: ").append(YamlText.word(match));
    row.append("\n        ").append(demand.line());
    if (!demand.todo().isEmpty()) {
      row.append("   # TODO: ").append(demand.todo());
    }
    if (demand.line().startsWith("require")) {
      row.append(at(template.get()));
    }
    String summary = FirstCatalogue.oneLine(operation.summary());
    if (!summary.isEmpty()) {
      row.append("\n        description: ").append(YamlText.text(summary));
    }
    return row.append('\n').toString();
  }

  /** Says at which place a requirement is held where the path names two. */
  private String at(PathTemplate template) {
    boolean team = false;
    boolean project = false;
    for (String parameter : template.parameters()) {
      String level = level(parameter);
      if (!level.isEmpty()) {
        places.getOrDefault(level, new TreeSet<>()).add(parameter);
      }
      team |= level.equals("team");
      project |= level.equals("project");
    }
    return team && project
        ? "\n        at: project   # TODO: the path names a team and a project; which one counts?"
        : "";
  }

  private static String level(String parameter) {
    String plain =
        parameter
            .toLowerCase(Locale.ROOT)
            .replaceAll("[_.-]", "")
            .replaceAll("(id|slug|name|key|idorslug)$", "");
    for (String level : LEVELS) {
      if (PLACES.getOrDefault(level, List.of()).contains(plain)) {
        return level;
      }
    }
    return "";
  }

  private static String tag(OpenApiFile.Operation operation) {
    String tag = operation.tags().isEmpty() ? "" : FirstCatalogue.oneLine(operation.tags().get(0));
    return tag.isEmpty() ? "untagged" : tag;
  }
}
