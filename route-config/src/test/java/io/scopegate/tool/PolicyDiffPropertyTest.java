package io.scopegate.tool;

import static org.assertj.core.api.Assertions.assertThat;

import io.scopegate.permission.Level;
import io.scopegate.policy.Authorizer;
import io.scopegate.policy.Caller;
import io.scopegate.policy.Policy;
import io.scopegate.policy.Principal;
import io.scopegate.route.CredentialKind;
import io.scopegate.route.HttpFields;
import io.scopegate.route.RequestLine;
import io.scopegate.route.Route;
import io.scopegate.route.RouteMatch;
import io.scopegate.route.Rule;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Compares the diff with brute force: every request of a small world, by holders of up to three
 * roles, with tokens that are bound or not.
 */
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
          "/o/here",
          "/o/here/else",
          "/o/none",
          "/o/none/p/here",
          "/o/none/t/here",
          "/o/none/t/here/p/here",
          "/o/here/p/here",
          "/o/here/p/none",
          "/o/here/t/here",
          "/o/here/t/none",
          "/o/here/t/here/p/here",
          "/o/here/t/second/p/second",
          "/o/here/t/here/p/none",
          "/o/here/t/none/p/here",
          "/o/here/t/none/p/none",
          "/o/here/t/here/p/here/more",
          "/o/none/t/here/p/here/more",
          "/o/here/p",
          "/o/here/");
  private static final List<String> QUERIES =
      List.of("q=v1", "q=v2", "q=v3", "q=else", "q=v1&q=v1", "");
  private static final List<String> ORGANIZATIONS =
      List.of("", "&o=here", "&o=none", "&o=here&o=here");
  private static final List<List<String>> HEADERS =
      List.of(List.of(), List.of("h1"), List.of("else"), List.of("h1", "h1"));

  /** Who asks: rows may ask whether a segment of the path names the caller. */
  private static final List<String> SUBJECTS = List.of("else", "y", "else:go", "somebody");

  private static final List<String> SCOPES = List.of("*", "a", "b", "c", "d");

  /** What brute force finds and the diff has to tell. */
  private record Fact(Set<String> roles, String scope, String route, Direction direction) {
    boolean isAbout(Fact other) {
      return route.equals(other.route) && direction == other.direction;
    }
  }

  @Test
  void a_diff_tells_exactly_what_brute_force_finds() {
    LongStream.range(0, 3).forEach(PolicyDiffPropertyTest::check);
  }

  @Test
  @Tag("long")
  void a_diff_tells_exactly_what_brute_force_finds_in_many_tables() {
    LongStream.range(3, 200).forEach(PolicyDiffPropertyTest::check);
  }

  private static void check(long seed) {
    RandomTable table = new RandomTable(seed);
    Optional<Policy> before = table.policy();
    String old = table.text();
    table.edit();
    Optional<Policy> after = table.policy();
    if (before.isEmpty() || after.isEmpty()) {
      return; // A table with two equally specific rows is no table.
    }

    PolicyDiff diff = PolicyDiff.between(before.get(), after.get());

    String tables = "seed " + seed + " from\n" + old + "to\n" + table.text();
    Set<Fact> told = new HashSet<>();
    diff.widened().forEach(change -> told.add(fact(change, Direction.WIDENED)));
    diff.narrowed().forEach(change -> told.add(fact(change, Direction.NARROWED)));
    BruteForce force = new BruteForce(before.get(), after.get());
    Set<Fact> found = force.found(holders());
    // Of one role and one scope exactly what changes is told.
    assertThat(told.stream().filter(PolicyDiffPropertyTest::isPlain))
        .as(tables)
        .containsExactlyInAnyOrderElementsOf(
            found.stream().filter(PolicyDiffPropertyTest::isPlain).toList());
    // Of several roles what no part of them shows.
    assertThat(found.stream().filter(fact -> told.stream().noneMatch(known -> covers(known, fact))))
        .as(tables)
        .isEmpty();
    Set<Fact> beyond =
        told.stream()
            .filter(fact -> fact.roles().size() > 1 || fact.toString().contains("custom"))
            .filter(fact -> SCOPES.contains(fact.scope()))
            .collect(Collectors.toSet());
    assertThat(beyond.stream().filter(fact -> !force.found(List.of(held(fact))).contains(fact)))
        .as(tables)
        .isEmpty();
  }

  /**
   * Says whether a change is told of less than this holder, or of anybody if its roles are custom.
   */
  private static boolean covers(Fact told, Fact found) {
    boolean custom = found.roles().stream().anyMatch(role -> role.contains("custom"));
    // Where no team is named, it makes no difference at which one a role is held.
    Set<String> held = new HashSet<>(found.roles());
    found.roles().forEach(role -> held.add(role.replace("@another", "")));
    return told.isAbout(found) && (custom || held.containsAll(told.roles()));
  }

  @Test
  void most_random_tables_are_good_ones() {
    long good =
        LongStream.range(0, 200).filter(seed -> new RandomTable(seed).policy().isPresent()).count();

    assertThat(good).isGreaterThan(60);
  }

  /** Says whether it is told of one declared role and of one scope. */
  private static boolean isPlain(Fact fact) {
    return fact.roles().size() == 1
        && fact.roles().stream().allMatch(role -> role.matches("anonymous|[a-z]+:[A-Z]"))
        && (fact.roles().contains(PolicyDiff.ANONYMOUS) || SCOPES.contains(fact.scope()));
  }

  private static Fact fact(PolicyDiff.Change change, Direction direction) {
    // What a setting takes is told, but not tried here.
    String role =
        change.role().contains("s on)") || change.role().contains("s off)")
            ? "setting"
            : change.role().split(" \\(", 2)[0];
    Set<String> roles = Arrays.stream(role.split("\\+")).collect(Collectors.toSet());
    return new Fact(roles, change.scope(), change.route(), direction);
  }

  /** Returns the holders of one, two and three roles. */
  private static List<List<Holder.Held>> holders() {
    List<Holder.Held> roles =
        List.of(
            Holder.Held.declared(Level.ORGANIZATION, "O"),
            Holder.Held.declared(Level.ORGANIZATION, "P"),
            Holder.Held.declared(Level.TEAM, "T"),
            Holder.Held.declared(Level.TEAM, "T").at(Holder.SECOND),
            Holder.Held.declared(Level.PROJECT, "Q"),
            Holder.Held.declared(Level.PROJECT, "R"));
    List<List<Holder.Held>> sets = new ArrayList<>();
    for (int bits = 1; bits < 1 << roles.size(); bits++) {
      List<Holder.Held> set = new ArrayList<>();
      for (int i = 0; i < roles.size(); i++) {
        if ((bits & 1 << i) != 0) {
          set.add(roles.get(i));
        }
      }
      if (set.size() <= 3 && !(set.size() == 1 && set.get(0).place().equals(Holder.SECOND))) {
        sets.add(set);
      }
    }
    for (Level level : Level.values()) {
      SCOPES.subList(1, 5).forEach(p -> sets.add(List.of(Holder.Held.custom(level, List.of(p)))));
    }
    return sets;
  }

  private static List<Holder.Held> held(Fact fact) {
    return fact.roles().stream().map(PolicyDiffPropertyTest::held).toList();
  }

  private static Holder.Held held(String label) {
    Level level = Level.of(label.substring(0, label.indexOf(':'))).orElseThrow();
    String name = label.substring(label.indexOf(':') + 1).replace("@another", "");
    Holder.Held role =
        name.startsWith("custom(")
            ? Holder.Held.custom(level, List.of(name.substring(7, name.length() - 1).split(",")))
            : Holder.Held.declared(level, name);
    return label.endsWith("@another") ? role.at(Holder.SECOND) : role;
  }

  /** Sends every request through both policies. */
  private record BruteForce(Policy before, Policy after) {

    /** A request that is decided like no other. */
    private record Question(
        RequestLine line,
        HttpFields fields,
        String subject,
        Optional<Route> old,
        Optional<Route> now) {
      String id() {
        return now.or(() -> old).map(Route::id).orElse("");
      }

      CredentialKind kind() {
        return Stream.of(old.or(() -> now), now.or(() -> old)).allMatch(BruteForce::wantsSession)
            ? CredentialKind.SESSION
            : CredentialKind.TOKEN;
      }
    }

    private static boolean wantsSession(Optional<Route> row) {
      return row.isPresent()
          && row.get().rule() instanceof Rule.Permitted permitted
          && permitted.credential().equals(Optional.of(CredentialKind.SESSION));
    }

    Set<Fact> found(List<List<Holder.Held>> holders) {
      Set<Fact> facts = new HashSet<>();
      for (Question question : questions(Optional.empty()).values()) {
        add(facts, Set.of(PolicyDiff.ANONYMOUS), "", question, policy -> new Caller.Anonymous());
      }
      Map<List<Object>, Question> all = new HashMap<>();
      for (String subject : SUBJECTS) {
        // Who asks decides which row is met, and nothing else.
        questions(Optional.of(subject)).forEach((key, question) -> all.putIfAbsent(key, question));
      }
      for (List<Holder.Held> roles : holders) {
        boolean isOneOfMany = holders.size() > 1 && roles.size() > 1;
        List<String> scopes = isOneOfMany ? SCOPES.subList(0, 3) : SCOPES;
        all.values().forEach(question -> ask(facts, roles, scopes, question));
      }
      return facts;
    }

    private void ask(
        Set<Fact> facts, List<Holder.Held> roles, List<String> scopes, Question question) {
      Set<String> labels = roles.stream().map(Holder.Held::label).collect(Collectors.toSet());
      Holder holder = new Holder(roles, Map.of());
      for (String scope : scopes) {
        for (Holder.Situation situation : Holder.Situation.values()) {
          add(
              facts,
              labels,
              scope,
              question,
              policy ->
                  renamed(
                      question.subject(),
                      holder.with(List.of(scope), question.kind(), policy, situation)));
        }
      }
    }

    private static Caller renamed(String subject, Caller.Authenticated caller) {
      return new Caller.Authenticated(
          new Principal(subject, caller.principal().memberships()),
          caller.delegation(),
          caller.kind(),
          caller.tokenId());
    }

    private void add(
        Set<Fact> facts,
        Set<String> roles,
        String scope,
        Question question,
        Function<Policy, Caller> caller) {
      decide(after, question, caller)
          .since(decide(before, question, caller))
          .forEach(direction -> facts.add(new Fact(roles, scope, question.id(), direction)));
    }

    private static Outcome decide(
        Policy policy, Question question, Function<Policy, Caller> caller) {
      return Outcome.of(
          Authorizer.decide(policy, question.line(), question.fields(), caller.apply(policy)));
    }

    private Map<List<Object>, Question> questions(Optional<String> subject) {
      Map<List<Object>, Question> questions = new HashMap<>();
      for (String method : List.of("GET", "HEAD", "POST", "PUT")) {
        for (String path : PATHS) {
          for (String query : QUERIES) {
            for (String organization : ORGANIZATIONS) {
              RequestLine line =
                  (RequestLine)
                      RequestLine.parse(method, path + "?" + query + organization, "localhost");
              for (List<String> header : HEADERS) {
                HttpFields fields = HttpFields.of(Map.of("X-H", header));
                Optional<Route> old = row(before, line, fields, subject);
                Optional<Route> now = row(after, line, fields, subject);
                if (old.isPresent() || now.isPresent()) {
                  // `q` and the header decide which rows are met and nothing else.
                  questions.putIfAbsent(
                      List.of(path, organization, old, now),
                      new Question(line, fields, subject.orElse(""), old, now));
                }
              }
            }
          }
        }
      }
      return questions;
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
  }
}
