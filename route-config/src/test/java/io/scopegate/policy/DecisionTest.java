package io.scopegate.policy;

import io.scopegate.tool.PolicyCases;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The rules of the decision, as cases in {@code decisions/routes.test.yaml}. */
class DecisionTest {
  private static final Path FOLDER = Path.of("src/test/resources/decisions");

  @TestFactory
  Stream<DynamicTest> every_case_is_decided_as_the_file_says() {
    return PolicyCases.of(FOLDER.resolve("routes.yaml"), FOLDER.resolve("routes.test.yaml"));
  }
}
