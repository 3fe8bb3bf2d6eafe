package io.scopegate.tool;

import io.scopegate.permission.Level;
import io.scopegate.policy.Bounds;
import io.scopegate.policy.Caller;
import io.scopegate.policy.Delegation;
import io.scopegate.policy.Membership;
import io.scopegate.policy.Organization;
import io.scopegate.policy.Policy;
import io.scopegate.policy.Principal;
import io.scopegate.route.CredentialKind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Somebody in an organization {@code here} whose team {@code here} owns the projects {@code here}
 * and {@code second}, and whose team {@code second} owns the project {@code here}. Immutable.
 *
 * @param labels the roles as a diff tells them; none at all for {@code authenticated}
 * @param setting how the organization has set {@code s}: {@code s on}, {@code s off}, or empty
 */
record DiffAsker(Set<String> labels, String setting) {
  static final String HERE = "here";
  static final String SECOND = "second";
  private static final String OTHER_TEAM = "@another";
  private static final String CUSTOM = "custom(";
  private static final String POWERLESS = "powerless";

  DiffAsker {
    labels = Set.copyOf(labels);
  }

  /** What a credential is bound to, and of how many organizations its subject is. */
  enum Credential {
    PLAIN,
    BOUND_TO_PROJECT,
    IN_TWO_ORGANIZATIONS
  }

  /**
   * What else decides.
   *
   * @param aliases of the organization: what a table names may be it or not
   */
  record World(Credential credential, Set<String> aliases) {}

  /**
   * Returns the worlds that matter to the asker: what the tables name is the organization of the
   * asker, or not. Bounds and memberships are those of somebody who has a role somewhere.
   */
  List<World> worlds(Set<String> named) {
    return hasNoRole() ? worlds(named, List.of(Credential.PLAIN)) : allWorlds(named);
  }

  /** Returns all worlds. */
  static List<World> allWorlds(Set<String> named) {
    return worlds(named, List.of(Credential.values()));
  }

  private static List<World> worlds(Set<String> named, List<Credential> credentials) {
    List<World> worlds = new ArrayList<>();
    for (Set<String> aliases :
        named.isEmpty() ? List.of(named) : List.of(Set.<String>of(), named)) {
      credentials.forEach(credential -> worlds.add(new World(credential, aliases)));
    }
    return worlds;
  }

  private boolean hasNoRole() {
    return labels.equals(Set.of(PolicyDiff.AUTHENTICATED));
  }

  DiffOracle.Fact fact(String scope, String route, Direction direction) {
    return new DiffOracle.Fact(labels, setting, scope, route, direction);
  }

  /** Returns the asker with a credential that carries these scopes, separated by commas. */
  Caller caller(String subject, String scope, CredentialKind kind, World world, Policy policy) {
    List<String> scopes =
        scope.equals(PolicyDiff.SESSION)
            ? List.of("*")
            : Arrays.stream(scope.split(",")).filter(name -> !name.isEmpty()).toList();
    Bounds bounds =
        world.credential() == Credential.BOUND_TO_PROJECT
            ? Bounds.projects(HERE, List.of(HERE))
            : Bounds.none();
    return new Caller.Authenticated(
        new Principal(subject, memberships(world)),
        Delegation.of(scopes, bounds, policy),
        kind,
        "t1");
  }

  private List<Membership> memberships(World world) {
    if (hasNoRole()) {
      return List.of();
    }
    Map<Level, Map<String, List<String>>> custom = new EnumMap<>(Level.class);
    Map<Level, Map<String, Set<String>>> held = new EnumMap<>(Level.class);
    for (String label : labels) {
      String place = label.endsWith(OTHER_TEAM) ? SECOND : HERE;
      int colon = label.indexOf(':');
      Level level = Level.of(label.substring(0, colon)).orElseThrow();
      String name = label.substring(colon + 1).replace(OTHER_TEAM, "");
      held.computeIfAbsent(level, any -> new HashMap<>())
          .computeIfAbsent(place, any -> new HashSet<>())
          .add(name);
      if (name.startsWith(CUSTOM)) {
        String permissions = name.substring(CUSTOM.length(), name.length() - 1);
        custom
            .computeIfAbsent(level, any -> new HashMap<>())
            .put(name, List.of(permissions.split(",")));
      }
    }
    List<Membership> memberships = new ArrayList<>();
    memberships.add(
        new Membership(
            here(custom, world.aliases()),
            held.getOrDefault(Level.ORGANIZATION, Map.of()).getOrDefault(HERE, Set.of()),
            held.getOrDefault(Level.TEAM, Map.of()),
            held.getOrDefault(Level.PROJECT, Map.of())));
    if (world.credential() == Credential.IN_TWO_ORGANIZATIONS) {
      memberships.add(
          new Membership(
              new Organization(
                  SECOND,
                  Set.of(),
                  Map.of(),
                  Map.of(Level.ORGANIZATION, Map.of(POWERLESS, List.of())),
                  Map.of(),
                  Map.of()),
              Set.of(POWERLESS),
              Map.of(),
              Map.of()));
    }
    return memberships;
  }

  private Organization here(Map<Level, Map<String, List<String>>> custom, Set<String> aliases) {
    return new Organization(
        HERE,
        aliases,
        setting.isEmpty() ? Map.of() : Map.of("s", setting.equals("s on")),
        custom,
        Map.of(
            HERE, new Organization.Team(HERE, Set.of(), Set.of(HERE, SECOND)),
            SECOND, new Organization.Team(SECOND, Set.of(), Set.of(HERE))),
        Map.of(
            HERE, new Organization.Project(HERE, Set.of()),
            SECOND, new Organization.Project(SECOND, Set.of())));
  }

  /** Returns the holders of so many of the declared roles, of fewer, and of nothing. */
  static List<DiffAsker> upTo(int most) {
    List<String> roles =
        List.of(
            "organization:O",
            "organization:P",
            "team:T",
            "team:T@another",
            "project:Q",
            "project:R");
    List<DiffAsker> askers = new ArrayList<>();
    askers.add(new DiffAsker(Set.of(PolicyDiff.AUTHENTICATED), ""));
    for (int bits = 1; bits < 1 << roles.size(); bits++) {
      Set<String> set = new TreeSet<>();
      for (int i = 0; i < roles.size(); i++) {
        if ((bits & 1 << i) != 0) {
          set.add(roles.get(i));
        }
      }
      // At which of two teams a role alone is held makes no difference.
      if (set.size() <= most && !set.equals(Set.of("team:T@another"))) {
        askers.add(new DiffAsker(set, ""));
      }
    }
    return askers;
  }

  /** Returns the holders of one role that their organization has made itself. */
  static List<DiffAsker> ofCustomRoles() {
    List<DiffAsker> askers = new ArrayList<>();
    for (Level level : Level.values()) {
      for (String permission : List.of("a", "b", "c", "d")) {
        askers.add(new DiffAsker(Set.of(level.word() + ":" + CUSTOM + permission + ")"), ""));
      }
    }
    return askers;
  }

  /** Returns the holder where the organization has turned the setting. */
  DiffAsker where(String turned) {
    return new DiffAsker(labels, turned);
  }
}
