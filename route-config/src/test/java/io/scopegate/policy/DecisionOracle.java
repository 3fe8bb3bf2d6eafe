package io.scopegate.policy;

import static java.util.Objects.requireNonNull;

import io.scopegate.permission.Level;
import io.scopegate.permission.Permission;
import io.scopegate.permission.Role;
import io.scopegate.route.Expression;
import io.scopegate.route.Place;
import io.scopegate.route.Rule;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Decides a row that requires something by the words of the contract, with sets of names and no
 * bits: slow, and simple enough to be seen to be right. Immutable.
 *
 * @param implies what each permission implies; without a cycle
 */
record DecisionOracle(Policy policy, Map<String, List<String>> implies) {

  /** What a request asks: a row, and the names of the places in its path. */
  record Request(
      Rule.Permitted rule,
      Map<Level, Place> places,
      String organization,
      @Nullable String team,
      @Nullable String project) {
    boolean lists() {
      return rule.target() == Rule.Target.LISTED_PROJECTS;
    }
  }

  /**
   * What comes of it.
   *
   * @param answer {@code ALLOW} or the code of the refusal
   * @param missing the scopes or permissions or roles that a refusal names
   * @param listed the projects or organizations, where an allowed row lists them; {@code *} alone
   *     for every project
   * @param effective the effective permissions, where the requirement is held at one place
   */
  record Verdict(String answer, Set<String> missing, List<String> listed, Set<String> effective) {
    static Verdict of(Code code) {
      return new Verdict(code.name(), Set.of(), List.of(), Set.of());
    }
  }

  /** The roles at one place, per level. */
  private record Roles(
      Membership of, Set<String> organization, Set<String> team, Set<String> project) {
    Set<String> at(Level level) {
      return switch (level) {
        case ORGANIZATION -> organization;
        case TEAM -> team;
        case PROJECT -> project;
      };
    }

    boolean none() {
      return organization.isEmpty() && !below();
    }

    boolean below() {
      return !team.isEmpty() || !project.isEmpty();
    }
  }

  /** Where a requirement is tested. */
  private record Spot(
      String id, Map<Level, Roles> roles, Level target, boolean organizationOfList) {}

  Verdict decide(Request request, Caller.Authenticated caller) {
    Bounds bounds = caller.delegation().bounds();
    if (request.rule().target() == Rule.Target.ANY_ORGANIZATION) {
      return anywhere(request, caller, bounds);
    }
    Optional<Membership> found =
        caller.principal().memberships().stream()
            .filter(each -> each.organization().isCalled(request.organization()))
            .findFirst();
    String id = found.map(each -> each.organization().id()).orElse(request.organization());
    if (!bounds.isEmpty() && !bounds.organization().get().equals(id)) {
      return Verdict.of(Code.TOKEN_OUT_OF_BOUNDS);
    }
    Optional<Organization> place = found.map(Membership::organization);
    String project = request.project();
    Optional<String> projectId =
        place
            .flatMap(known -> project == null ? Optional.empty() : known.project(project))
            .map(Organization.Project::id);
    if (!bounds.projects().isEmpty()
        && !request.lists()
        && (project == null || !bounds.projects().contains(projectId.orElse(project)))) {
      return Verdict.of(Code.TOKEN_OUT_OF_BOUNDS);
    }
    if (found.isEmpty()) {
      return closed(request, Level.ORGANIZATION);
    }
    Membership held = found.get();
    String team = request.team();
    Map<Level, Roles> roles = new HashMap<>();
    roles.put(Level.ORGANIZATION, atOrganization(held));
    held.organization()
        .team(team == null ? "" : team)
        .ifPresent(known -> roles.put(Level.TEAM, atTeam(held, known)));
    projectId.ifPresent(known -> roles.put(Level.PROJECT, atProject(held, known)));
    return request.lists() ? list(request, held, roles, caller) : at(request, roles, caller);
  }

  private Verdict at(Request request, Map<Level, Roles> roles, Caller.Authenticated caller) {
    if (roles.values().stream().allMatch(Roles::none)) {
      return closed(request, Level.ORGANIZATION);
    }
    for (Level level : List.of(Level.TEAM, Level.PROJECT)) {
      if (isClosed(request, level, roles)) {
        return closed(request, level);
      }
    }
    Spot spot = new Spot("", roles, Level.valueOf(request.rule().target().name()), false);
    Set<String> effective = new TreeSet<>(held(spot, spot.target()));
    effective.removeIf(name -> !isDelegated(name, caller));
    return verdict(request, List.of(spot), caller, List.of(), effective);
  }

  private Verdict list(
      Request request, Membership held, Map<Level, Roles> roles, Caller.Authenticated caller) {
    Bounds bounds = caller.delegation().bounds();
    Roles anyProject = with(held, Set.of(), acting(held, Level.PROJECT, false, organization(held)));
    Place named = request.places().get(Level.PROJECT);
    boolean open = named != null && named.reach() == Place.Reach.ORGANIZATION;
    List<Spot> spots = new ArrayList<>();
    for (String id : new TreeSet<>(held.organization().projects().keySet())) {
      Roles there = atProject(held, id);
      if ((bounds.projects().isEmpty() || bounds.projects().contains(id))
          && (open || there.below())) {
        Map<Level, Roles> all = new HashMap<>(roles);
        all.put(Level.PROJECT, there);
        spots.add(new Spot(id, all, Level.PROJECT, false));
      }
    }
    if (atOrganization(held).none() && spots.isEmpty()) {
      return closed(request, Level.ORGANIZATION);
    }
    if (isClosed(request, Level.TEAM, roles)) {
      return closed(request, Level.TEAM);
    }
    Map<Level, Roles> future = new HashMap<>(roles);
    future.put(Level.PROJECT, anyProject);
    boolean everywhere =
        bounds.isEmpty()
            && (open || anyProject.below())
            && isMet(request, new Spot("", future, Level.PROJECT, false), caller, true);
    List<String> ids =
        spots.stream().filter(spot -> isMet(request, spot, caller, true)).map(Spot::id).toList();
    if (bounds.projects().isEmpty()) {
      spots.add(new Spot("", roles, Level.ORGANIZATION, true));
    }
    return spots.isEmpty()
        ? Verdict.of(Code.NOT_A_MEMBER)
        : verdict(request, spots, caller, everywhere ? List.of("*") : ids, Set.of());
  }

  private Verdict anywhere(Request request, Caller.Authenticated caller, Bounds bounds) {
    if (!bounds.projects().isEmpty()) {
      return Verdict.of(Code.TOKEN_OUT_OF_BOUNDS);
    }
    List<Spot> spots = new ArrayList<>();
    for (Membership each : caller.principal().memberships()) {
      String id = each.organization().id();
      Roles roles = atOrganization(each);
      if (!roles.none() && (bounds.isEmpty() || bounds.organization().get().equals(id))) {
        spots.add(new Spot(id, Map.of(Level.ORGANIZATION, roles), Level.ORGANIZATION, false));
      }
    }
    spots.sort(Comparator.comparing(Spot::id));
    List<String> ids =
        spots.stream().filter(spot -> isMet(request, spot, caller, true)).map(Spot::id).toList();
    return spots.isEmpty()
        ? Verdict.of(Code.NOT_A_MEMBER)
        : verdict(request, spots, caller, ids, Set.of());
  }

  private static Verdict closed(Request request, Level level) {
    Place place = request.places().get(level);
    return Verdict.of(place != null && place.hide() ? Code.NOT_FOUND : Code.NOT_A_MEMBER);
  }

  private static boolean isClosed(Request request, Level level, Map<Level, Roles> roles) {
    Place place = request.places().get(level);
    Roles there = roles.get(level);
    return place != null
        && place.reach() == Place.Reach.MEMBERS
        && !(request.lists() && level == Level.PROJECT)
        && (there == null || !there.below());
  }

  /** First the permissions, then the role, both as if the scopes were full; then the scopes. */
  private Verdict verdict(
      Request request,
      List<Spot> spots,
      Caller.Authenticated caller,
      List<String> listed,
      Set<String> effective) {
    if (spots.stream().anyMatch(spot -> isMet(request, spot, caller, true))) {
      return new Verdict("ALLOW", Set.of(), listed, effective);
    }
    List<Set<Expression.Term>> ways = shortest(ways(request.rule().requirement().expression()));
    List<Set<String>> lacking = new ArrayList<>();
    List<Set<String>> unscoped = new ArrayList<>();
    for (Spot spot : spots) {
      for (Set<Expression.Term> way : ways) {
        Set<String> lacked = names(way, term -> !holds(spot, term));
        lacking.add(lacked);
        if (lacked.isEmpty() && hasRoles(request, spot)) {
          unscoped.add(reduced(names(way, term -> !isDelegated(term.permission(), caller))));
        }
      }
    }
    if (lacking.stream().noneMatch(Set::isEmpty)) {
      return new Verdict("INSUFFICIENT_ROLE", fewest(lacking), List.of(), effective);
    }
    if (unscoped.isEmpty()) {
      Set<String> wanted = new TreeSet<>();
      request
          .rule()
          .roles()
          .forEach((level, names) -> names.forEach(name -> wanted.add(level.word() + ":" + name)));
      return new Verdict("INSUFFICIENT_ROLE", wanted, List.of(), effective);
    }
    return new Verdict("INSUFFICIENT_SCOPE", fewest(unscoped), List.of(), effective);
  }

  private static Set<String> fewest(List<Set<String>> sets) {
    return sets.stream()
        .min(
            Comparator.<Set<String>>comparingInt(Set::size)
                .thenComparing(set -> String.join(" ", set)))
        .orElseThrow();
  }

  private boolean isMet(
      Request request, Spot spot, Caller.Authenticated caller, boolean withScopes) {
    Predicate<Expression.Term> fits =
        term -> holds(spot, term) && (!withScopes || isDelegated(term.permission(), caller));
    return hasRoles(request, spot)
        && ways(request.rule().requirement().expression()).stream()
            .anyMatch(way -> way.stream().allMatch(fits));
  }

  private boolean hasRoles(Request request, Spot spot) {
    return request.rule().roles().entrySet().stream()
        .allMatch(
            entry -> {
              Roles there = spot.roles().get(entry.getKey());
              return there != null
                  && entry.getValue().stream()
                      .anyMatch(name -> there.at(entry.getKey()).contains(name));
            });
  }

  private boolean holds(Spot spot, Expression.Term term) {
    boolean atProject = term.at().equals(Optional.of(Level.PROJECT));
    boolean tied = policy.catalog().find(term.permission()).flatMap(Permission::level).isPresent();
    // What is asked at a project is met at projects only.
    return !(spot.organizationOfList() && (atProject || tied))
        && held(spot, term.at().orElse(spot.target())).contains(term.permission());
  }

  private Set<String> held(Spot spot, Level level) {
    Roles there = spot.roles().get(level);
    Roles roles = there != null ? there : requireNonNull(spot.roles().get(Level.ORGANIZATION));
    Set<String> held = new HashSet<>();
    for (Level at : Level.values()) {
      roles.at(at).forEach(name -> held.addAll(grants(roles, at, name)));
    }
    return held;
  }

  private Set<String> grants(Roles roles, Level level, String name) {
    Optional<Role> role = policy.roles().find(level, name);
    Organization place = roles.of().organization();
    if (role.isEmpty()) {
      return closed(
          place.customRoles().getOrDefault(level, Map.of()).getOrDefault(name, List.of()));
    }
    Set<String> granted = new HashSet<>();
    for (Role.Grant grant : role.get().grants()) {
      if (grant.settings().stream()
          .allMatch(it -> place.settings().getOrDefault(it, policy.settings().get(it)))) {
        granted.addAll(closed(grant.permissions().names()));
      }
    }
    return granted;
  }

  private boolean isDelegated(String permission, Caller.Authenticated caller) {
    return caller.delegation() instanceof Delegation.Full
        || closed(caller.delegation().scopes()).contains(permission);
  }

  /** Returns what holding these comes to: without anything planned before and after. */
  private Set<String> closed(Collection<String> names) {
    Set<String> closed = new HashSet<>();
    for (String name : names) {
      if (isInForce(name)) {
        implied(name, closed);
      }
    }
    closed.removeIf(name -> !isInForce(name));
    return closed;
  }

  private void implied(String name, Set<String> into) {
    into.add(name);
    implies.getOrDefault(name, List.of()).forEach(next -> implied(next, into));
  }

  private boolean isInForce(String name) {
    return policy.catalog().find(name).filter(found -> !found.planned()).isPresent();
  }

  private Set<String> reduced(Set<String> names) {
    Set<String> reduced = new TreeSet<>(names);
    for (String name : names) {
      Set<String> others = closed(Set.of(name));
      others.remove(name);
      reduced.removeAll(others);
    }
    return reduced;
  }

  private Roles atOrganization(Membership held) {
    return with(held, Set.of(), Set.of());
  }

  private Roles atTeam(Membership held, Organization.Team team) {
    return with(held, inTeam(held, team.id()), Set.of());
  }

  private Roles atProject(Membership held, String project) {
    Set<String> teams = new HashSet<>();
    held.organization().teams().values().stream()
        .filter(team -> team.projects().contains(project))
        .forEach(team -> teams.addAll(inTeam(held, team.id())));
    boolean joined = held.projects().containsKey(project);
    Set<String> here =
        included(Level.PROJECT, held.projects().getOrDefault(project, Set.of()), held);
    here.addAll(acting(held, Level.PROJECT, joined, organization(held)));
    for (String team : teams) {
      here.addAll(below(Level.TEAM, team, Level.PROJECT, joined, held));
    }
    return with(held, teams, here);
  }

  private Set<String> inTeam(Membership held, String team) {
    boolean joined = held.teams().containsKey(team);
    Set<String> here = included(Level.TEAM, held.teams().getOrDefault(team, Set.of()), held);
    here.addAll(acting(held, Level.TEAM, joined, organization(held)));
    return here;
  }

  private Set<String> organization(Membership held) {
    return included(Level.ORGANIZATION, held.roles(), held);
  }

  private Set<String> acting(Membership held, Level level, boolean joined, Set<String> above) {
    Set<String> acting = new HashSet<>();
    above.forEach(name -> acting.addAll(below(Level.ORGANIZATION, name, level, joined, held)));
    return acting;
  }

  private Set<String> below(Level from, String name, Level level, boolean joined, Membership held) {
    Set<String> names = new HashSet<>();
    policy
        .roles()
        .find(from, name)
        .ifPresent(
            role -> {
              names.addAll(Optional.ofNullable(role.actsAs().get(level)).stream().toList());
              if (joined) {
                names.addAll(Optional.ofNullable(role.onJoin().get(level)).stream().toList());
              }
            });
    return included(level, names, held);
  }

  private Set<String> included(Level level, Collection<String> names, Membership held) {
    Set<String> included = new HashSet<>();
    for (String name : names) {
      Optional<Role> role = policy.roles().find(level, name);
      boolean custom =
          held.organization().customRoles().getOrDefault(level, Map.of()).containsKey(name);
      if (role.isPresent() || custom) {
        included.add(name);
      }
      role.ifPresent(known -> included.addAll(included(level, known.includes(), held)));
    }
    return included;
  }

  private Roles with(Membership held, Set<String> team, Set<String> project) {
    return new Roles(held, organization(held), team, project);
  }

  private static Set<String> names(Set<Expression.Term> way, Predicate<Expression.Term> which) {
    Set<String> names = new TreeSet<>();
    way.stream().filter(which).forEach(term -> names.add(term.permission()));
    return names;
  }

  /** A way that contains another is none of its own: it asks for more and is never named. */
  private static List<Set<Expression.Term>> shortest(List<Set<Expression.Term>> ways) {
    return ways.stream()
        .filter(
            way -> ways.stream().noneMatch(other -> !way.equals(other) && way.containsAll(other)))
        .toList();
  }

  /** Multiplies an expression out: each set of terms would do. */
  private static List<Set<Expression.Term>> ways(Expression expression) {
    if (expression instanceof Expression.Any any) {
      return any.of().stream().flatMap(one -> ways(one).stream()).toList();
    }
    if (!(expression instanceof Expression.All all)) {
      return List.of(Set.of((Expression.Term) expression));
    }
    List<Set<Expression.Term>> ways = List.of(Set.of());
    for (Expression one : all.of()) {
      List<Set<Expression.Term>> longer = new ArrayList<>();
      for (Set<Expression.Term> left : ways) {
        for (Set<Expression.Term> right : ways(one)) {
          Set<Expression.Term> both = new HashSet<>(left);
          both.addAll(right);
          longer.add(both);
        }
      }
      ways = longer;
    }
    return ways;
  }
}
