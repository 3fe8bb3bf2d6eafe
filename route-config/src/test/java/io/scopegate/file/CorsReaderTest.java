package io.scopegate.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.scopegate.route.Cors;
import io.scopegate.route.Route;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a row says of pages of other sites, and what it takes from around it. */
class CorsReaderTest {
  private static final String OWN =
      """
      apiVersion: scopegate/v1
      use: [{ file: ./used.yaml }, { file: ./speaking.yaml }]
      backend: core
      cors: { origins: ["https://file.test"], credentials: true }
      routes:
        - { match: "GET /file", access: public }
        - { match: "GET /row", access: public, cors: { origins: ["*"], exposedHeaders: [ETag, etag] } }
        - cors: { origins: ["https://group.test"], allowedHeaders: [], maxAge: 1h }
          routes:
            - { match: "GET /group", access: public }
            - prefix: /inner
              routes: [{ match: "GET /group", access: public }]
            - { match: "GET /nobody", access: public, cors: { origins: [] } }
      """;
  private static final String USED =
      """
      apiVersion: scopegate/v1
      routes: [{ match: "GET /used", access: public }]
      """;
  private static final String SPEAKING =
      """
      apiVersion: scopegate/v1
      cors: { origins: ["https://speaking.test"] }
      routes: [{ match: "GET /speaking", access: public }]
      """;

  private static Optional<Cors> cors(String id) {
    PolicyReader.Outcome outcome =
        PolicyReader.read(
            "routes.yaml",
            FileSource.of(Map.of("routes.yaml", OWN, "used.yaml", USED, "speaking.yaml", SPEAKING)),
            Optional.empty());
    assertThat(outcome.problems()).isEmpty();
    return outcome.policy().orElseThrow().routes().routes().stream()
        .filter(row -> row.id().equals(id))
        .findFirst()
        .flatMap(Route::cors);
  }

  @Test
  void what_is_nearest_to_a_row_counts_alone() {
    assertThat(cors("GET /file").orElseThrow().origins()).containsExactly("https://file.test");
    assertThat(cors("GET /file").orElseThrow().credentials()).isTrue();
    assertThat(cors("GET /group").orElseThrow().origins()).containsExactly("https://group.test");
    assertThat(cors("GET /group").orElseThrow().credentials()).isFalse();
    assertThat(cors("GET /inner/group")).isEqualTo(cors("GET /group"));
    assertThat(cors("GET /row").orElseThrow().everywhere()).isTrue();
  }

  @Test
  void an_empty_list_of_origins_lets_nobody_in() {
    assertThat(cors("GET /nobody").orElseThrow().origins()).isEmpty();
    assertThat(cors("GET /nobody").orElseThrow().everywhere()).isFalse();
  }

  @Test
  void a_file_that_says_nothing_takes_it_from_the_one_that_uses_it() {
    assertThat(cors("GET /used")).isEqualTo(cors("GET /file"));
    assertThat(cors("GET /speaking").orElseThrow().origins())
        .containsExactly("https://speaking.test");
  }

  @Test
  void what_is_not_said_has_a_default_and_what_is_said_replaces_it() {
    Cors file = cors("GET /file").orElseThrow();

    assertThat(file.allowedHeaders())
        .isEqualTo("Authorization, Content-Type, If-Match, If-None-Match");
    assertThat(file.exposedHeaders()).contains("X-Request-Id").contains("WWW-Authenticate");
    assertThat(file.maxAge()).isEqualTo(Duration.ofMinutes(10));
    assertThat(cors("GET /row").orElseThrow().exposedHeaders()).isEqualTo("ETag");
    assertThat(cors("GET /group").orElseThrow().allowedHeaders()).isEmpty();
    assertThat(cors("GET /group").orElseThrow().maxAge()).isEqualTo(Duration.ofHours(1));
  }
}
