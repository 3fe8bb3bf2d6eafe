package io.scopegate.tool;

import io.scopegate.file.PolicyTestFile;
import io.scopegate.policy.Authorizer;
import io.scopegate.policy.Caller;
import io.scopegate.policy.Decision;
import io.scopegate.policy.Delegation;
import io.scopegate.policy.Identities;
import io.scopegate.policy.Policy;
import io.scopegate.policy.Principal;
import io.scopegate.route.Condition;
import io.scopegate.route.CredentialKind;
import io.scopegate.route.HttpFields;
import io.scopegate.route.Reading;
import io.scopegate.route.RequestLine;
import io.scopegate.route.Route;
import io.scopegate.route.RouteMatch;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Runs policy tests through the very function that decides at the edge. Safe from any thread. */
public final class PolicyTests {
  private PolicyTests() {}

  /**
   * What came of a test.
   *
   * @param expected what the file wants, in its words
   * @param decision what was decided: {@code allow} or {@code deny}
   * @param code why it was refused
   * @param explanation the whole decision
   * @param touched the ids of the rows that the test is about: the one that decided, or, where none
   *     did, those whose condition never holds, which are there to keep the request from others
   */
  public record Result(
      String name,
      boolean passed,
      String expected,
      String decision,
      Optional<String> code,
      Explanation explanation,
      Set<String> touched) {

    /** Copies what it is given. */
    public Result {
      touched = Set.copyOf(touched);
    }

    /** Returns what was wanted and what came instead, in a line. */
    public String failure() {
      return "expected " + expected + ", got " + decision + code.map(word -> " " + word).orElse("");
    }
  }

  /** Returns the ids of the rows that no test touches, in the order of the table. */
  public static List<String> untouched(Policy policy, Collection<Result> results) {
    Set<String> touched = new HashSet<>();
    results.forEach(result -> touched.addAll(result.touched()));
    return policy.routes().routes().stream()
        .map(Route::id)
        .filter(id -> !touched.contains(id))
        .toList();
  }

  /** Runs every test of a file. */
  public static List<Result> run(Policy policy, PolicyTestFile file) {
    return file.cases().stream().map(each -> run(policy, file.identities(), each)).toList();
  }

  private static Result run(Policy policy, Identities identities, PolicyTestFile.Case test) {
    Reading reading =
        RequestLine.parse(test.request().method(), test.request().target(), test.request().host());
    Decision decision =
        Authorizer.decide(
            policy,
            reading,
            HttpFields.of(test.request().fields()),
            caller(policy, identities, test));
    Explanation explanation = Explanation.of(decision);
    return new Result(
        test.name(),
        isAsExpected(test.expectation(), decision, explanation),
        words(test.expectation()),
        explanation.decision(),
        explanation.code(),
        explanation,
        touched(policy, reading, explanation));
  }

  private static Caller caller(Policy policy, Identities identities, PolicyTestFile.Case test) {
    if (test.subject().equals(PolicyTestFile.ANONYMOUS)) {
      return new Caller.Anonymous();
    }
    Optional<Principal> principal = identities.principal(test.subject());
    if (principal.isEmpty()) {
      return new Caller.Invalid();
    }
    if (test.token().stream()
        .flatMap(token -> token.scopes().stream())
        .anyMatch(unknownTo(policy))) {
      return new Caller.Invalid(); // No token is issued with such a scope.
    }
    return test.token()
        .map(
            token ->
                new Caller.Authenticated(
                    principal.get(),
                    Delegation.of(token.scopes(), token.bounds(), policy),
                    CredentialKind.TOKEN,
                    "test"))
        .orElseGet(() -> Caller.Authenticated.session(principal.get()));
  }

  private static Predicate<String> unknownTo(Policy policy) {
    return scope ->
        !scope.equals("*")
            && policy.catalog().find(scope).filter(permission -> !permission.planned()).isEmpty();
  }

  /** Returns the row that decided, or, where none did, those that keep the request from others. */
  private static Set<String> touched(Policy policy, Reading reading, Explanation explanation) {
    if (explanation.route().isPresent()) {
      return Set.of(explanation.route().get().id());
    }
    return reading instanceof RequestLine line
        ? policy.routes().match(line).map(RouteMatch::rows).orElse(List.of()).stream()
            .filter(row -> row.when().filter(Condition::neverHolds).isPresent())
            .map(Route::id)
            .collect(Collectors.toSet())
        : Set.of();
  }

  private static boolean isAsExpected(
      PolicyTestFile.Expectation expected, Decision decision, Explanation explanation) {
    boolean allowed = !(decision instanceof Decision.Deny);
    return allowed == expected.allow()
        && (expected.code().isEmpty() || expected.code().equals(explanation.code()))
        && (expected.projects().isEmpty() || expected.projects().equals(projects(decision)))
        && expected.missing().entrySet().stream()
            .allMatch(entry -> names(entry, explanation).equals(sorted(entry)));
  }

  private static List<String> names(
      Map.Entry<String, List<String>> expected, Explanation explanation) {
    return explanation.missing().getOrDefault(expected.getKey(), List.of());
  }

  private static List<String> sorted(Map.Entry<String, List<String>> expected) {
    return expected.getValue().stream().sorted().toList();
  }

  private static Optional<List<String>> projects(Decision decision) {
    return decision instanceof Decision.Allow allow
        ? allow.listing().map(listing -> listing.everywhere() ? List.of("*") : listing.ids())
        : Optional.empty();
  }

  private static String words(PolicyTestFile.Expectation expected) {
    return (expected.allow() ? "allow" : "deny")
        + expected.code().map(code -> " " + code).orElse("")
        + expected.projects().map(ids -> " projects " + ids).orElse("")
        + (expected.missing().isEmpty() ? "" : " missing " + expected.missing());
  }
}
