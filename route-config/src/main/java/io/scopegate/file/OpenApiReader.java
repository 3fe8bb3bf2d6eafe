package io.scopegate.file;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Takes the few things a route table can use out of an OpenAPI specification. What it does not know
 * is somebody else's and left alone. Used by the wiring only.
 */
final class OpenApiReader {
  private static final Set<String> METHODS =
      Set.of("get", "put", "post", "delete", "options", "head", "patch", "trace");

  private final Problems problems;

  OpenApiReader(Problems problems) {
    this.problems = problems;
  }

  OpenApiFile read(YamlNode root) {
    checkVersion(root);
    Map<String, String> scopes = new LinkedHashMap<>();
    Optional<YamlNode> schemes =
        value(root, "components").flatMap(part -> value(part, "securitySchemes"));
    for (YamlNode.Entry scheme : entries(schemes)) {
      for (YamlNode.Entry flow : entries(value(scheme.value(), "flows"))) {
        for (YamlNode.Entry scope : entries(value(flow.value(), "scopes"))) {
          scopes.putIfAbsent(scope.key(), text(Optional.of(scope.value())));
        }
      }
    }
    Optional<List<OpenApiFile.Security>> common = security(root);
    List<OpenApiFile.Operation> operations = new ArrayList<>();
    for (YamlNode.Entry path : entries(value(root, "paths"))) {
      if (path.key().startsWith("/")) {
        read(path, common, operations);
      }
    }
    if (operations.isEmpty()) {
      problems.error(root.at(), "the specification has no operations");
    }
    return new OpenApiFile(
        text(value(root, "info").flatMap(info -> value(info, "title"))),
        basePath(root),
        scopes,
        operations);
  }

  private void checkVersion(YamlNode root) {
    String version = text(value(root, "openapi"));
    if (!version.startsWith("3.")) {
      String old = text(value(root, "swagger"));
      problems.error(
          root.at(),
          "not an OpenAPI specification of version 3"
              + (old.isEmpty() ? "" : " but of version " + Wording.quoted(old)),
          old.isEmpty() ? "`openapi: 3.…` is missing" : "convert it first");
    }
  }

  private void read(
      YamlNode.Entry path,
      Optional<List<OpenApiFile.Security>> common,
      List<OpenApiFile.Operation> operations) {
    if (value(path.value(), "$ref").isPresent()) {
      // Left out, its operations would look as if they did not exist.
      problems.error(
          path.keyAt(),
          "path " + Wording.quoted(path.key()) + " is a `$ref`, and references are not followed",
          "write the path out");
    }
    for (YamlNode.Entry operation : entries(Optional.of(path.value()))) {
      if (METHODS.contains(operation.key())) {
        YamlNode content = operation.value();
        operations.add(
            new OpenApiFile.Operation(
                operation.key().toUpperCase(Locale.ROOT),
                path.key(),
                operation.keyAt(),
                text(value(content, "summary")),
                texts(value(content, "tags")),
                security(content).or(() -> common)));
      }
    }
  }

  /** Returns what {@code security} says here; absent if it is not there. */
  private Optional<List<OpenApiFile.Security>> security(YamlNode owner) {
    Optional<YamlNode> node = value(owner, "security");
    if (node.isEmpty()) {
      return Optional.empty();
    }
    if (!(node.get() instanceof YamlNode.Sequence sequence)) {
      problems.error(node.get().at(), "expected a list of security requirements");
      return Optional.empty();
    }
    List<OpenApiFile.Security> alternatives = new ArrayList<>();
    for (YamlNode item : sequence.items()) {
      if (!(item instanceof YamlNode.Mapping)) {
        problems.error(item.at(), "expected a mapping of security schemes");
      }
      Set<String> scopes = new TreeSet<>();
      List<String> schemes = new ArrayList<>();
      for (YamlNode.Entry scheme : entries(Optional.of(item))) {
        schemes.add(scheme.key());
        scopes.addAll(texts(Optional.of(scheme.value())));
      }
      alternatives.add(new OpenApiFile.Security(schemes, List.copyOf(scopes)));
    }
    return Optional.of(alternatives);
  }

  private static String basePath(YamlNode root) {
    Optional<YamlNode> servers = value(root, "servers");
    if (servers.isEmpty()
        || !(servers.get() instanceof YamlNode.Sequence sequence)
        || sequence.items().isEmpty()) {
      return "";
    }
    YamlNode server = sequence.items().get(0);
    String url = text(value(server, "url"));
    for (YamlNode.Entry variable : entries(value(server, "variables"))) {
      url = url.replace("{" + variable.key() + "}", text(value(variable.value(), "default")));
    }
    int authority = url.indexOf("://");
    int slash = url.indexOf('/', authority < 0 ? 0 : authority + 3);
    String path = slash < 0 ? "" : url.substring(slash);
    return path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
  }

  private static Optional<YamlNode> value(YamlNode node, String key) {
    return entries(Optional.of(node)).stream()
        .filter(entry -> entry.key().equals(key))
        .map(YamlNode.Entry::value)
        .findFirst();
  }

  private static List<YamlNode.Entry> entries(Optional<YamlNode> node) {
    return node.isPresent() && node.get() instanceof YamlNode.Mapping mapping
        ? mapping.entries()
        : List.of();
  }

  private static String text(Optional<YamlNode> node) {
    return node.isPresent() && node.get() instanceof YamlNode.Scalar scalar ? scalar.text() : "";
  }

  private static List<String> texts(Optional<YamlNode> node) {
    return node.isPresent() && node.get() instanceof YamlNode.Sequence sequence
        ? sequence.items().stream()
            .filter(YamlNode.Scalar.class::isInstance)
            .map(item -> ((YamlNode.Scalar) item).text())
            .toList()
        : List.of();
  }
}
