package io.scopegate.tool;

import static org.assertj.core.api.Assertions.assertThat;

import io.scopegate.file.FileSource;
import io.scopegate.file.PolicyReader;
import io.scopegate.file.PolicyTestFile;
import io.scopegate.file.Problem;
import io.scopegate.policy.Policy;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/** Files of policy tests, run the way that a user runs theirs. Safe from any thread. */
public final class PolicyCases {
  private PolicyCases() {}

  /** Returns the tests of a file about the routes file beside it. */
  public static Stream<DynamicTest> of(Path routes, Path tests) {
    PolicyReader.Outcome read = PolicyReader.read(routes, Optional.empty());
    assertThat(read.problems()).noneMatch(Problem::isError);
    return of(read.policy().orElseThrow(), tests);
  }

  /** Returns the tests of a file about a policy; one of its own for each case. */
  public static Stream<DynamicTest> of(Policy policy, Path tests) {
    PolicyTestFile.Outcome read = PolicyTestFile.read(tests.toString(), FileSource.disk(), policy);
    assertThat(read.problems()).isEmpty();
    return PolicyTests.run(policy, read.tests().orElseThrow()).stream().map(PolicyCases::test);
  }

  private static DynamicTest test(PolicyTests.Result result) {
    return DynamicTest.dynamicTest(
        result.name(),
        () ->
            assertThat(result.passed())
                .as("expected %s, got %s", result.expected(), result.explanation())
                .isTrue());
  }
}
