package io.scopegate.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.scopegate.policy.Bounds;
import io.scopegate.policy.Identities;
import io.scopegate.policy.Policy;
import io.scopegate.route.Place;
import io.scopegate.route.Route;
import io.scopegate.route.Rule;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SampleTest {

  static String resource(String name) {
    try (InputStream stream = SampleTest.class.getResourceAsStream("/" + name)) {
      return new String(Objects.requireNonNull(stream).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
  }

  private static PolicyReader.Outcome sample() {
    return PolicyReader.read(
        "routes.yaml",
        FileSource.of(Map.of("routes.yaml", resource("samples/routes.yaml"))),
        Optional.of(Set.of("core", "old")));
  }

  static Policy samplePolicy() {
    return sample().policy().orElseThrow();
  }

  private static Route row(String id) {
    return samplePolicy().routes().routes().stream()
        .filter(route -> route.id().equals(id))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void the_sample_of_the_contract_loads() {
    PolicyReader.Outcome outcome = sample();

    assertThat(outcome.problems()).isEmpty();
    assertThat(outcome.policy()).isPresent();
    assertThat(outcome.policy().orElseThrow().routes().routes()).hasSize(15);
    assertThat(outcome.policy().orElseThrow().defaultScopes()).containsExactly("work:read");
    assertThat(outcome.policy().orElseThrow().emptyScopesFull()).isFalse();
    assertThat(outcome.files()).containsExactly("routes.yaml");
  }

  @Test
  void rows_are_called_by_methods_host_and_full_template() {
    assertThat(samplePolicy().routes().routes())
        .extracting(Route::id)
        .contains(
            "GET /api/users/{user}", "GET /api/users/{user}#2", "ANY /legacy/reports/{rest*}");
  }

  @Test
  void a_group_gives_its_rows_what_they_do_not_say() {
    Route row = row("ANY /legacy/reports/{rest*}");

    assertThat(row.forwarding().backend()).isEqualTo("old");
    assertThat(row.forwarding().stripPrefix()).isEqualTo("/legacy");
    assertThat(row.forwarding().shadow()).isTrue();
  }

  @Test
  void a_requirement_is_held_at_the_most_specific_place_that_the_row_names() {
    assertThat(target("GET /api/orgs/{org}")).isEqualTo(Rule.Target.ORGANIZATION);
    assertThat(target("GET /api/orgs/{org}/projects/{project}")).isEqualTo(Rule.Target.PROJECT);
    assertThat(target("DELETE /api/orgs/{org}/teams/{team}/projects/{project}"))
        .isEqualTo(Rule.Target.TEAM);
    assertThat(target("GET /api/search")).isEqualTo(Rule.Target.LISTED_PROJECTS);
  }

  private static Rule.Target target(String id) {
    return ((Rule.Permitted) row(id).rule()).target();
  }

  @Test
  void a_row_names_only_the_places_whose_sources_it_can_have() {
    Route search = row("GET /api/search");

    assertThat(search.places().organization().orElseThrow().sources()).hasSize(1);
    assertThat(search.places().team()).isEmpty();
    assertThat(row("GET /api/orgs/{org}").places().project()).isEmpty();
    Route row = row("DELETE /api/orgs/{org}/teams/{team}/projects/{project}");
    assertThat(row.places().team().orElseThrow().reach()).isEqualTo(Place.Reach.ORGANIZATION);
    assertThat(row.places().project().orElseThrow().reach()).isEqualTo(Place.Reach.MEMBERS);
  }

  @Test
  void the_identities_of_the_contract_load() {
    IdentityFile.Outcome outcome =
        IdentityFile.read(
            "identities.yaml",
            FileSource.of(Map.of("identities.yaml", resource("samples/identities.yaml"))),
            samplePolicy());

    assertThat(outcome.problems()).isEmpty();
    Identities identities = outcome.identities().orElseThrow();
    assertThat(identities.disabled()).containsExactly("dave");
    assertThat(identities.principal("dave")).isEmpty();
    assertThat(identities.principal("bob").orElseThrow().memberships().get(0).teams())
        .containsEntry("core", Set.of("ADMIN"));
    assertThat(identities.tokens().get(0).expires())
        .contains(Instant.parse("2027-01-01T00:00:00Z"));
    assertThat(identities.tokens().get(2).bounds())
        .isEqualTo(Bounds.projects("acme", Set.of("api")));
  }
}
