package io.scopegate.tool;

import static org.assertj.core.api.Assertions.assertThat;

import io.scopegate.file.FileSource;
import io.scopegate.file.OpenApiFile;
import io.scopegate.file.PolicyReader;
import io.scopegate.policy.Policy;
import io.scopegate.route.Position;
import io.scopegate.route.Route;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class FirstTableTest {

  private static OpenApiFile specification(String text) {
    OpenApiFile.Outcome outcome =
        OpenApiFile.read("spec.yaml", FileSource.of(Map.of("spec.yaml", text)));
    assertThat(outcome.file()).as(outcome.problems().toString()).isPresent();
    return outcome.file().orElseThrow();
  }

  private static Policy table(OpenApiFile specification) {
    String text = FirstTable.text(specification, "spec.yaml", specification.basePath());
    PolicyReader.Outcome outcome =
        PolicyReader.read(
            "routes.yaml", FileSource.of(Map.of("routes.yaml", text)), Optional.empty());
    assertThat(outcome.policy()).as(text + outcome.problems()).isPresent();
    return outcome.policy().orElseThrow();
  }

  private static Policy table(String operation) {
    return table(
        specification("openapi: 3.1.0\npaths:\n  /orgs/{org}/things:\n    get: " + operation));
  }

  @Test
  void an_operation_without_any_security_is_closed() {
    assertThat(table("{ tags: [things] }").routes().routes()).noneMatch(Route::isPublic);
    assertThat(table("{ security: [{}] }").routes().routes()).noneMatch(Route::isPublic);
    assertThat(table("{ security: [{ key: [] }, {}] }").routes().routes())
        .noneMatch(Route::isPublic);
    assertThat(table("{ security: [] }").routes().routes()).allMatch(Route::isPublic);
  }

  @Test
  void until_roles_are_written_the_owner_alone_gets_through() {
    Matrix matrix = Matrix.of(table("{ security: [{ oauth: [read] }] }"));

    assertThat(matrix.routes().get(0).allowed()).containsExactly("organization:OWNER");
  }

  @Test
  void a_first_table_covers_its_specification() {
    OpenApiFile specification =
        specification(
            """
            openapi: 3.0.0
            servers: [{ url: "https://{region}.example.com/api/{version}/", variables: { version: { default: v2 } } }]
            paths:
              /a/{b-c}/{b-c}: { get: {}, post: {} }
              "/a/{strange name}:do": { post: { tags: ["x, y"] } }
              /a/: { delete: {} }
            """);

    Coverage coverage = Coverage.of(table(specification), specification, "/api/v2");

    assertThat(specification.basePath()).isEqualTo("/api/v2");
    assertThat(coverage.isComplete()).as(coverage.toString()).isTrue();
    assertThat(Coverage.of(table(specification), specification, "").uncovered()).hasSize(4);
  }

  @Property(tries = 300, seed = "20261121")
  void whatever_words_a_specification_has_the_table_can_be_read(
      @ForAll String title, @ForAll String tag, @ForAll String scope, @ForAll String summary) {
    OpenApiFile specification =
        new OpenApiFile(
            title,
            "",
            Map.of(scope, summary),
            List.of(
                new OpenApiFile.Operation(
                    "GET",
                    "/x",
                    new Position("spec.yaml", 1, 1),
                    summary,
                    List.of(tag),
                    Optional.of(
                        List.of(new OpenApiFile.Security(List.of("oauth"), List.of(scope)))))));

    assertThat(table(specification).routes().routes()).hasSize(1);
  }
}
