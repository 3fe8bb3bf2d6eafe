package io.scopegate.tool;

import static org.assertj.core.api.Assertions.assertThat;

import io.scopegate.file.FileSource;
import io.scopegate.file.PolicyReader;
import io.scopegate.policy.Policy;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PolicyDiffTest {
  private static final String HEAD =
      """
      apiVersion: scopegate/v1
      backend: core
      permissions: { a: A thing, b: B thing, c: C thing }
      settings: { open: { default: false } }
      roles:
        organization: { O: { grants: [a, b] }, A: { grants: [a] }, B: { grants: [b] } }
        project: { P: {} }
      places: { organization: [{ path: org }, { from: token }], project: { path: project } }
      routes:
      """;

  private static final String WIDE = HEAD.replace("A: { grants: [a] }", "A: { grants: [a, b, c] }");

  private static Policy policy(String text) {
    PolicyReader.Outcome outcome =
        PolicyReader.read("r.yaml", FileSource.of(Map.of("r.yaml", text)), Optional.empty());
    assertThat(outcome.policy()).as(outcome.problems().toString()).isPresent();
    return outcome.policy().orElseThrow();
  }

  private static PolicyDiff diff(String before, String after) {
    return PolicyDiff.between(
        policy(HEAD + "  - " + before + "\n"), policy(HEAD + "  - " + after + "\n"));
  }

  private static List<String> words(List<PolicyDiff.Change> changes) {
    return changes.stream()
        .map(
            change ->
                "%s [%s] %s -> %s"
                    .formatted(change.role(), change.scope(), change.from(), change.to()))
        .toList();
  }

  @Test
  void a_table_does_not_differ_from_itself_however_it_is_written() {
    PolicyDiff diff =
        diff(
            "{ match: 'GET /x/{id}', require: { any: [a, b] } }",
            "{ match: 'GET /x/{other}', require: { any: [a, b] }, id: renamed, description: New }");

    assertThat(diff.widened()).isEmpty();
    assertThat(diff.narrowed()).isEmpty();
  }

  @Test
  void from_enforce_to_shadow_is_widening() {
    PolicyDiff diff =
        diff("{ match: GET /x, require: a }", "{ match: GET /x, require: a, mode: shadow }");

    assertThat(words(diff.widened()))
        .contains("anonymous [] deny -> shadow", "organization:B [*] deny -> shadow");
    assertThat(diff.narrowed()).isEmpty();
  }

  @Test
  void to_public_and_to_authenticated_is_widening() {
    assertThat(
            words(
                diff("{ match: GET /x, require: a }", "{ match: GET /x, access: public }")
                    .widened()))
        .contains("anonymous [] deny -> allow", "authenticated [*] deny -> allow");
    assertThat(
            words(
                diff("{ match: GET /x, require: a }", "{ match: GET /x, access: authenticated }")
                    .widened()))
        .contains("authenticated [*] deny -> allow", "organization:B [*] deny -> allow")
        .noneMatch(change -> change.startsWith("anonymous"));
  }

  @Test
  void a_new_row_widens_and_a_row_that_is_gone_narrows() {
    PolicyDiff diff = diff("{ match: GET /x, require: a }", "{ match: GET /y, require: a }");

    assertThat(diff.widened())
        .contains(new PolicyDiff.Change("organization:A", "*", "GET /y", "deny", "allow"));
    assertThat(diff.narrowed())
        .contains(new PolicyDiff.Change("organization:A", "*", "GET /x", "allow", "deny"));
  }

  @Test
  void a_more_specific_row_takes_its_requests_from_the_general_one() {
    Policy before = policy(HEAD + "  - { match: 'GET /x/{id}', require: a }\n");
    Policy after =
        policy(
            HEAD
                + "  - { match: 'GET /x/{id}', require: a }\n"
                + "  - { match: GET /x/open, access: public }\n");

    PolicyDiff diff = PolicyDiff.between(before, after);

    assertThat(diff.widened())
        .isNotEmpty()
        .allMatch(change -> change.route().equals("GET /x/open"));
  }

  @Test
  void a_condition_is_weighed_exactly() {
    String general = "\n  - { match: GET /x, require: b }";
    PolicyDiff diff =
        diff(
            "{ match: GET /x, when: { query: { q: one } }, require: a }" + general,
            "{ match: GET /x, when: { query: { q: [one, two] } }, require: a }" + general);

    assertThat(words(diff.widened()))
        .containsExactlyInAnyOrder(
            "organization:O [a] deny -> allow",
            "organization:A [*] deny -> allow",
            "organization:A [a] deny -> allow");
    assertThat(words(diff.narrowed()))
        .containsExactlyInAnyOrder(
            "organization:O [b] allow -> deny",
            "organization:B [*] allow -> deny",
            "organization:B [b] allow -> deny");
  }

  @Test
  void two_roles_that_widen_only_together_are_told() {
    PolicyDiff diff =
        diff("{ match: GET /x, require: [a, b, c] }", "{ match: GET /x, require: [a, b] }");

    assertThat(words(diff.widened()))
        .containsExactlyInAnyOrder(
            "organization:O [*] deny -> allow", "organization:A+organization:B [*] deny -> allow");
  }

  @Test
  void several_scopes_that_change_something_only_together_are_told() {
    PolicyDiff diff =
        PolicyDiff.between(
            policy(WIDE + "  - { match: GET /x, require: [a, b] }\n"),
            policy(WIDE + "  - { match: GET /x, require: [a, c] }\n"));

    assertThat(words(diff.widened())).contains("organization:A [a,c] deny -> allow");
    assertThat(words(diff.narrowed())).contains("organization:A [a,b] allow -> deny");
  }

  @Test
  void a_change_that_shows_only_with_a_setting_is_told() {
    Policy before =
        policy(
            HEAD.replace("A: { grants: [a] }", "A: { grants: [] }")
                + "  - { match: GET /x, require: a }\n");
    Policy after =
        policy(
            HEAD.replace("A: { grants: [a] }", "A: { grants: [{ permission: a, when: open }] }")
                + "  - { match: GET /x, require: a }\n");

    assertThat(words(PolicyDiff.between(before, after).widened()))
        .containsExactly("organization:A (open on) [*] deny -> allow");
  }

  @Test
  void what_an_empty_scope_list_may_do_is_compared() {
    Policy before = policy(HEAD + "  - { match: GET /x, require: a }\n");
    Policy after =
        policy(
            HEAD.replace("backend: core", "backend: core\nemptyScopes: full")
                + "  - { match: GET /x, require: a }\n");

    assertThat(words(PolicyDiff.between(before, after).widened()))
        .containsExactly("organization:O [] deny -> allow", "organization:A [] deny -> allow");
  }

  @Test
  void the_kind_of_credential_is_compared() {
    PolicyDiff diff =
        diff(
            "{ match: GET /x, require: a, credential: token }",
            "{ match: GET /x, require: a, credential: session }");

    assertThat(words(diff.widened())).contains("organization:A [session] deny -> allow");
    assertThat(words(diff.narrowed())).contains("organization:A [*] allow -> deny");
  }

  @Test
  void a_list_that_names_more_projects_is_widening() {
    PolicyDiff diff =
        diff(
            "{ match: GET /x, require: a, list: project }\n    # as it was",
            "{ match: GET /x, require: a, list: project, credential: token }");
    assertThat(diff.widened()).isEmpty();

    Policy before = policy(HEAD + "  - { match: GET /x, require: a, list: project }\n");
    Policy after =
        policy(
            HEAD.replace(
                    "project: { path: project }", "project: { path: project, reach: organization }")
                + "  - { match: GET /x, require: a, list: project }\n");

    assertThat(words(PolicyDiff.between(before, after).widened()))
        .contains("organization:A [*] allow, projects: none -> allow, projects: all");
  }

  @Test
  void a_role_that_is_new_holds_nothing_in_the_old_table() {
    Policy before = policy(HEAD + "  - { match: GET /x, require: a }\n");
    Policy after =
        policy(
            HEAD.replace("A: { grants: [a] }", "A: { grants: [a] }, N: { grants: [a] }")
                + "  - { match: GET /x, require: a }\n");

    assertThat(words(PolicyDiff.between(before, after).widened()))
        .containsExactlyInAnyOrder(
            "organization:N [*] deny -> allow", "organization:N [a] deny -> allow");
  }

  private static PolicyDiff replaced(String old, String now, String row) {
    assertThat(HEAD).contains(old);
    return PolicyDiff.between(
        policy(HEAD + "  - " + row + "\n"), policy(HEAD.replace(old, now) + "  - " + row + "\n"));
  }

  @Test
  void a_place_that_is_named_by_another_source_widens_and_narrows() {
    PolicyDiff diff =
        replaced(
            "organization: [{ path: org }, { from: token }]",
            "organization: { from: token }",
            "{ match: 'GET /x/{org}', require: a }");

    assertThat(words(diff.widened()))
        .contains(
            "organization:A [*] deny, organization by path `org` or token -> allow, organization by token");
    assertThat(words(diff.narrowed()))
        .anyMatch(change -> change.startsWith("organization:A") && change.contains("-> deny"));
  }

  @Test
  void a_place_that_opens_to_the_organization_widens_also_where_it_is_not_known() {
    PolicyDiff diff =
        replaced(
            "project: { path: project } }",
            "project: { path: project, reach: organization } }",
            "{ match: 'GET /x/{org}/{project}', require: a }");

    assertThat(words(diff.widened())).contains("organization:A [*] deny -> allow");
    assertThat(diff.narrowed()).isEmpty();
  }

  @Test
  void a_key_that_is_no_longer_conditioned_may_be_repeated() {
    String general = "\n  - { match: GET /x, require: a }";
    PolicyDiff diff =
        diff(
            "{ match: GET /x, when: { query: { q: one } }, require: a }" + general,
            "{ match: GET /x, when: { query: { r: one } }, require: a }" + general);

    assertThat(words(diff.widened()))
        .contains("organization:A [*] deny, query `q` repeated -> allow");
    assertThat(words(diff.narrowed()))
        .contains("organization:A [*] allow -> deny, query `r` repeated");
  }

  @Test
  void a_row_that_takes_an_encoded_slash_widens() {
    PolicyDiff diff =
        diff(
            "{ match: 'GET /x/{id}', require: a }",
            "{ match: 'GET /x/{id}', require: a, encodedSlash: allow }");

    assertThat(words(diff.widened()))
        .contains("organization:A [*] deny, an encoded slash -> allow");
  }

  @Test
  void what_only_a_role_of_an_organization_s_own_can_hold_is_told() {
    PolicyDiff diff =
        PolicyDiff.between(
            policy(HEAD + "  - { match: GET /y, require: a }\n"),
            policy(
                HEAD + "  - { match: GET /y, require: a }\n  - { match: GET /x, require: c }\n"));

    assertThat(words(diff.widened())).contains("organization:custom(c) [*] deny -> allow");
  }

  @Test
  void three_roles_that_widen_only_together_are_told() {
    String three = HEAD.replace("B: { grants: [b] }", "B: { grants: [b] }, C: { grants: [c] }");
    PolicyDiff diff =
        PolicyDiff.between(
            policy(three + "  - { match: GET /x, require: c, credential: session }\n"),
            policy(three + "  - { match: GET /x, require: { any: [{ all: [a, b, c] }] } }\n"));

    assertThat(words(diff.widened()))
        .contains("organization:A+organization:B+organization:C [*] deny -> allow");
  }

  @Test
  void a_place_that_is_no_longer_hidden_is_widening() {
    PolicyDiff diff =
        replaced(
            "project: { path: project } }",
            "project: { path: project, hide: true } }",
            "{ match: 'GET /x/{org}/{project}', require: a }");

    assertThat(diff.widened()).isEmpty();
    assertThat(words(diff.narrowed()))
        .containsExactly("authenticated [*] deny, project not hidden -> deny, project hidden");
  }

  @Test
  void a_row_that_takes_a_websocket_widens_for_whoever_it_lets_in() {
    String row = "{ match: ANY /x, require: a }";
    String upgraded = "{ match: ANY /x, require: a, upgrade: websocket }";

    assertThat(words(diff(row, upgraded).widened()))
        .contains("organization:A [*] deny, a WebSocket -> allow")
        .noneMatch(change -> change.startsWith("organization:B"));
    assertThat(diff(row, upgraded).narrowed()).isEmpty();
    assertThat(words(diff(upgraded, row).narrowed()))
        .contains("organization:A [*] allow -> deny, a WebSocket");
    assertThat(diff(upgraded, row).widened()).isEmpty();
  }

  @Test
  void in_shadow_mode_a_row_that_takes_a_websocket_widens_for_anybody() {
    assertThat(
            words(
                diff(
                        "{ match: GET /x, require: a, mode: shadow }",
                        "{ match: GET /x, require: a, mode: shadow, upgrade: websocket }")
                    .widened()))
        .contains("anonymous [] deny, a WebSocket -> shadow");
  }

  @Test
  void a_row_that_a_get_never_meets_takes_no_websocket() {
    String get = "{ match: GET /x, require: a }\n  - ";
    PolicyDiff diff =
        diff(
            get + "{ match: ANY /x, require: a }",
            get + "{ match: ANY /x, require: a, upgrade: websocket }");

    assertThat(diff.widened()).isEmpty();
  }

  @Test
  void a_websocket_that_is_refused_is_told_of_the_row_that_it_meets_now() {
    String general = "{ match: 'GET /x/{rest*}', access: authenticated }";
    PolicyDiff diff =
        diff(general + "\n  - { match: GET /x/y, require: a, upgrade: websocket }", general);

    assertThat(diff.narrowed())
        .contains(
            new PolicyDiff.Change(
                "organization:A", "*", "GET /x/{rest*}", "allow", "deny, a WebSocket"));
  }

  private static PolicyDiff pages(String before, String after) {
    return diff(
        "{ match: GET /x, require: a" + before + " }",
        "{ match: GET /x, require: a" + after + " }");
  }

  @Test
  void an_origin_more_is_widening_and_one_less_is_narrowing() {
    String one = ", cors: { origins: ['https://a.example'] }";
    String two = ", cors: { origins: ['https://a.example', 'https://b.example'] }";
    String any = ", cors: { origins: ['*'] }";

    assertThat(words(pages(one, two).widened()))
        .containsExactly("page [https://b.example] deny -> allow");
    assertThat(pages(one, two).narrowed()).isEmpty();
    assertThat(words(pages(two, one).narrowed()))
        .containsExactly("page [https://b.example] allow -> deny");
    assertThat(pages(two, one).widened()).isEmpty();
    assertThat(words(pages(one, any).widened())).containsExactly("page [*] deny -> allow");
  }

  @Test
  void the_use_of_sessions_by_pages_is_widening() {
    PolicyDiff diff =
        pages(
            ", cors: { origins: ['https://a.example'] }",
            ", cors: { origins: ['https://a.example'], credentials: true }");

    assertThat(words(diff.widened()))
        .containsExactly("page [https://a.example] allow -> allow, with credentials");
    assertThat(diff.narrowed()).isEmpty();
  }

  @Test
  void what_pages_may_send_and_read_is_compared() {
    PolicyDiff diff =
        pages(
            ", cors: { origins: ['*'], allowedHeaders: [X-One], exposedHeaders: [Age] }",
            ", cors: { origins: ['*'], allowedHeaders: [x-one, X-Two], exposedHeaders: [] }");

    assertThat(words(diff.widened()))
        .containsExactly("page [*] allow, reads age -> allow, sends x-two");
    assertThat(diff.narrowed()).isEqualTo(diff.widened());
  }

  @Test
  void what_is_left_to_the_backend_may_be_anything() {
    String none = ", cors: { origins: [] }";
    String one = ", cors: { origins: ['https://a.example'] }";

    assertThat(words(pages("", one).widened()))
        .containsExactly("page [https://a.example] as the backend says -> allow");
    assertThat(words(pages(none, "").widened()))
        .containsExactly("page [*] deny -> as the backend says");
    assertThat(pages("", none).widened()).isEmpty();
    assertThat(pages("", "").widened()).isEmpty();
  }

  @Test
  void a_new_row_tells_of_pages_only_if_it_says_something_of_them() {
    String row = "{ match: GET /y, access: public }";
    String cors = ", cors: { origins: ['https://a.example'] } }";

    assertThat(words(diff(row, "{ match: GET /x, access: public }").widened()))
        .noneMatch(change -> change.startsWith("page"));
    assertThat(words(diff(row, "{ match: GET /x, access: public" + cors).widened()))
        .contains("page [https://a.example] deny -> allow");
  }
}
