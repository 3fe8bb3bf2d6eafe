package io.scopegate.policy;

import io.scopegate.permission.Level;
import io.scopegate.permission.PermissionSet;
import io.scopegate.route.Place;
import io.scopegate.route.Route;
import io.scopegate.route.Rule;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What one caller may do on a row that requires something: the places, the bounds, reach,
 * permission and role, in this order. Confined to one decision.
 */
final class Entitlement {
  private final Authorizer.Pending pending;
  private final Policy policy;
  private final Route row;
  private final Rule.Permitted rule;
  private final Caller.Authenticated caller;
  private final Bounds bounds;
  private final Optional<PermissionSet> delegated;

  Entitlement(
      Authorizer.Pending pending, Route row, Rule.Permitted rule, Caller.Authenticated caller) {
    this.pending = pending;
    this.policy = pending.policy();
    this.row = row;
    this.rule = rule;
    this.caller = caller;
    this.bounds = caller.delegation().bounds();
    this.delegated =
        caller.delegation() instanceof Delegation.Restricted restricted
            ? Optional.of(policy.catalog().inForce(policy.catalog().known(restricted.scopes())))
            : Optional.empty();
  }

  Decision decide() {
    if (rule.target() == Rule.Target.ANY_ORGANIZATION) {
      return decideAnywhere();
    }
    PlaceNames names = PlaceNames.of(row, pending.match().orElseThrow(), pending.fields(), caller);
    if (names.problem().isPresent()) {
      return deny(Code.PLACE_UNDETERMINED, names.problem().get(), Optional.empty());
    }
    String organization = names.organization().orElse(PlaceNames.UNKNOWN);
    Optional<Membership> membership =
        caller.principal().memberships().stream()
            .filter(each -> each.organization().isCalled(organization))
            .findFirst();
    Located located = new Located(names, organization, membership);
    if (!located.isWithin(bounds, lists())) {
      return deny(
          Code.TOKEN_OUT_OF_BOUNDS,
          Code.TOKEN_OUT_OF_BOUNDS.title(),
          located.grants(Optional.empty()));
    }
    if (membership.isEmpty()) {
      return stranger(row.places().organization(), located);
    }
    return lists() ? decideList(located, membership.get()) : decideAt(located, membership.get());
  }

  private boolean lists() {
    return rule.target() == Rule.Target.LISTED_PROJECTS;
  }

  /** At one place. */
  private Decision decideAt(Located located, Membership membership) {
    Map<Level, Standing> standings = standings(located, membership);
    located
        .project()
        .ifPresent(
            project ->
                standings.put(Level.PROJECT, Standing.atProject(policy, membership, project)));
    if (standings.values().stream().allMatch(Standing::isEmpty)) {
      return stranger(row.places().organization(), located);
    }
    Optional<Place> closed = closed(standings, List.of(Level.TEAM, Level.PROJECT));
    if (closed.isPresent()) {
      return stranger(closed, located);
    }
    Site site = Site.of(policy, standings, Level.valueOf(rule.target().name()));
    Assessment assessment = new Assessment(policy, rule, List.of(site), delegated);
    return conclude(assessment, located.grants(Optional.of(site)), Optional.empty());
  }

  private Map<Level, Standing> standings(Located located, Membership membership) {
    Map<Level, Standing> standings = new EnumMap<>(Level.class);
    standings.put(Level.ORGANIZATION, Standing.atOrganization(policy, membership));
    located
        .team()
        .ifPresent(team -> standings.put(Level.TEAM, Standing.atTeam(policy, membership, team)));
    return standings;
  }

  /** Returns the first named place that the caller does not reach. */
  private Optional<Place> closed(Map<Level, Standing> standings, List<Level> levels) {
    return levels.stream()
        .flatMap(level -> row.places().at(level).stream())
        .filter(place -> !isReached(place, Optional.ofNullable(standings.get(place.level()))))
        .findFirst();
  }

  private static boolean isReached(Place place, Optional<Standing> standing) {
    return place.reach() == Place.Reach.ORGANIZATION
        || standing.filter(Entitlement::isInside).isPresent();
  }

  /** A role at the place: their own, through a team that owns it, or by acting as one. */
  private static boolean isInside(Standing standing) {
    return standing.hasRoleAt(Level.TEAM) || standing.hasRoleAt(Level.PROJECT);
  }

  /** At the organization, or at any project that the caller reaches. */
  private Decision decideList(Located located, Membership membership) {
    Map<Level, Standing> standings = standings(located, membership);
    Standing organization = Objects.requireNonNull(standings.get(Level.ORGANIZATION));
    Standing everywhere = Standing.atEveryProject(policy, membership);
    boolean open =
        row.places()
            .project()
            .filter(place -> place.reach() == Place.Reach.ORGANIZATION)
            .isPresent();
    List<Site> projects = reachedProjects(membership, standings, everywhere, open);
    if (organization.isEmpty() && projects.isEmpty()) {
      return stranger(row.places().organization(), located);
    }
    Optional<Place> closed = closed(standings, List.of(Level.TEAM));
    if (closed.isPresent()) {
      return stranger(closed, located);
    }
    Site whole = Site.organizationOfList(policy, standings);
    List<Site> sites = new ArrayList<>(projects);
    if (bounds.projects().isEmpty()) {
      // A credential bound to projects is not for the organization.
      sites.add(0, whole);
    }
    Optional<Grants> grants = located.grants(Optional.of(whole));
    if (sites.isEmpty()) {
      return deny(Code.NOT_A_MEMBER, Code.NOT_A_MEMBER.title(), grants);
    }
    Assessment assessment = new Assessment(policy, rule, sites, delegated);
    Site future = Site.listedProject(policy, standings, everywhere, Optional.empty());
    boolean everyProject =
        bounds.isEmpty() && (open || isInside(everywhere)) && assessment.isMetAt(future);
    List<String> ids =
        everyProject
            ? List.of()
            : projects.stream()
                .filter(assessment::isMetAt)
                .map(site -> site.project().orElseThrow())
                .toList();
    return conclude(
        assessment,
        grants,
        Optional.of(new Decision.Listing(Decision.Listing.Kind.PROJECTS, everyProject, ids)));
  }

  private List<Site> reachedProjects(
      Membership membership, Map<Level, Standing> standings, Standing everywhere, boolean open) {
    Organization place = membership.organization();
    Set<String> candidates = new TreeSet<>();
    if (open || isInside(everywhere) || policy.roles().actsAsTeams(membership.roles())) {
      candidates.addAll(place.projects().keySet());
    } else {
      candidates.addAll(membership.projects().keySet());
      for (String team : membership.teams().keySet()) {
        place.team(team).ifPresent(known -> candidates.addAll(known.projects()));
      }
    }
    List<Site> sites = new ArrayList<>();
    for (String id : candidates) {
      Organization.Project project = place.projects().get(id);
      if (project != null && (bounds.projects().isEmpty() || bounds.projects().contains(id))) {
        Standing standing = Standing.atProject(policy, membership, project);
        if (open || isInside(standing)) {
          sites.add(Site.listedProject(policy, standings, standing, Optional.of(id)));
        }
      }
    }
    return sites;
  }

  /** In at least one organization, never by adding organizations up. */
  private Decision decideAnywhere() {
    if (!bounds.projects().isEmpty()) {
      return deny(Code.TOKEN_OUT_OF_BOUNDS, Code.TOKEN_OUT_OF_BOUNDS.title(), Optional.empty());
    }
    Map<String, Site> sites = new TreeMap<>();
    for (Membership membership : caller.principal().memberships()) {
      String id = membership.organization().id();
      Standing standing = Standing.atOrganization(policy, membership);
      if (!standing.isEmpty() && (bounds.isEmpty() || bounds.organization().get().equals(id))) {
        sites.put(id, Site.of(policy, Map.of(Level.ORGANIZATION, standing), Level.ORGANIZATION));
      }
    }
    if (sites.isEmpty()) {
      return deny(Code.NOT_A_MEMBER, Code.NOT_A_MEMBER.title(), Optional.empty());
    }
    Assessment assessment = new Assessment(policy, rule, List.copyOf(sites.values()), delegated);
    List<String> ids = new ArrayList<>();
    sites.forEach(
        (id, site) -> {
          if (assessment.isMetAt(site)) {
            ids.add(id);
          }
        });
    return conclude(
        assessment,
        Optional.empty(),
        Optional.of(new Decision.Listing(Decision.Listing.Kind.ORGANIZATIONS, false, ids)));
  }

  private Decision conclude(
      Assessment assessment, Optional<Grants> grants, Optional<Decision.Listing> listing) {
    Optional<Assessment.Shortfall> shortfall = assessment.shortfall();
    if (shortfall.isPresent()) {
      Assessment.Shortfall found = shortfall.get();
      return new Decision.Deny(
          found.code(),
          found.detail(),
          Optional.of(row),
          caller,
          grants,
          found.missing(),
          found.scope());
    }
    return new Decision.Allow(pending.line(), row, caller, grants, listing, Optional.empty());
  }

  private Decision stranger(Optional<Place> place, Located located) {
    boolean hidden = place.isPresent() && place.get().hide();
    Code code = hidden ? Code.NOT_FOUND : Code.NOT_A_MEMBER;
    return deny(code, code.title(), located.grants(Optional.empty()));
  }

  private Decision deny(Code code, String detail, Optional<Grants> grants) {
    return new Decision.Deny(
        code, detail, Optional.of(row), caller, grants, Missing.nothing(), List.of());
  }

  /** The places that the request names, as far as they are known. */
  private final class Located {
    private final PlaceNames names;
    private final String organization;
    private final Optional<Organization.Team> team;
    private final Optional<Organization.Project> project;

    Located(PlaceNames names, String organization, Optional<Membership> membership) {
      this.names = names;
      Optional<Organization> known = membership.map(Membership::organization);
      this.organization = known.map(Organization::id).orElse(organization);
      this.team = known.flatMap(place -> names.team().flatMap(place::team));
      this.project = known.flatMap(place -> names.project().flatMap(place::project));
    }

    Optional<Organization.Team> team() {
      return team;
    }

    Optional<Organization.Project> project() {
      return project;
    }

    boolean isWithin(Bounds limits, boolean listsProjects) {
      if (limits.isEmpty()) {
        return true;
      }
      if (!limits.organization().get().equals(organization)) {
        return false;
      }
      if (limits.projects().isEmpty() || listsProjects) {
        return true;
      }
      return projectId().filter(limits.projects()::contains).isPresent();
    }

    private Optional<String> projectId() {
      return project.map(Organization.Project::id).or(names::project);
    }

    Optional<Grants> grants(Optional<Site> site) {
      return Optional.of(
          new Grants(
              Optional.of(organization),
              team.map(Organization.Team::id).or(names::team),
              projectId(),
              site.map(Site::standing),
              site.map(where -> effective(where.held()))));
    }

    private PermissionSet effective(PermissionSet held) {
      return delegated.isPresent() ? held.intersect(delegated.get()) : held;
    }
  }
}
