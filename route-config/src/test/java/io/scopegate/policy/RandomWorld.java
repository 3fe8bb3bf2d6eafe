package io.scopegate.policy;

import io.scopegate.permission.Level;
import io.scopegate.permission.Permission;
import io.scopegate.permission.PermissionCatalog;
import io.scopegate.permission.Role;
import io.scopegate.route.CredentialKind;
import io.scopegate.route.Expression;
import io.scopegate.route.Place;
import io.scopegate.route.Places;
import io.scopegate.route.Requirement;
import io.scopegate.route.Rows;
import io.scopegate.route.Rule;
import io.scopegate.route.Source;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A small policy, who holds what under it, and questions. Confined to one test. */
final class RandomWorld {
  private static final List<String> PERMISSIONS = List.of("a", "b", "c", "d", "tied", "planned");
  private static final List<String> REQUIRED = PERMISSIONS.subList(0, 4);
  private static final List<String> PROJECTS = List.of("x", "y", "z");
  private static final List<String> TEAMS = List.of("s", "t");

  private final Random random;
  private final Map<String, List<String>> implies = new HashMap<>();
  private final Policy policy;
  private final List<Organization> organizations;

  RandomWorld(long seed) {
    this.random = new Random(seed);
    for (int i = 1; i < PERMISSIONS.size(); i++) {
      // Only downwards, so that nothing implies itself.
      implies.put(PERMISSIONS.get(i), some(PERMISSIONS.subList(0, i), 5));
    }
    PermissionCatalog catalog =
        PermissionCatalog.of(PERMISSIONS.stream().map(RandomWorld::permission).toList(), implies);
    List<Role> roles = new ArrayList<>();
    for (Level level : Level.values()) {
      roles(level).forEach(name -> roles.add(role(level, name, catalog)));
    }
    this.policy =
        new Policy(
            1,
            catalog,
            RoleBook.of(roles, catalog),
            Map.of("on", true, "off", false),
            Rows.table(List.of()),
            false,
            List.of());
    this.organizations = List.of(organization("acme"), organization("beta"));
  }

  /** A request and who makes it. */
  record Question(
      DecisionOracle.Request request, Caller.Authenticated caller, String template, String path) {

    Policy policy(RandomWorld world) {
      Map<Level, Place> places = request.places();
      Rows.Row row =
          Rows.row("GET " + template)
              .rule(request.rule())
              .places(
                  new Places(
                      Optional.ofNullable(places.get(Level.ORGANIZATION)),
                      Optional.ofNullable(places.get(Level.TEAM)),
                      Optional.ofNullable(places.get(Level.PROJECT))));
      Policy policy = world.policy;
      return new Policy(
          1,
          policy.catalog(),
          policy.roles(),
          policy.settings(),
          Rows.table(row),
          false,
          List.of());
    }
  }

  DecisionOracle oracle() {
    return new DecisionOracle(policy, implies);
  }

  Question question() {
    Rule.Target target = pick(List.of(Rule.Target.values()));
    boolean anywhere = target == Rule.Target.ANY_ORGANIZATION;
    boolean lists = target == Rule.Target.LISTED_PROJECTS;
    boolean team = target == Rule.Target.TEAM || (!anywhere && oneIn(3));
    boolean project = target == Rule.Target.PROJECT || (!anywhere && !lists && oneIn(3));
    Map<Level, Place> places = new EnumMap<>(Level.class);
    if (!anywhere) {
      places.put(Level.ORGANIZATION, place(Level.ORGANIZATION));
    }
    if (team) {
      places.put(Level.TEAM, place(Level.TEAM));
    }
    if (project || (lists && !oneIn(3))) {
      places.put(Level.PROJECT, place(Level.PROJECT));
    }
    Set<Level> tested = new LinkedHashSet<>(places.keySet());
    if (lists) {
      tested.add(Level.PROJECT);
    }
    String here = anywhere ? "acme" : pick(List.of("acme", "acme", "acme", "4711", "beta", "no"));
    String inTeam = team ? pick(List.of("s", "t", "no")) : null;
    String inProject = project ? pick(List.of("x", "y", "z", "ex", "no")) : null;
    DecisionOracle.Request request =
        new DecisionOracle.Request(
            new Rule.Permitted(
                Requirement.of(expression(target, tested, 2), policy.catalog()),
                demanded(tested),
                target,
                Optional.empty()),
            places,
            here,
            inTeam,
            inProject);
    return new Question(
        request,
        caller(),
        "/r"
            + part("{organization}", !anywhere)
            + part("{team}", team)
            + part("{project}", project),
        "/r" + part(here, !anywhere) + part(inTeam, team) + part(inProject, project));
  }

  private static String part(@Nullable String word, boolean there) {
    return there ? "/" + word : "";
  }

  private static Permission permission(String name) {
    Optional<Level> level = name.equals("tied") ? Optional.of(Level.PROJECT) : Optional.empty();
    return new Permission(name, "", name.equals("planned"), level);
  }

  private static List<String> roles(Level level) {
    return switch (level) {
      case ORGANIZATION -> List.of("O0", "O1", "O2");
      case TEAM -> List.of("T0", "T1");
      case PROJECT -> List.of("P0", "P1", "P2");
    };
  }

  private Role role(Level level, String name, PermissionCatalog catalog) {
    List<String> names = roles(level);
    Map<Level, String> actsAs = new EnumMap<>(Level.class);
    Map<Level, String> onJoin = new EnumMap<>(Level.class);
    for (Level below : Level.values()) {
      if (below.compareTo(level) > 0) {
        if (oneIn(4)) {
          actsAs.put(below, pick(roles(below)));
        }
        if (oneIn(4)) {
          onJoin.put(below, pick(roles(below)));
        }
      }
    }
    List<Role.Grant> grants =
        Stream.of(Set.<String>of(), Set.of(pick(List.of("on", "off"))))
            .map(settings -> new Role.Grant(catalog.of(some(PERMISSIONS, 5)), settings))
            .toList();
    Set<String> includes = new HashSet<>(some(names.subList(0, names.indexOf(name)), 3));
    return new Role(level, name, "", includes, grants, actsAs, onJoin);
  }

  private Organization organization(String id) {
    Map<String, Organization.Team> teams = new HashMap<>();
    TEAMS.forEach(
        team ->
            teams.put(
                team, new Organization.Team(team, Set.of(), new HashSet<>(some(PROJECTS, 3)))));
    Map<String, Organization.Project> projects = new HashMap<>();
    PROJECTS.forEach(
        project ->
            projects.put(
                project,
                new Organization.Project(project, project.equals("x") ? Set.of("ex") : Set.of())));
    return new Organization(
        id,
        id.equals("acme") ? Set.of("4711") : Set.of(),
        oneIn(2) ? Map.of("off", true) : Map.of("on", false),
        Map.of(
            Level.PROJECT, Map.of("OWN", some(PERMISSIONS, 3)),
            Level.ORGANIZATION, Map.of("OWN", some(PERMISSIONS, 5))),
        teams,
        projects);
  }

  private Caller.Authenticated caller() {
    List<Membership> memberships = new ArrayList<>();
    for (Organization organization : organizations) {
      if (!oneIn(4)) {
        memberships.add(
            new Membership(
                organization,
                held(Level.ORGANIZATION),
                heldAt(TEAMS, Level.TEAM),
                heldAt(PROJECTS, Level.PROJECT)));
      }
    }
    List<String> scopes = some(Stream.concat(PERMISSIONS.stream(), Stream.of("gone")).toList(), 2);
    return new Caller.Authenticated(
        new Principal("alice", memberships),
        oneIn(3) ? new Delegation.Full(bounds()) : new Delegation.Restricted(scopes, bounds()),
        CredentialKind.TOKEN,
        "token-1");
  }

  private Bounds bounds() {
    return switch (random.nextInt(6)) {
      case 0 -> Bounds.organization("acme");
      case 1 -> Bounds.organization("beta");
      case 2 -> Bounds.projects("acme", oneIn(2) ? List.of("x") : List.of("y", "z"));
      default -> Bounds.none();
    };
  }

  private Map<String, Set<String>> heldAt(List<String> places, Level level) {
    Map<String, Set<String>> held = new HashMap<>();
    some(places, 3).forEach(place -> held.put(place, held(level)));
    return held;
  }

  private Set<String> held(Level level) {
    return new HashSet<>(
        some(Stream.concat(roles(level).stream(), Stream.of("OWN", "GONE")).toList(), 4));
  }

  private Place place(Level level) {
    Place.Reach reach = oneIn(2) ? Place.Reach.MEMBERS : Place.Reach.ORGANIZATION;
    return new Place(level, List.of(new Source.PathParameter(level.word())), reach, oneIn(4));
  }

  private Expression expression(Rule.Target target, Set<Level> tested, int depth) {
    if (depth == 0 || oneIn(2)) {
      return term(target, tested);
    }
    List<Expression> parts = new ArrayList<>();
    for (int i = random.nextInt(3); i >= 0; i--) {
      parts.add(expression(target, tested, depth - 1));
    }
    return oneIn(2) ? new Expression.Any(parts) : new Expression.All(parts);
  }

  private Expression.Term term(Rule.Target target, Set<Level> tested) {
    boolean anywhere = target == Rule.Target.ANY_ORGANIZATION;
    Optional<Level> at =
        anywhere || !oneIn(3) ? Optional.empty() : Optional.of(pick(List.copyOf(tested)));
    boolean project =
        at.equals(Optional.of(Level.PROJECT))
            || (at.isEmpty()
                && (target == Rule.Target.PROJECT || target == Rule.Target.LISTED_PROJECTS));
    return new Expression.Term(project && oneIn(3) ? "tied" : pick(REQUIRED), at);
  }

  private Map<Level, List<String>> demanded(Set<Level> tested) {
    if (tested.isEmpty() || !oneIn(3)) {
      return Map.of();
    }
    Level level = pick(List.copyOf(tested));
    return Map.of(level, oneIn(2) ? roles(level) : List.of(pick(roles(level))));
  }

  private boolean oneIn(int number) {
    return random.nextInt(number) == 0;
  }

  private <T> T pick(List<T> list) {
    return list.get(random.nextInt(list.size()));
  }

  /** Returns each with a chance of one in so many. */
  private List<String> some(List<String> list, int chance) {
    return list.stream().filter(each -> oneIn(chance)).toList();
  }
}
