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
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Somebody who holds some roles and nothing else, in a model organization of two teams and two
 * projects. The first team owns both projects, the second the first one: so there is a project of
 * either team, and a pair of a team and a project that it does not own. Immutable.
 *
 * @param roles none is somebody who has a valid credential and no role anywhere
 * @param settings the switches that the organization has set
 */
record Holder(List<Held> roles, Map<String, Boolean> settings) {
  /** What the organization, its first team and its first project are called. */
  static final String HERE = "here";

  /** What its second team and its second project are called. */
  static final String SECOND = "second";

  /** What nothing is called. */
  static final String NOWHERE = "nowhere";

  private static final String SUBJECT = "somebody";
  private static final String POWERLESS = "powerless";

  Holder {
    roles = List.copyOf(roles);
    settings = Map.copyOf(settings);
  }

  /**
   * A role that is held.
   *
   * @param place which place of its level
   * @param custom what it holds, if it is a role that the organization has made
   */
  record Held(Level level, String name, String place, Optional<List<String>> custom) {
    static Held declared(Level level, String name) {
      return new Held(level, name, HERE, Optional.empty());
    }

    static Held custom(Level level, List<String> permissions) {
      String name = "custom(" + String.join(",", permissions) + ")";
      return new Held(level, name, HERE, Optional.of(permissions));
    }

    Held at(String other) {
      return new Held(level, name, other, custom);
    }

    /** Returns it as {@code level:NAME}. */
    String label() {
      return level.word() + ":" + name + (place.equals(HERE) ? "" : "@another");
    }
  }

  /** What is special about the credential or its subject. */
  enum Situation {
    PLAIN(""),
    BOUND_TO_PROJECT(" (bound to a project)"),
    IN_TWO_ORGANIZATIONS(" (in two organizations)");

    private final String words;

    Situation(String words) {
      this.words = words;
    }

    String words() {
      return words;
    }
  }

  /** Returns the holder of one role. */
  static Holder of(Held role) {
    return new Holder(List.of(role), Map.of());
  }

  /** Returns the roles in words. */
  String label() {
    return roles.stream().map(Held::label).collect(Collectors.joining("+"));
  }

  private Principal principal(Situation situation) {
    if (roles.isEmpty()) {
      return new Principal(SUBJECT, List.of());
    }
    Organization organization =
        new Organization(
            HERE,
            Set.of(),
            settings,
            customRoles(),
            Map.of(
                HERE, new Organization.Team(HERE, Set.of(), Set.of(HERE, SECOND)),
                SECOND, new Organization.Team(SECOND, Set.of(), Set.of(HERE))),
            Map.of(
                HERE, new Organization.Project(HERE, Set.of()),
                SECOND, new Organization.Project(SECOND, Set.of())));
    List<Membership> memberships = new ArrayList<>();
    memberships.add(
        new Membership(
            organization,
            places(Level.ORGANIZATION).getOrDefault(HERE, Set.of()),
            places(Level.TEAM),
            places(Level.PROJECT)));
    if (situation == Situation.IN_TWO_ORGANIZATIONS) {
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
    return new Principal(SUBJECT, memberships);
  }

  private Map<Level, Map<String, List<String>>> customRoles() {
    Map<Level, Map<String, List<String>>> custom = new EnumMap<>(Level.class);
    for (Held role : roles) {
      role.custom()
          .ifPresent(
              permissions ->
                  custom
                      .computeIfAbsent(role.level(), level -> new HashMap<>())
                      .put(role.name(), permissions));
    }
    return custom;
  }

  private Map<String, Set<String>> places(Level level) {
    Map<String, Set<String>> places = new HashMap<>();
    roles.stream()
        .filter(role -> role.level() == level)
        .forEach(
            role -> places.computeIfAbsent(role.place(), id -> new HashSet<>()).add(role.name()));
    return places;
  }

  /** Returns the holder as a caller whose credential carries these scopes. */
  Caller.Authenticated with(
      List<String> scopes, CredentialKind kind, Policy policy, Situation situation) {
    Bounds bounds =
        situation == Situation.BOUND_TO_PROJECT
            ? Bounds.projects(HERE, List.of(HERE))
            : Bounds.none();
    return new Caller.Authenticated(
        principal(situation), Delegation.of(scopes, bounds, policy), kind, "supposed");
  }

  /** Returns the holder as a caller whose credential hands over everything. */
  Caller.Authenticated whole(CredentialKind kind, Policy policy) {
    return with(List.of("*"), kind, policy, Situation.PLAIN);
  }
}
