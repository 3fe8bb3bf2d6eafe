package io.scopegate.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.scopegate.file.FileSource;
import io.scopegate.file.PolicyReader;
import io.scopegate.route.CredentialKind;
import io.scopegate.route.HttpFields;
import io.scopegate.route.RequestLine;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Which requests that were let through may go on. */
class ContinuanceTest {
  private static final String ROUTES =
      """
      apiVersion: scopegate/v1
      permissions: { work:read: Read, work:write: Write }
      roles:
        organization: { ADMIN: { grants: [work:read, work:write] }, READER: { grants: [work:read] } }
        project: { MEMBER: { grants: [work:read] } }
      places: { organization: [{ is: acme }], project: { path: project } }
      backend: core
      routes:
        - { match: "GET /items", require: work:read }
        - { match: "GET /feed", require: work:read, list: project }
        - { match: "GET /me", access: authenticated }
      """;
  private static final Policy POLICY = policy(ROUTES);

  private static Policy policy(String routes) {
    PolicyReader.Outcome outcome =
        PolicyReader.read(
            "routes.yaml", FileSource.of(Map.of("routes.yaml", routes)), Optional.empty());
    assertThat(outcome.problems()).isEmpty();
    return outcome.policy().orElseThrow();
  }

  /** A caller with these roles at the organization and as a member of these projects. */
  private static Caller caller(String subject, String roles, String projects) {
    Map<String, Set<String>> memberships = new HashMap<>();
    words(projects).forEach(project -> memberships.put(project, Set.of("MEMBER")));
    Map<String, Organization.Project> all =
        words("api web")
            .collect(Collectors.toMap(id -> id, id -> new Organization.Project(id, Set.of())));
    Organization acme = new Organization("acme", Set.of("4711"), Map.of(), Map.of(), Map.of(), all);
    Membership membership =
        new Membership(acme, words(roles).collect(Collectors.toSet()), Map.of(), memberships);
    return new Caller.Authenticated(
        new Principal(subject, List.of(membership)),
        new Delegation.Full(Bounds.none()),
        CredentialKind.TOKEN,
        "t1");
  }

  private static Stream<String> words(String text) {
    return Arrays.stream(text.split(" ", -1)).filter(word -> !word.isEmpty());
  }

  private static Decision decide(Policy policy, String path, Caller caller) {
    return Authorizer.decide(
        policy, RequestLine.parse("GET", path, "gw.test"), HttpFields.of(Map.of()), caller);
  }

  private static Decision.Allow allow(String path, Caller caller) {
    return (Decision.Allow) decide(POLICY, path, caller);
  }

  private static String objection(Decision.Allow then, Decision now) {
    return Continuance.objection(then, now)
        .map(deny -> deny.code().word() + deny.missing().role())
        .orElse("none");
  }

  @Test
  void who_would_be_let_through_again_goes_on() {
    Decision.Allow then = allow("/items", caller("bob", "READER", ""));
    assertThat(objection(then, allow("/items", caller("bob", "READER", "")))).isEqualTo("none");
    assertThat(objection(then, allow("/items", caller("bob", "ADMIN", "api")))).isEqualTo("none");
  }

  @Test
  void who_would_be_refused_ends_with_that_refusal() {
    Decision.Allow then = allow("/items", caller("bob", "READER", ""));
    assertThat(objection(then, decide(POLICY, "/items", new Caller.Invalid())))
        .isEqualTo("credential_invalid[]");
    assertThat(objection(then, decide(POLICY, "/items", new Caller.Unavailable())))
        .isEqualTo("identity_unavailable[]");
    assertThat(objection(then, decide(POLICY, "/items", caller("bob", "", ""))))
        .isEqualTo("not_a_member[]");
  }

  @Test
  void nobody_goes_on_as_somebody_else_or_as_more_than_they_are() {
    Decision.Allow then = allow("/items", caller("bob", "ADMIN", ""));
    assertThat(objection(then, allow("/items", caller("ann", "ADMIN", ""))))
        .isEqualTo("credential_invalid[]");
    assertThat(objection(then, allow("/items", caller("bob", "READER", ""))))
        .isEqualTo("insufficient_role[work:write]");
    Decision.Allow me = allow("/me", caller("bob", "ADMIN", ""));
    assertThat(objection(me, allow("/me", caller("bob", "READER", "")))).isEqualTo("none");
  }

  @Test
  void a_list_of_which_something_is_lost_ends_what_runs_by_it() {
    Decision.Allow both = allow("/feed", caller("bob", "", "api web"));
    assertThat(objection(both, allow("/feed", caller("bob", "", "api web")))).isEqualTo("none");
    assertThat(objection(both, allow("/feed", caller("bob", "READER", "api web"))))
        .isEqualTo("none");
    assertThat(objection(both, allow("/feed", caller("bob", "", "api"))))
        .isEqualTo("insufficient_role[]");
    Decision.Allow one = allow("/feed", caller("bob", "", "api"));
    assertThat(objection(one, allow("/feed", caller("bob", "", "api web")))).isEqualTo("none");
  }

  @Test
  void a_reload_ends_only_those_whom_it_would_not_let_through() {
    Decision.Allow then = allow("/items", caller("bob", "ADMIN", ""));
    Policy more = policy(ROUTES.replace("permissions: {", "permissions: { a:first: New,"));
    assertThat(objection(then, decide(more, "/items", caller("bob", "ADMIN", ""))))
        .isEqualTo("none");
    String weaker = ROUTES.replace("[work:read, work:write]", "[work:read]");
    Policy less = policy(weaker);
    assertThat(objection(then, decide(less, "/items", caller("bob", "ADMIN", ""))))
        .isEqualTo("none");
    Policy stricter =
        policy(weaker.replace("items\", require: work:read", "items\", require: work:write"));
    assertThat(objection(then, decide(stricter, "/items", caller("bob", "ADMIN", ""))))
        .isEqualTo("insufficient_role[work:write]");
    Policy gone = policy(ROUTES.replace("GET /items", "GET /things"));
    assertThat(objection(then, decide(gone, "/items", caller("bob", "ADMIN", ""))))
        .isEqualTo("route_not_declared[]");
  }

  @Test
  void in_shadow_mode_nobody_is_ended() {
    Decision.Allow then = allow("/items", caller("bob", "ADMIN", ""));
    Policy shadow =
        policy(
            ROUTES.replace(
                "GET /items\", require: work:read",
                "GET /items\", require: work:read, mode: shadow"));
    assertThat(objection(then, decide(shadow, "/items", new Caller.Invalid()))).isEqualTo("none");
    assertThat(objection(then, decide(shadow, "/items", caller("bob", "READER", ""))))
        .isEqualTo("none");
  }
}
