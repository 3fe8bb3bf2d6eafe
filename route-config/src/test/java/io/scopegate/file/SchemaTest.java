package io.scopegate.file;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Holds the JSON Schemas against every example in the repository. */
class SchemaTest {
  private static final Path ROOT = Path.of("..");
  private static final String HEADER = "# yaml-language-server: $schema=";

  /** Every file that one of the schemas is for, with the name of the schema. */
  record Example(String schema, Path file) {}

  static List<Example> examples() throws IOException {
    List<Example> examples = new ArrayList<>();
    for (String folder :
        List.of("route-config/src", "route-config/examples", "gateway/src", "gateway/examples")) {
      Path path = ROOT.resolve(folder);
      if (Files.exists(path)) {
        try (Stream<Path> files = Files.walk(path)) {
          files
              .filter(file -> file.toString().endsWith(".yaml"))
              .filter(file -> !file.getFileName().toString().startsWith("broken"))
              .sorted()
              .forEach(
                  file -> schema(file).ifPresent(name -> examples.add(new Example(name, file))));
        }
      }
    }
    return examples;
  }

  private static Optional<String> schema(Path file) {
    String name = file.getFileName().toString();
    if (name.endsWith(".test.yaml")) {
      return Optional.of("tests");
    }
    if (name.equals("identities.yaml") || name.equals("gateway.yaml")) {
      return Optional.of(name.substring(0, name.indexOf('.')));
    }
    boolean table = name.equals("routes.yaml") || folder(file).endsWith("presets");
    return table ? Optional.of("routes") : Optional.empty();
  }

  private static String folder(Path file) {
    return String.valueOf(file.getParent());
  }

  private static List<String> errors(String schema, String yaml) {
    String json = Trees.json(YamlReader.read("example", yaml, new Problems()).orElseThrow());
    return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
        .getSchema(Schemas.text(schema), InputFormat.JSON)
        .validate(json, InputFormat.JSON)
        .stream()
        .map(Error::toString)
        .toList();
  }

  @ParameterizedTest
  @MethodSource("examples")
  void every_example_keeps_to_its_schema(Example example) throws IOException {
    assertThat(errors(example.schema(), Files.readString(example.file()))).isEmpty();
  }

  @Test
  void there_are_examples_of_every_kind() throws IOException {
    assertThat(examples().stream().map(Example::schema)).contains("routes", "identities", "tests");
    assertThat(examples()).hasSizeGreaterThan(6);
  }

  @Test
  void presets_and_examples_name_the_schema_that_editors_use() throws IOException {
    for (Example example : examples()) {
      String folder = folder(example.file());
      if (folder.endsWith("presets") || folder.contains("examples")) {
        String first = Files.readAllLines(example.file()).get(0);
        assertThat(first).as(example.toString()).startsWith(HEADER);
        Path schema = example.file().resolveSibling(first.substring(HEADER.length()));
        assertThat(schema).as(example.toString()).exists();
        assertThat(schema.getFileName()).hasToString(example.schema() + ".schema.json");
      }
    }
  }

  @Test
  void a_schema_refuses_what_the_reader_refuses() {
    assertThat(errors("routes", "apiVersion: scopegate/v1\nroute: []\n")).isNotEmpty();
    assertThat(errors("routes", "routes: []\n")).isNotEmpty();
    assertThat(
            errors(
                "routes",
                "apiVersion: scopegate/v1\nroutes: [{ match: GET /, access: public, require: a }]\n"))
        .isNotEmpty();
    assertThat(
            errors("routes", "apiVersion: scopegate/v1\nroutes: [{ match: GET /, require: [] }]\n"))
        .isNotEmpty();
    assertThat(
            errors("identities", "apiVersion: scopegate/v1\ntokens: [{ subject: a, name: b }]\n"))
        .isNotEmpty();
    assertThat(errors("tests", "tests: [{ name: a, as: b, request: GET, expect: allow }]\n"))
        .isNotEmpty();
  }
}
