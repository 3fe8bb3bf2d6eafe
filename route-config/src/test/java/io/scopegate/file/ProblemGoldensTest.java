package io.scopegate.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Runs the one-file goldens: the input (several files, each after a line {@code ### path}), a line
 * of dashes, and the expected problems.
 */
class ProblemGoldensTest {

  private record Golden(Map<String, String> files, List<String> problems) {}

  static Stream<String> routes() throws IOException, URISyntaxException {
    return names("problems");
  }

  static Stream<String> identities() throws IOException, URISyntaxException {
    return names("problems/identities");
  }

  private static Stream<String> names(String folder) throws IOException, URISyntaxException {
    try (Stream<Path> files = Files.list(path(folder))) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(".txt"))
          .sorted()
          .toList()
          .stream();
    }
  }

  private static Path path(String resource) throws URISyntaxException {
    return Path.of(
        Objects.requireNonNull(ProblemGoldensTest.class.getResource("/" + resource)).toURI());
  }

  private static Golden golden(String resource, String main)
      throws IOException, URISyntaxException {
    Map<String, StringBuilder> files = new LinkedHashMap<>();
    List<String> problems = new ArrayList<>();
    boolean input = true;
    String current = main;
    for (String line : Files.readAllLines(path(resource))) {
      if (input && line.matches("-{5,}")) {
        input = false;
      } else if (!input) {
        problems.add(line);
      } else if (line.startsWith("### ")) {
        current = line.substring(4);
      } else {
        files.computeIfAbsent(current, name -> new StringBuilder()).append(line).append('\n');
      }
    }
    assertThat(input).as("a line of dashes in " + resource).isFalse();
    Map<String, String> texts = new LinkedHashMap<>();
    files.forEach((name, text) -> texts.put(name, text.toString()));
    return new Golden(texts, problems);
  }

  @ParameterizedTest
  @MethodSource("routes")
  void a_broken_routes_file_reports_everything_that_is_wrong(String name) throws Exception {
    Golden golden = golden("problems/" + name, "routes.yaml");

    PolicyReader.Outcome outcome =
        PolicyReader.read(
            "routes.yaml", FileSource.of(golden.files()), Optional.of(Set.of("core", "old")));

    assertThat(outcome.problems().stream().map(Problem::toString))
        .containsExactlyElementsOf(golden.problems());
    assertThat(outcome.policy().isPresent())
        .isEqualTo(outcome.problems().stream().noneMatch(Problem::isError));
  }

  @ParameterizedTest
  @MethodSource("identities")
  void a_broken_identities_file_reports_everything_that_is_wrong(String name) throws Exception {
    Golden golden = golden("problems/identities/" + name, "identities.yaml");

    IdentityFile.Outcome outcome =
        IdentityFile.read(
            "identities.yaml", FileSource.of(golden.files()), SampleTest.samplePolicy());

    assertThat(outcome.problems().stream().map(Problem::toString))
        .containsExactlyElementsOf(golden.problems());
    assertThat(outcome.identities().isPresent())
        .isEqualTo(outcome.problems().stream().noneMatch(Problem::isError));
  }
}
