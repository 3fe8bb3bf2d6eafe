package io.scopegate.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.scopegate.permission.Level;
import io.scopegate.policy.Policy;
import io.scopegate.route.Route;
import io.scopegate.route.Rule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PolicyReaderTest {
  private static final String HEAD =
      """
      apiVersion: scopegate/v1
      permissions: { p: P, q: Q }
      roles: { organization: { OWNER: {} }, project: { MEMBER: {} } }
      places:
        organization: [{ path: org }, { from: token }]
        team: { query: team }
        project: { query: project }
      backend: core
      routes:
      """;

  private static PolicyReader.Outcome read(String text) {
    return PolicyReader.read(
        "routes.yaml", FileSource.of(Map.of("routes.yaml", text)), Optional.empty());
  }

  private static Policy policy(String rows) {
    PolicyReader.Outcome outcome = read(HEAD + rows);
    assertThat(outcome.problems()).isEmpty();
    return outcome.policy().orElseThrow();
  }

  private static Route row(String rows) {
    return policy(rows).routes().routes().get(0);
  }

  @Test
  void a_query_source_is_available_to_every_row() {
    Route row = row("  - { match: GET /x, require: p, at: project }\n");

    assertThat(row.places().at(Level.TEAM)).isPresent();
    assertThat(row.places().at(Level.PROJECT)).isPresent();
  }

  @Test
  void a_group_unsays_a_place_with_an_empty_list_and_keeps_the_others() {
    Route row =
        row(
            """
              - places: { team: [], project: [] }
                routes:
                  - { match: GET /x, require: p }
            """);

    assertThat(row.places().at(Level.TEAM)).isEmpty();
    assertThat(row.places().at(Level.PROJECT)).isEmpty();
    assertThat(row.places().at(Level.ORGANIZATION)).isPresent();
    assertThat(((Rule.Permitted) row.rule()).target()).isEqualTo(Rule.Target.ORGANIZATION);
  }

  @Test
  void access_of_a_row_replaces_require_of_its_group() {
    Route row =
        row(
            """
              - require: p
                at: project
                routes:
                  - { match: GET /x, access: public }
            """);

    assertThat(row.rule()).isInstanceOf(Rule.Public.class);
    assertThat(row.places().at(Level.ORGANIZATION)).isEmpty();
  }

  @Test
  void a_role_of_a_group_never_vanishes_silently_on_a_row_without_require() {
    String rows =
        """
          - require: p
            role: { organization: OWNER }
            routes:
              - { match: GET /x, access: public }
        """;

    assertThat(read(HEAD + rows).problems().stream().map(Problem::toString))
        .containsExactly("routes.yaml:13:18: `role` without `require`");
  }

  @Test
  void groups_nest_their_prefixes_and_hosts_and_handling() {
    Route row =
        row(
            """
              - prefix: /a
                host: "{org}.example.com"
                timeout: 5s
                tags: [outer]
                routes:
                  - prefix: /b
                    bodyLimit: 64KiB
                    stripPrefix: true
                    encodedSlash: allow
                    routes:
                      - { match: "GET,POST /{id}", access: authenticated, credential: token }
            """);

    assertThat(row.id()).isEqualTo("GET,POST {org}.example.com/a/b/{id}");
    assertThat(row.path().text()).isEqualTo("/a/b/{id}");
    assertThat(row.forwarding().stripPrefix()).isEqualTo("/a/b");
    assertThat(row.forwarding().timeout()).contains(Duration.ofSeconds(5));
    assertThat(row.forwarding().bodyLimitBytes()).isEqualTo(OptionalLong.of(65536));
    assertThat(row.encodedSlash()).isTrue();
    assertThat(row.pathParameters()).isFalse();
    assertThat(row.tags()).containsExactly("outer");
    assertThat(row.forwarding().webSocket()).isFalse();
  }

  @Test
  void a_group_may_open_its_rows_to_websockets() {
    Route row =
        row(
            """
              - prefix: /a
                upgrade: websocket
                routes:
                  - { match: GET /x, access: authenticated }
            """);

    assertThat(row.forwarding().webSocket()).isTrue();
  }

  @Test
  void a_row_that_overrides_replaces_the_used_one() {
    String used =
        "apiVersion: scopegate/v1\nroutes:\n  - { match: 'GET /x/{a}', access: public }\n";
    String main =
        """
        apiVersion: scopegate/v1
        use: [{ file: ./used.yaml, prefix: /u, backend: old }]
        routes:
          - { match: "GET /u/x/{b}", access: authenticated, backend: core, override: true }
        """;
    PolicyReader.Outcome outcome =
        PolicyReader.read(
            "conf/routes.yaml",
            FileSource.of(Map.of("conf/routes.yaml", main, "conf/used.yaml", used)),
            Optional.of(Set.of("core", "old")));

    assertThat(outcome.problems()).isEmpty();
    assertThat(outcome.files()).containsExactly("conf/routes.yaml", "conf/used.yaml");
    assertThat(outcome.policy().orElseThrow().routes().routes())
        .singleElement()
        .satisfies(row -> assertThat(row.forwarding().backend()).isEqualTo("core"));
  }

  @Test
  void a_file_that_is_used_at_a_host_has_all_its_rows_there() {
    String used =
        """
        apiVersion: scopegate/v1
        routes:
          - { match: GET /x, access: public }
          - host: "{org}.example.com"
            routes:
              - { match: GET /y, access: public }
        """;
    String main =
        """
        apiVersion: scopegate/v1
        use: [{ file: ./used.yaml, host: "{org}.example.net" }]
        backend: core
        routes:
          - { match: GET /x, access: authenticated }
        """;
    PolicyReader.Outcome outcome =
        PolicyReader.read(
            "routes.yaml",
            FileSource.of(Map.of("routes.yaml", main, "used.yaml", used)),
            Optional.empty());

    assertThat(outcome.policy().orElseThrow().routes().routes())
        .extracting(Route::id)
        .containsExactly("GET {org}.example.net/x", "GET {org}.example.net/y", "GET /x");
  }

  @Test
  void rows_of_a_used_file_without_a_backend_are_one_problem_of_the_use() {
    String used =
        """
        apiVersion: scopegate/v1
        routes:
          - { match: GET /x, access: public }
          - { match: GET /y, access: public }
        """;
    PolicyReader.Outcome outcome =
        PolicyReader.read(
            "routes.yaml",
            FileSource.of(
                Map.of(
                    "routes.yaml",
                    "apiVersion: scopegate/v1\nuse: [./used.yaml]\n",
                    "used.yaml",
                    used)),
            Optional.empty());

    assertThat(outcome.problems().stream().map(Problem::toString))
        .containsExactly(
            "routes.yaml:2:7: rows of `./used.yaml` have no backend; name one here or as the"
                + " default of this file");
  }

  @Test
  void files_are_read_from_disk_relative_to_the_one_that_uses_them(@TempDir Path folder)
      throws IOException {
    Files.createDirectories(folder.resolve("more"));
    Path main = folder.resolve("routes.yaml");
    Files.writeString(main, "apiVersion: scopegate/v1\nuse: [more/x.yaml]\nbackend: core\n");
    Files.writeString(
        folder.resolve("more/x.yaml"),
        "apiVersion: scopegate/v1\nroutes: [{ match: GET /x, access: public }]\n");

    PolicyReader.Outcome outcome = PolicyReader.read(main, Optional.empty());

    assertThat(outcome.problems()).isEmpty();
    assertThat(outcome.policy().orElseThrow().routes().routes()).hasSize(1);
  }

  @Test
  void a_file_that_is_not_there_is_a_problem(@TempDir Path folder) {
    Path missing = folder.resolve("none.yaml");

    assertThat(PolicyReader.read(missing, Optional.empty()).problems())
        .singleElement()
        .satisfies(
            problem ->
                assertThat(problem.message()).isEqualTo("there is no file `" + missing + "`"));
  }

  @Test
  void a_broken_source_of_a_place_is_a_problem_and_no_more() {
    String text =
        HEAD.replace("{ query: project }", "{ query: project, path: project }")
            + "  - { match: GET /x, require: p, list: project, at: project }\n";

    assertThat(read(text).problems().stream().map(Problem::toString))
        .containsExactly("routes.yaml:7:14: a source has one key only; write a list of sources");
  }
}
