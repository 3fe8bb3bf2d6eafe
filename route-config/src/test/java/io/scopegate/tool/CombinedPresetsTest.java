package io.scopegate.tool;

import static org.assertj.core.api.Assertions.assertThat;

import io.scopegate.file.FileSource;
import io.scopegate.file.PolicyReader;
import io.scopegate.file.Problem;
import io.scopegate.policy.Policy;
import io.scopegate.route.Route;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Presets of several systems in one table, as {@code combined/routes.yaml} has them. */
class CombinedPresetsTest {
  private static final Path FOLDER = Path.of("src/test/resources/combined");
  private static final Set<String> BACKENDS =
      Set.of("portal", "errors", "tools", "ci", "tracker", "core");

  private static PolicyReader.Outcome read(String text) {
    return PolicyReader.read(
        "routes.yaml", FileSource.of(Map.of("routes.yaml", text)), Optional.of(BACKENDS));
  }

  private static String text() throws IOException {
    return Files.readString(FOLDER.resolve("routes.yaml"));
  }

  private static Policy policy() throws IOException {
    PolicyReader.Outcome outcome = read(text());
    assertThat(outcome.problems()).noneMatch(Problem::isError);
    return outcome.policy().orElseThrow();
  }

  @TestFactory
  Stream<DynamicTest> every_case_of_the_combined_table_is_decided_as_it_says() throws IOException {
    return PolicyCases.of(policy(), FOLDER.resolve("routes.test.yaml"));
  }

  @Test
  void rows_lead_to_the_backend_of_their_use_and_self_service_stays_with_the_gateway()
      throws IOException {
    assertThat(policy().routes().routes())
        .extracting(route -> route.forwarding().backend())
        .contains("portal", "errors", "tools", "ci", "tracker", "self")
        .doesNotContain("core");
    assertThat(policy().routes().routes())
        .allSatisfy(route -> assertThat(route.forwarding().backend()).isEqualTo(expected(route)));
  }

  private static String expected(Route route) {
    String path = route.path().text();
    if (path.startsWith("/work/api/v1/") && !route.forwarding().stripPrefix().isEmpty()) {
      return "self";
    }
    return path.startsWith("/api/0/")
        ? "errors"
        : path.startsWith("/assistants/")
            ? "tools"
            : path.startsWith("/ci/")
                ? "ci"
                : path.startsWith("/work/") && !path.contains("{organization}")
                    ? "tracker"
                    : "portal";
  }

  @Test
  void a_row_that_repeats_one_of_a_preset_must_say_so() throws IOException {
    String silent = text().replace("        override: true\n", "");

    assertThat(read(silent).problems())
        .filteredOn(Problem::isError)
        .hasSize(2)
        .allSatisfy(
            problem ->
                assertThat(problem.toString()).contains("say `override: true` to replace it"));
  }

  @Test
  void presets_under_names_leave_their_own_names_free() throws IOException {
    assertThat(policy().catalog().names())
        .contains("errors/org:read", "tools/org:read", "work/org:read", "ci/project.view")
        .contains("release:approve")
        .doesNotContain("org:read", "project.view");
  }

  @Test
  void presets_that_share_no_role_stand_side_by_side_without_names() {
    PolicyReader.Outcome outcome =
        read(
            """
            apiVersion: scopegate/v1
            use: [sentry, semaphore, workspace]
            emptyScopes: none
            backend: core
            """);

    assertThat(outcome.problems()).noneMatch(Problem::isError);
    assertThat(outcome.policy()).isPresent();
  }
}
