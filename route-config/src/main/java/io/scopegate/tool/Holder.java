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
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Somebody who holds some roles and nothing else, in a model organization with one team that owns
 * one project. Immutable.
 *
 * @param roles none is somebody who has a valid credential and no role anywhere
 * @param settings the switches that the organization has set
 */
record Holder(List<Held> roles, Map<String, Boolean> settings) {
  static final String ORGANIZATION = "organization";
  static final String TEAM = "team";
  static final String PROJECT = "project";
  private static final String SUBJECT = "somebody";

  Holder {
    roles = List.copyOf(roles);
    settings = Map.copyOf(settings);
  }

  /** A role at a level. */
  record Held(Level level, String name) {
    /** Returns it as {@code level:NAME}. */
    String label() {
      return level.word() + ":" + name;
    }
  }

  /** Returns the holder of one role. */
  static Holder of(Held role) {
    return new Holder(List.of(role), Map.of());
  }

  private Principal principal() {
    if (roles.isEmpty()) {
      return new Principal(SUBJECT, List.of());
    }
    Organization organization =
        new Organization(
            ORGANIZATION,
            Set.of(),
            settings,
            Map.of(),
            Map.of(TEAM, new Organization.Team(TEAM, Set.of(), Set.of(PROJECT))),
            Map.of(PROJECT, new Organization.Project(PROJECT, Set.of())));
    return new Principal(
        SUBJECT,
        List.of(
            new Membership(
                organization,
                names(Level.ORGANIZATION),
                at(TEAM, Level.TEAM),
                at(PROJECT, Level.PROJECT))));
  }

  private Map<String, Set<String>> at(String place, Level level) {
    Set<String> names = names(level);
    return names.isEmpty() ? Map.of() : Map.of(place, names);
  }

  private Set<String> names(Level level) {
    Set<String> names = new LinkedHashSet<>();
    roles.stream().filter(role -> role.level() == level).forEach(role -> names.add(role.name()));
    return names;
  }

  /** Returns the holder as a caller whose credential carries these scopes. */
  Caller.Authenticated with(List<String> scopes, CredentialKind kind, Policy policy) {
    return new Caller.Authenticated(
        principal(), Delegation.of(scopes, Bounds.none(), policy), kind, "supposed");
  }

  /** Returns the holder as a caller whose credential hands over everything. */
  Caller.Authenticated whole(CredentialKind kind, Policy policy) {
    return with(List.of("*"), kind, policy);
  }
}
