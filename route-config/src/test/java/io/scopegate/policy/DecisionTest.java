package io.scopegate.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.scopegate.file.FileSource;
import io.scopegate.file.PolicyReader;
import io.scopegate.file.PolicyTestFile;
import io.scopegate.tool.PolicyTests;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The rules of the decision, as cases in {@code decisions/routes.test.yaml}. */
class DecisionTest {
  private static final Path FOLDER = Path.of("src/test/resources/decisions");

  @TestFactory
  Stream<DynamicTest> every_case_is_decided_as_the_file_says() {
    PolicyReader.Outcome read = PolicyReader.read(FOLDER.resolve("routes.yaml"), Optional.empty());
    assertThat(read.problems()).noneMatch(problem -> problem.isError());
    Policy policy = read.policy().orElseThrow();
    PolicyTestFile.Outcome tests =
        PolicyTestFile.read(
            FOLDER.resolve("routes.test.yaml").toString(), FileSource.disk(), policy);
    assertThat(tests.problems()).isEmpty();
    return PolicyTests.run(policy, tests.tests().orElseThrow()).stream()
        .map(
            result ->
                DynamicTest.dynamicTest(
                    result.name(),
                    () ->
                        assertThat(result.passed())
                            .as("expected %s, got %s", result.expected(), result.explanation())
                            .isTrue()));
  }
}
