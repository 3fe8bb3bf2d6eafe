package io.scopegate.tool;

import static org.assertj.core.api.Assertions.assertThat;

import io.scopegate.file.FileSource;
import io.scopegate.file.PolicyReader;
import io.scopegate.file.PolicyTestFile;
import io.scopegate.file.Presets;
import io.scopegate.file.Problem;
import io.scopegate.policy.Policy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The presets, each with the tests beside it, run the way that a user runs theirs. */
class PresetTest {
  private static final Path FOLDER = Path.of("src/main/resources/presets");
  private static final String SUFFIX = ".test.yaml";

  /** Returns the policy of a file that uses the preset and adds nothing. */
  private static Policy policy(String preset) throws IOException {
    // A file that uses a preset states what an empty list of scopes may do, where the preset does.
    String emptyScopes =
        Files.readAllLines(FOLDER.resolve(preset + ".yaml")).stream()
            .filter(line -> line.startsWith("emptyScopes:"))
            .findFirst()
            .orElse("emptyScopes: none");
    String text =
        "apiVersion: scopegate/v1\nuse: [%s]\nbackend: core\n%s\n".formatted(preset, emptyScopes);
    PolicyReader.Outcome outcome =
        PolicyReader.read(
            "routes.yaml", FileSource.of(Map.of("routes.yaml", text)), Optional.of(Set.of("core")));
    assertThat(outcome.problems()).noneMatch(Problem::isError);
    return outcome.policy().orElseThrow();
  }

  private static List<String> tested() throws IOException {
    try (Stream<Path> files = Files.list(FOLDER)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(SUFFIX))
          .map(name -> name.substring(0, name.length() - SUFFIX.length()))
          .sorted()
          .toList();
    }
  }

  private static DynamicNode container(String preset) {
    try {
      return DynamicContainer.dynamicContainer(
          preset, PolicyCases.of(policy(preset), FOLDER.resolve(preset + SUFFIX)));
    } catch (IOException unreadable) {
      return DynamicTest.dynamicTest(
          preset,
          () -> {
            throw unreadable;
          });
    }
  }

  @TestFactory
  Stream<DynamicNode> every_case_beside_a_preset_is_decided_as_it_says() throws IOException {
    return tested().stream().map(PresetTest::container);
  }

  @Test
  void every_preset_has_tests_beside_it() throws IOException {
    assertThat(tested()).containsExactlyInAnyOrderElementsOf(Presets.names());
  }

  @Test
  void every_row_of_the_sentry_presets_is_touched_by_a_test() throws IOException {
    for (String preset : List.of("sentry", "sentry-mcp")) {
      Policy policy = policy(preset);
      PolicyTestFile tests =
          PolicyTestFile.read(FOLDER.resolve(preset + SUFFIX).toString(), FileSource.disk(), policy)
              .tests()
              .orElseThrow();

      assertThat(PolicyTests.untouched(policy, PolicyTests.run(policy, tests))).isEmpty();
    }
  }
}
