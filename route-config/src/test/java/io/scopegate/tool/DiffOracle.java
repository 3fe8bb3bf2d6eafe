package io.scopegate.tool;

import io.scopegate.policy.Authorizer;
import io.scopegate.policy.Caller;
import io.scopegate.policy.Code;
import io.scopegate.policy.Decision;
import io.scopegate.policy.Policy;
import io.scopegate.route.Cors;
import io.scopegate.route.CredentialKind;
import io.scopegate.route.HttpFields;
import io.scopegate.route.RequestLine;
import io.scopegate.route.Route;
import io.scopegate.route.RouteMatch;
import io.scopegate.route.Rule;
import io.scopegate.route.Source;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Finds what changes between two policies by brute force: every request of a small world is sent
 * through both, by every asker. It shares nothing with the diff but the decision itself. Confined
 * to one test.
 */
final class DiffOracle {
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
          "/o/here/t/second/p/here",
          "/o/here/t/here/p/second",
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

  /** Where pages are that ask; nobody names the last one. */
  private static final List<String> ORIGINS =
      List.of("https://a.example", "https://b.example", "https://else.example");

  /** Who asks: rows may ask whether a segment of the path names the caller. */
  private static final List<String> SUBJECTS = List.of("else", "y", "else:go", "somebody");

  private final Policy before;
  private final Policy after;
  private final List<Question> anonymous;
  private final List<Question> questions;
  private final Set<String> named;

  DiffOracle(Policy before, Policy after) {
    this.before = before;
    this.after = after;
    Map<List<Object>, Question> nobody = new HashMap<>();
    Map<List<Object>, Question> somebody = new HashMap<>();
    collect(nobody, somebody);
    this.anonymous = List.copyOf(nobody.values());
    this.questions = List.copyOf(somebody.values());
    this.named =
        Stream.of(before, after)
            .flatMap(policy -> policy.routes().routes().stream())
            .flatMap(row -> row.places().organization().stream())
            .flatMap(place -> place.sources().stream())
            .flatMap(source -> source instanceof Source.Fixed is ? Stream.of(is.id()) : Stream.of())
            .collect(Collectors.toSet());
  }

  /**
   * An answer that changes.
   *
   * @param roles who asks; nobody in particular if the change is one of hiding
   * @param setting how the organization has set the only setting there is; empty if it has not
   * @param scope what the token carries
   * @param route the id of the row in the new table, or in the old one
   */
  record Fact(Set<String> roles, String setting, String scope, String route, Direction direction) {
    boolean isAbout(Fact other) {
      return route.equals(other.route) && direction == other.direction;
    }
  }

  /**
   * A request that is decided like no other.
   *
   * @param isClear whether neither table finds it ambiguous
   */
  private record Question(
      RequestLine line,
      HttpFields fields,
      String subject,
      Optional<Route> old,
      Optional<Route> now,
      boolean isClear) {
    String id() {
      return now.or(() -> old).map(Route::id).orElse("");
    }

    /** Returns whether it opens a WebSocket: only a GET can, and here only if some row takes it. */
    List<Boolean> openings() {
      boolean mayOpen =
          line.method().equals("GET")
              && (taken(old, true).isPresent() || taken(now, true).isPresent());
      return mayOpen ? List.of(false, true) : List.of(false);
    }

    /** Tokens say more, but where both rows want a session there are none. */
    CredentialKind kind(boolean webSocket) {
      Optional<Route> first = taken(old, webSocket);
      Optional<Route> second = taken(now, webSocket);
      return Stream.of(first.or(() -> second), second.or(() -> first))
              .allMatch(Question::wantsSession)
          ? CredentialKind.SESSION
          : CredentialKind.TOKEN;
    }

    private static Optional<Route> taken(Optional<Route> row, boolean webSocket) {
      return row.filter(one -> !webSocket || one.forwarding().webSocket());
    }

    private static boolean wantsSession(Optional<Route> row) {
      return row.isPresent()
          && row.get().rule() instanceof Rule.Permitted permitted
          && permitted.credential().equals(Optional.of(CredentialKind.SESSION));
    }
  }

  /**
   * What a caller gets.
   *
   * @param projects which ones the backend serves: all that are and will be, unless it is told some
   */
  private record Answer(boolean allowed, Set<String> projects, boolean hidden, boolean stranger) {
    private static final Set<String> ALL = Set.of("*", DiffAsker.HERE, DiffAsker.SECOND);

    static Answer of(Decision decision) {
      if (decision instanceof Decision.Deny deny) {
        return new Answer(
            false, Set.of(), deny.code() == Code.NOT_FOUND, deny.code() == Code.NOT_A_MEMBER);
      }
      Decision.Allow allow = (Decision.Allow) decision;
      Optional<Decision.Listing> listing =
          allow.listing().filter(list -> list.kind() == Decision.Listing.Kind.PROJECTS);
      // In shadow mode whoever holds nothing is let through without a list: it keeps out nobody.
      boolean enforced = !allow.row().forwarding().shadow();
      boolean some = enforced && listing.isPresent() && !listing.get().everywhere();
      return new Answer(true, some ? Set.copyOf(listing.get().ids()) : ALL, false, false);
    }

    boolean exceeds(Answer other) {
      return allowed && !(other.allowed && other.projects.containsAll(projects));
    }

    boolean reveals(Answer other) {
      return stranger && other.hidden;
    }

    Set<Direction> since(Answer old) {
      Set<Direction> directions = EnumSet.noneOf(Direction.class);
      if (exceeds(old)) {
        directions.add(Direction.WIDENED);
      }
      if (old.exceeds(this)) {
        directions.add(Direction.NARROWED);
      }
      return directions;
    }
  }

  /**
   * What a page may do.
   *
   * @param abilities absent if the backend says it, which may be anything
   */
  private record Page(Optional<Set<String>> abilities) {
    static Page of(Optional<Route> row, String origin) {
      Set<String> abilities = new HashSet<>();
      if (row.isPresent() && row.get().cors().isEmpty()) {
        return new Page(Optional.empty());
      }
      Optional<Cors> cors = row.flatMap(Route::cors);
      if (cors.flatMap(one -> one.origin(HttpFields.of(Map.of("Origin", List.of(origin)))))
          .isPresent()) {
        abilities.add("come");
        if (cors.get().trusts(origin)) {
          abilities.add("session");
        }
        names(cors.get().allowedHeaders()).forEach(name -> abilities.add("send " + name));
        names(cors.get().exposedHeaders()).forEach(name -> abilities.add("read " + name));
      }
      return new Page(Optional.of(abilities));
    }

    private static List<String> names(String list) {
      return list.isEmpty() ? List.of() : List.of(list.split(", "));
    }

    boolean exceeds(Page other) {
      if (abilities.isEmpty() || other.abilities.isEmpty()) {
        return !abilities.equals(other.abilities)
            && !abilities.equals(Optional.of(Set.<String>of()));
      }
      return !other.abilities.get().containsAll(abilities.get());
    }
  }

  /** Returns what changes for callers without a credential. */
  Set<Fact> foundAnonymous() {
    Set<Fact> facts = new HashSet<>();
    for (Question question : anonymous) {
      Caller nobody = new Caller.Anonymous();
      for (boolean webSocket : question.openings()) {
        Answer old = ask(before, question, nobody, webSocket);
        Answer now = ask(after, question, nobody, webSocket);
        for (Direction direction : now.since(old)) {
          facts.add(new Fact(Set.of(PolicyDiff.ANONYMOUS), "", "", question.id(), direction));
        }
      }
    }
    return facts;
  }

  /** Returns what changes for pages of other sites, where a row says anything of them. */
  Set<Fact> foundPages() {
    Set<Fact> facts = new HashSet<>();
    for (Question question : Stream.of(anonymous, questions).flatMap(Collection::stream).toList()) {
      // What a page may do is said of requests that it would send: not of ambiguous ones.
      List<Cors> said =
          Stream.of(question.old(), question.now())
              .filter(row -> question.isClear())
              .flatMap(row -> row.flatMap(Route::cors).stream())
              .toList();
      for (String origin : said.isEmpty() ? List.<String>of() : ORIGINS) {
        boolean isNamed = said.stream().anyMatch(cors -> cors.origins().contains(origin));
        Page old = Page.of(question.old(), origin);
        Page now = Page.of(question.now(), origin);
        Set<String> page = Set.of(PolicyDiff.PAGE);
        String scope = isNamed ? origin : PolicyDiff.EVERYTHING;
        if (now.exceeds(old)) {
          facts.add(new Fact(page, "", scope, question.id(), Direction.WIDENED));
        }
        if (old.exceeds(now)) {
          facts.add(new Fact(page, "", scope, question.id(), Direction.NARROWED));
        }
      }
    }
    return facts;
  }

  /** Returns what changes for an asker whose credential carries these scopes. */
  Set<Fact> found(DiffAsker asker, String scope) {
    return found(asker, scope, asker.worlds(named));
  }

  /** Says whether any request shows the change. */
  boolean shows(Fact fact) {
    DiffAsker asker = new DiffAsker(fact.roles(), fact.setting());
    return found(asker, fact.scope(), DiffAsker.allWorlds(named)).contains(fact);
  }

  private Set<Fact> found(DiffAsker asker, String scope, List<DiffAsker.World> worlds) {
    Set<Fact> facts = new HashSet<>();
    for (DiffAsker.World world : worlds) {
      Map<List<Object>, List<Caller>> callers = new HashMap<>();
      for (Question question : questions) {
        for (boolean webSocket : question.openings()) {
          CredentialKind kind =
              scope.equals(PolicyDiff.SESSION) ? CredentialKind.SESSION : question.kind(webSocket);
          List<Caller> both =
              callers.computeIfAbsent(
                  List.of(question.subject(), kind),
                  any ->
                      Stream.of(before, after)
                          .map(
                              policy ->
                                  asker.caller(question.subject(), scope, kind, world, policy))
                          .toList());
          Answer old = ask(before, question, both.get(0), webSocket);
          Answer now = ask(after, question, both.get(1), webSocket);
          for (Direction direction : now.since(old)) {
            facts.add(asker.fact(scope, question.id(), direction));
          }
          if (now.reveals(old)) {
            facts.add(hiding(question.id(), Direction.WIDENED));
          }
          if (old.reveals(now)) {
            facts.add(hiding(question.id(), Direction.NARROWED));
          }
        }
      }
    }
    return facts;
  }

  /** Returns the change of a row that hides its place no longer, or hides it now. */
  static Fact hiding(String route, Direction direction) {
    return new Fact(Set.of(), "", "hiding", route, direction);
  }

  /** Asks; the proxy refuses a WebSocket that is allowed, if its row does not take it. */
  private static Answer ask(Policy policy, Question question, Caller caller, boolean webSocket) {
    Decision decision = Authorizer.decide(policy, question.line(), question.fields(), caller);
    return webSocket
            && decision instanceof Decision.Allow allow
            && !allow.row().forwarding().webSocket()
        ? new Answer(false, Set.of(), false, false)
        : Answer.of(decision);
  }

  private void collect(Map<List<Object>, Question> nobody, Map<List<Object>, Question> somebody) {
    Collection<HttpFields> headers = new ArrayList<>();
    HEADERS.forEach(header -> headers.add(HttpFields.of(Map.of("X-H", header))));
    Set<String> targets = new LinkedHashSet<>();
    for (String path : PATHS) {
      for (String query : QUERIES) {
        ORGANIZATIONS.forEach(organization -> targets.add(path + "?" + query + organization));
      }
    }
    for (String method : List.of("GET", "HEAD", "POST", "PUT")) {
      for (String target : targets) {
        RequestLine line = (RequestLine) RequestLine.parse(method, target, "localhost");
        Optional<RouteMatch> old = before.routes().match(line);
        Optional<RouteMatch> now = after.routes().match(line);
        for (HttpFields fields : headers) {
          add(nobody, line, fields, Optional.empty(), old, now);
          // Who asks decides which row is met, and nothing else.
          SUBJECTS.forEach(one -> add(somebody, line, fields, Optional.of(one), old, now));
        }
      }
    }
  }

  private static void add(
      Map<List<Object>, Question> questions,
      RequestLine line,
      HttpFields fields,
      Optional<String> subject,
      Optional<RouteMatch> before,
      Optional<RouteMatch> after) {
    Optional<Route> old = before.flatMap(match -> row(match, fields, subject));
    Optional<Route> now = after.flatMap(match -> row(match, fields, subject));
    if (old.isEmpty() && now.isEmpty()) {
      return;
    }
    boolean isClear =
        Stream.of(before, after)
            .flatMap(Optional::stream)
            .noneMatch(match -> match.choose(fields, subject) instanceof RouteMatch.Ambiguous);
    String target = line.target();
    // Besides the row that is met only the places decide, and only these paths and keys name any.
    String path = target.startsWith("/o/") ? target.substring(0, target.indexOf('?')) : "";
    int key = target.indexOf("&o=");
    String organization = key < 0 ? "" : target.substring(key);
    questions.putIfAbsent(
        List.of(path, organization, old, now, isClear),
        new Question(line, fields, subject.orElse(""), old, now, isClear));
  }

  private static Optional<Route> row(
      RouteMatch match, HttpFields fields, Optional<String> subject) {
    return match.choose(fields, subject) instanceof RouteMatch.Chosen chosen
        ? Optional.of(chosen.row())
        : Optional.empty();
  }
}
