package io.scopegate.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.scopegate.policy.Policy;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Holds the keys of the schemas against those of the readers, in both directions: every word that
 * the readers' sources mention is put into every mapping of a document that has one of each kind.
 */
class SchemaKeysTest {
  /** What decides which kind of mapping it is: with one more it would be another kind. */
  private static final Set<String> DECIDING =
      Set.of("any", "all", "permission", "preset", "file", "routes", "match", "sources");

  /** A source has exactly one of these. */
  private static final Set<String> SOURCES =
      Set.of("path", "host", "query", "header", "json", "from", "is");

  private static final String ROUTES =
      """
      apiVersion: scopegate/v1
      use: [{ file: ./more.yaml, backend: core }]
      permissions: { a: A, b: { description: B } }
      implies: { b: [a] }
      emptyScopes: none
      settings: { s: { default: true } }
      roles:
        organization: { O: { grants: [a, { permission: b, when: s }], actsAs: { project: P }, onJoin: { team: T } } }
        team: { T: { actsAs: { project: P }, onJoin: { project: P } } }
        project: { P: { description: P } }
      places:
        organization: { sources: [{ path: org }, { from: token }] }
        team: { path: team }
        project: { path: project, reach: members }
      cors: { origins: [], credentials: false, allowedHeaders: [], exposedHeaders: [], maxAge: 1h }
      backend: core
      routes:
        - match: GET /{org}/{team}/{project}
          at: team
          require: { any: [a, { all: [a, { permission: b, at: organization }] }] }
          role: { organization: O }
          when: { query: { k: v } }
        - require: a
          routes: [{ match: GET /x, require: a }]
      """;

  private static final String IDENTITIES =
      """
      apiVersion: scopegate/v1
      organizations:
        acme:
          settings: { s: true }
          roles: { team: { R: { grants: [a] } } }
          members: { bob: [O] }
          teams: { t: { members: { bob: [T] } } }
          projects: { p: { members: { bob: [P] } } }
      subjects: { dave: { disabled: true } }
      tokens: [{ subject: bob, name: n, scopes: [] }]
      """;

  private static final String TESTS =
      """
      identities: { subjects: { dave: { disabled: true } } }
      tests:
        - { name: n, as: bob, token: { scopes: [], projects: [acme/api] }, request: { method: GET, path: /, headers: {} }, expect: { allow: true, missing: {} } }
      """;

  private static final FileSource FILES =
      FileSource.of(Map.of("more.yaml", "apiVersion: scopegate/v1\n"));

  private static List<Problem> routes(String text) {
    FileSource source =
        path -> path.equals("f.yaml") ? text.getBytes(StandardCharsets.UTF_8) : FILES.bytes(path);
    return PolicyReader.read("f.yaml", source, Optional.empty()).problems();
  }

  private static Policy policy() {
    return PolicyReader.read(
            "f.yaml",
            path ->
                path.equals("f.yaml") ? ROUTES.getBytes(StandardCharsets.UTF_8) : FILES.bytes(path),
            Optional.empty())
        .policy()
        .orElseThrow();
  }

  @Test
  void the_schema_of_routes_has_the_keys_of_the_reader() throws IOException {
    agree("routes", ROUTES, SchemaKeysTest::routes);
  }

  @Test
  void the_schema_of_identities_has_the_keys_of_the_reader() throws IOException {
    Policy policy = policy();
    agree(
        "identities",
        IDENTITIES,
        text ->
            IdentityFile.read("f.yaml", FileSource.of(Map.of("f.yaml", text)), policy).problems());
  }

  @Test
  void the_schema_of_tests_has_the_keys_of_the_reader() throws IOException {
    Policy policy = policy();
    agree(
        "tests",
        TESTS,
        text ->
            PolicyTestFile.read("f.yaml", FileSource.of(Map.of("f.yaml", text)), policy)
                .problems());
  }

  private static void agree(String name, String text, Function<String, List<Problem>> reader)
      throws IOException {
    assertThat(reader.apply(text)).filteredOn(Problem::isError).isEmpty();
    YamlNode root = YamlReader.read("f.yaml", text, new Problems()).orElseThrow();
    JsonNode schema = new JsonMapper().readTree(Schemas.text(name));
    IdentityHashMap<YamlNode.Mapping, Set<String>> allowed = new IdentityHashMap<>();
    collect(root, schema, schema, allowed);
    Set<String> vocabulary = vocabulary();
    List<String> differences = new ArrayList<>();
    int fixed = 0;
    for (YamlNode.Mapping mapping : Trees.mappings(root)) {
      Set<String> keys = allowed.get(mapping);
      if (keys != null) {
        fixed++;
        differences.addAll(differences(root, mapping, keys, vocabulary, reader));
      }
    }
    assertThat(differences).isEmpty();
    assertThat(fixed).isGreaterThan(3);
  }

  private static List<String> differences(
      YamlNode root,
      YamlNode.Mapping mapping,
      Set<String> allowed,
      Set<String> vocabulary,
      Function<String, List<Problem>> reader) {
    Set<String> words = new TreeSet<>(vocabulary);
    words.addAll(allowed);
    words.removeAll(DECIDING);
    Set<String> there = new TreeSet<>();
    mapping.entries().forEach(entry -> there.add(entry.key()));
    words.removeAll(there);
    if (there.stream().anyMatch(SOURCES::contains) && !there.contains("method")) {
      words.removeAll(SOURCES);
    }
    Trees.Extended extended = Trees.extended(root, mapping, words);
    Set<String> refused = new TreeSet<>();
    for (Problem problem : reader.apply(extended.text())) {
      String key = extended.keysByLine().get(problem.line());
      // The key itself is at the start of its line; what is wrong with its value stands behind it.
      if (problem.isError() && key != null && problem.column() == 1) {
        refused.add(key);
      }
    }
    List<String> differences = new ArrayList<>();
    for (String word : words) {
      if (allowed.contains(word) == refused.contains(word)) {
        differences.add(
            "`"
                + word
                + "` among "
                + there
                + (refused.contains(word) ? ": only the schema" : ": only the reader")
                + " takes it");
      }
    }
    return differences;
  }

  /** Returns every word in quotes of the readers' sources that may be a key. */
  private static Set<String> vocabulary() throws IOException {
    Set<String> words = new TreeSet<>();
    Pattern literal = Pattern.compile("\"([a-z][A-Za-z]+)\"");
    try (Stream<Path> files = Files.list(Path.of("src/main/java/io/scopegate/file"))) {
      for (Path file : files.toList()) {
        Matcher matcher = literal.matcher(Files.readString(file));
        while (matcher.find()) {
          words.add(matcher.group(1));
        }
      }
    }
    assertThat(words).contains("require", "pathParameters", "openapi");
    return words;
  }

  /**
   * Notes which keys the schema lets each mapping have; mappings with keys of any name are left
   * out.
   */
  private static void collect(
      YamlNode node,
      JsonNode schema,
      JsonNode root,
      IdentityHashMap<YamlNode.Mapping, Set<String>> allowed) {
    for (JsonNode branch : branches(node, schema, root)) {
      if (node instanceof YamlNode.Sequence sequence && branch.has("items")) {
        sequence.items().forEach(item -> collect(item, branch.get("items"), root, allowed));
      }
      if (node instanceof YamlNode.Mapping mapping
          && branch.path("type").asString("").equals("object")) {
        if (branch.has("properties")) {
          Set<String> keys = allowed.computeIfAbsent(mapping, any -> new TreeSet<>());
          keys.addAll(branch.get("properties").propertyNames());
        }
        for (YamlNode.Entry entry : mapping.entries()) {
          JsonNode below = branch.path("properties").path(entry.key());
          JsonNode value = below.isMissingNode() ? branch.path("additionalProperties") : below;
          if (value.isObject()) {
            collect(entry.value(), value, root, allowed);
          }
        }
      }
    }
  }

  /** Returns the parts of a schema that are about this node. */
  private static List<JsonNode> branches(YamlNode node, JsonNode schema, JsonNode root) {
    if (schema.has("$ref")) {
      return branches(node, root.at(schema.get("$ref").asString().substring(1)), root);
    }
    if (schema.has("if")) {
      boolean holds = hasRequired(node, schema.get("if"));
      return branches(node, schema.get(holds ? "then" : "else"), root);
    }
    if (schema.has("oneOf") && !schema.has("properties")) {
      List<JsonNode> all = new ArrayList<>();
      for (JsonNode one : schema.get("oneOf")) {
        branches(node, one, root).stream()
            .filter(each -> hasRequired(node, each))
            .forEach(all::add);
      }
      return all;
    }
    return List.of(schema);
  }

  private static boolean hasRequired(YamlNode node, JsonNode schema) {
    Set<String> keys = new TreeSet<>();
    if (node instanceof YamlNode.Mapping mapping) {
      mapping.entries().forEach(entry -> keys.add(entry.key()));
    }
    for (JsonNode required : schema.path("required")) {
      if (!keys.contains(required.asString())) {
        return false;
      }
    }
    return true;
  }
}
