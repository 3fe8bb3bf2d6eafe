package io.scopegate.tool;

import static org.assertj.core.api.Assertions.assertThat;

import io.scopegate.permission.Role;
import io.scopegate.policy.Authorizer;
import io.scopegate.policy.Bounds;
import io.scopegate.policy.Caller;
import io.scopegate.policy.Decision;
import io.scopegate.policy.Delegation;
import io.scopegate.policy.Membership;
import io.scopegate.policy.Organization;
import io.scopegate.policy.Policy;
import io.scopegate.policy.Principal;
import io.scopegate.route.CredentialKind;
import io.scopegate.route.HttpFields;
import io.scopegate.route.RequestLine;
import io.scopegate.route.Route;
import io.scopegate.route.RouteMatch;
import io.scopegate.route.Rule;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.LongStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** Compares the diff with brute force: every request of a small world, by every role and token. */
class PolicyDiffPropertyTest {
  private static final List<String> PATHS =
      List.of(
          "/x",
          "/x/y",
          "/x/else",
          "/x/somebody",
          "/else/y",
          "/x/else/",
          "/x/somebody/",
          "/x/y/",
          "/x/else/more",
          "/x/somebody/more",
          "/x/else:go",
          "/x/somebody:go",
          "/x/else:go/more",
          "/x/else/more/",
          "/else/y/",
          "/o/y",
          "/o/acme",
          "/o/acme/else",
          "/o/acme/p/api",
          "/o/acme/t/core",
          "/o/acme/t/core/p/api",
          "/o/acme/t/core/p/api/more",
          "/o/acme/p",
          "/o/acme/");
  private static final List<String> QUERIES = List.of("", "?q=v1", "?q=v2", "?q=v3", "?q=else");
  private static final List<Map<String, List<String>>> HEADERS =
      List.of(Map.of(), Map.of("X-H", List.of("h1")), Map.of("X-H", List.of("else")));

  /** Who asks: rows may ask whether a segment of the path names the caller. */
  private static final List<String> SUBJECTS = List.of("else", "y", "else:go");

  private static final List<String> SCOPES = List.of("*", "a", "b", "c", "d");

  @Property(tries = 300, seed = "20261121")
  void a_diff_tells_exactly_what_brute_force_finds(@ForAll long seed) {
    RandomTable table = new RandomTable(seed);
    Optional<Policy> before = table.policy();
    String old = table.text();
    table.edit();
    Optional<Policy> after = table.policy();
    if (before.isEmpty() || after.isEmpty()) {
      return; // A table with two equally specific rows is no table.
    }

    PolicyDiff diff = PolicyDiff.between(before.get(), after.get());

    Set<PolicyDiff.Change> told = new HashSet<>();
    told.addAll(diff.widened());
    told.addAll(diff.narrowed());
    told.removeIf(change -> !isPlain(change));
    assertThat(told)
        .as("from\n" + old + "to\n" + table.text())
        .containsExactlyInAnyOrderElementsOf(bruteForce(before.get(), after.get()));
  }

  @Test
  void most_random_tables_are_good_ones() {
    long good =
        LongStream.range(0, 200).filter(seed -> new RandomTable(seed).policy().isPresent()).count();

    assertThat(good).isGreaterThan(60);
  }

  /** Says whether it is told of one role and of one scope, which is what brute force tries. */
  private static boolean isPlain(PolicyDiff.Change change) {
    return (change.role().equals(PolicyDiff.ANONYMOUS) || change.role().matches("[a-z]+:[A-Z]"))
        && (change.role().equals(PolicyDiff.ANONYMOUS) || SCOPES.contains(change.scope()))
        && !change.from().contains("projects")
        && !change.to().contains("projects");
  }

  private static Set<PolicyDiff.Change> bruteForce(Policy before, Policy after) {
    Set<PolicyDiff.Change> changes = new HashSet<>();
    Set<List<Object>> tried = new HashSet<>();
    for (String method : List.of("GET", "HEAD", "POST", "PUT")) {
      for (String path : PATHS) {
        for (String query : QUERIES) {
          for (Map<String, List<String>> header : HEADERS) {
            RequestLine line = (RequestLine) RequestLine.parse(method, path + query, "localhost");
            compare(before, after, line, HttpFields.of(header), changes, tried);
          }
        }
      }
    }
    return changes;
  }

  private static void compare(
      Policy before,
      Policy after,
      RequestLine line,
      HttpFields fields,
      Set<PolicyDiff.Change> changes,
      Set<List<Object>> tried) {
    id(row(before, line, fields, Optional.empty()), row(after, line, fields, Optional.empty()))
        .ifPresent(
            id ->
                add(
                    changes,
                    PolicyDiff.ANONYMOUS,
                    PolicyDiff.EMPTY,
                    id,
                    decide(before, line, fields, new Caller.Anonymous()),
                    decide(after, line, fields, new Caller.Anonymous())));
    for (String subject : SUBJECTS) {
      Optional<Route> old = row(before, line, fields, Optional.of(subject));
      Optional<Route> now = row(after, line, fields, Optional.of(subject));
      // No place is named in the query or the header: they decide the row and nothing else.
      if (!tried.add(List.of(line.path(), old, now, subject))) {
        continue;
      }
      boolean sessions = wantsSession(old.or(() -> now)) && wantsSession(now.or(() -> old));
      id(old, now)
          .ifPresent(
              id -> {
                for (Role role : after.roles().roles()) {
                  for (String scope : SCOPES) {
                    add(
                        changes,
                        role.level().word() + ":" + role.name(),
                        scope,
                        id,
                        decide(
                            before, line, fields, caller(before, subject, role, scope, sessions)),
                        decide(after, line, fields, caller(after, subject, role, scope, sessions)));
                  }
                }
              });
    }
  }

  private static Optional<String> id(Optional<Route> old, Optional<Route> now) {
    return now.or(() -> old).map(Route::id);
  }

  private static boolean wantsSession(Optional<Route> row) {
    return row.isPresent()
        && row.get().rule() instanceof Rule.Permitted permitted
        && permitted.credential().equals(Optional.of(CredentialKind.SESSION));
  }

  private static Optional<Route> row(
      Policy policy, RequestLine line, HttpFields fields, Optional<String> subject) {
    return policy
        .routes()
        .match(line)
        .flatMap(
            match ->
                match.choose(fields, subject) instanceof RouteMatch.Chosen chosen
                    ? Optional.of(chosen.row())
                    : Optional.empty());
  }

  private static void add(
      Set<PolicyDiff.Change> changes,
      String role,
      String scope,
      String id,
      String from,
      String to) {
    if (from.equals("deny") != to.equals("deny")) {
      changes.add(new PolicyDiff.Change(role, scope, id, from, to));
    }
  }

  private static String decide(Policy policy, RequestLine line, HttpFields fields, Caller caller) {
    Decision decision = Authorizer.decide(policy, line, fields, caller);
    return decision instanceof Decision.Allow allow
        ? allow.overruled().isPresent() ? "shadow" : "allow"
        : "deny";
  }

  private static Caller caller(
      Policy policy, String subject, Role role, String scope, boolean session) {
    Organization acme =
        new Organization(
            "acme",
            Set.of("y"),
            Map.of(),
            Map.of(),
            Map.of("core", new Organization.Team("core", Set.of(), Set.of("api"))),
            Map.of("api", new Organization.Project("api", Set.of())));
    List<Membership> memberships = new ArrayList<>();
    Set<String> name = Set.of(role.name());
    memberships.add(
        switch (role.level()) {
          case ORGANIZATION -> new Membership(acme, name, Map.of(), Map.of());
          case TEAM -> new Membership(acme, Set.of(), Map.of("core", name), Map.of());
          case PROJECT -> new Membership(acme, Set.of(), Map.of(), Map.of("api", name));
        });
    return new Caller.Authenticated(
        new Principal(subject, memberships),
        Delegation.of(List.of(scope), Bounds.none(), policy),
        session ? CredentialKind.SESSION : CredentialKind.TOKEN,
        "t");
  }
}
