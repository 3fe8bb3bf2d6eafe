package io.scopegate.policy;

import io.scopegate.permission.Level;
import io.scopegate.permission.PermissionSet;
import io.scopegate.route.Place;
import io.scopegate.route.Route;
import io.scopegate.route.RouteMatch;
import io.scopegate.route.Rule;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What one caller may do on a row that requires something: the places, the bounds, reach,
 * permission and role, in this order. Confined to one decision.
 */
final class Entitlement {
  private final Authorizer.Pending pending;
  private final RouteMatch match;
  private final Policy policy;
  private final Route row;
  private final Rule.Permitted rule;
  private final Caller.Authenticated caller;
  private final Bounds bounds;
  private final @Nullable PermissionSet delegated;

  Entitlement(
      Authorizer.Pending pending,
      RouteMatch match,
      Route row,
      Rule.Permitted rule,
      Caller.Authenticated caller) {
    this.pending = pending;
    this.match = match;
    this.policy = pending.policy();
    this.row = row;
    this.rule = rule;
    this.caller = caller;
    this.bounds = caller.delegation().bounds();
    this.delegated =
        caller.delegation() instanceof Delegation.Restricted restricted
            ? restricted.permissions(policy.catalog())
            : null;
  }

  Decision decide() {
    if (rule.target() == Rule.Target.ANY_ORGANIZATION) {
      return decideAnywhere();
    }
    PlaceNames names = PlaceNames.of(row, match, pending.fields(), caller);
    if (names.problem() != null) {
      return deny(Code.PLACE_UNDETERMINED, names.problem(), null);
    }
    Membership membership = membership(names.organization());
    Located located = new Located(names, membership);
    if (!located.isWithin(bounds, lists())) {
      return deny(Code.TOKEN_OUT_OF_BOUNDS, Code.TOKEN_OUT_OF_BOUNDS.title(), located.grants(null));
    }
    if (membership == null) {
      return stranger(row.places().organization(), located);
    }
    return lists() ? decideList(located, membership) : decideAt(located, membership);
  }

  private @Nullable Membership membership(@Nullable String organization) {
    if (organization != null) {
      for (Membership each : caller.principal().memberships()) {
        if (each.organization().isCalled(organization)) {
          return each;
        }
      }
    }
    return null;
  }

  private boolean lists() {
    return rule.target() == Rule.Target.LISTED_PROJECTS;
  }

  /** At one place. */
  private Decision decideAt(Located located, Membership membership) {
    Standings standings = standings(located, membership);
    if (located.project != null) {
      standings = standings.withProject(standings.organization().atProject(located.project));
    }
    if (standings.areEmpty()) {
      return stranger(row.places().organization(), located);
    }
    if (isClosed(row.places().team(), standings.team())) {
      return stranger(row.places().team(), located);
    }
    if (isClosed(row.places().project(), standings.project())) {
      return stranger(row.places().project(), located);
    }
    Level level =
        switch (rule.target()) {
          case TEAM -> Level.TEAM;
          case PROJECT, LISTED_PROJECTS -> Level.PROJECT;
          case ORGANIZATION, ANY_ORGANIZATION -> Level.ORGANIZATION;
        };
    Site site = Site.of(policy, standings, level);
    Grants grants = located.grants(site);
    return Assessment.isMetAt(site, rule, delegated)
        ? allow(grants, Optional.empty())
        : lacking(new Assessment(policy, rule, List.of(site), delegated), grants);
  }

  /** Returns the standings but for the project. */
  private Standings standings(Located located, Membership membership) {
    Standing organization = Standing.atOrganization(policy, membership);
    Standing team = located.team == null ? null : organization.atTeam(located.team);
    return new Standings(organization, team, null);
  }

  /** Says whether the row names a place that the caller does not reach. */
  private static boolean isClosed(Optional<Place> place, @Nullable Standing standing) {
    return place.isPresent()
        && place.get().reach() == Place.Reach.MEMBERS
        && (standing == null || !isInside(standing));
  }

  /** A role at the place: their own, through a team that owns it, or by acting as one. */
  private static boolean isInside(Standing standing) {
    return standing.hasRoleAt(Level.TEAM) || standing.hasRoleAt(Level.PROJECT);
  }

  /** At the organization, or at any project that the caller reaches. */
  private Decision decideList(Located located, Membership membership) {
    Standings standings = standings(located, membership);
    Standing organization = standings.organization();
    Standing everywhere = organization.atEveryProject();
    boolean open =
        row.places()
            .project()
            .filter(place -> place.reach() == Place.Reach.ORGANIZATION)
            .isPresent();
    List<Site> projects = reachedProjects(membership, standings, everywhere, open);
    if (organization.isEmpty() && projects.isEmpty()) {
      return stranger(row.places().organization(), located);
    }
    if (isClosed(row.places().team(), standings.team())) {
      return stranger(row.places().team(), located);
    }
    Site whole = Site.organizationOfList(policy, standings);
    List<Site> sites = new ArrayList<>(projects);
    if (bounds.projects().isEmpty()) {
      // A credential bound to projects is not for the organization.
      sites.add(0, whole);
    }
    Grants grants = located.grants(whole);
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
      Membership membership, Standings standings, Standing everywhere, boolean open) {
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
        Standing standing = standings.organization().atProject(project);
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
      return deny(Code.TOKEN_OUT_OF_BOUNDS, Code.TOKEN_OUT_OF_BOUNDS.title(), null);
    }
    Map<String, Site> sites = new TreeMap<>();
    for (Membership membership : caller.principal().memberships()) {
      String id = membership.organization().id();
      Standing standing = Standing.atOrganization(policy, membership);
      if (!standing.isEmpty() && (bounds.isEmpty() || bounds.organization().get().equals(id))) {
        sites.put(id, Site.of(policy, new Standings(standing), Level.ORGANIZATION));
      }
    }
    if (sites.isEmpty()) {
      return deny(Code.NOT_A_MEMBER, Code.NOT_A_MEMBER.title(), null);
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
        null,
        Optional.of(new Decision.Listing(Decision.Listing.Kind.ORGANIZATIONS, false, ids)));
  }

  private Decision conclude(
      Assessment assessment, @Nullable Grants grants, Optional<Decision.Listing> listing) {
    return assessment.isMet() ? allow(grants, listing) : lacking(assessment, grants);
  }

  private Decision allow(@Nullable Grants grants, Optional<Decision.Listing> listing) {
    return new Decision.Allow(pending.line(), row, caller, grants, listing, Optional.empty());
  }

  private Decision lacking(Assessment assessment, @Nullable Grants grants) {
    Assessment.Shortfall found = assessment.shortfall();
    return new Decision.Deny(
        found.code(),
        found.detail(),
        row,
        caller,
        Optional.ofNullable(grants),
        found.missing(),
        found.scope());
  }

  private Decision stranger(Optional<Place> place, Located located) {
    boolean hidden = place.isPresent() && place.get().hide();
    Code code = hidden ? Code.NOT_FOUND : Code.NOT_A_MEMBER;
    return deny(code, code.title(), located.grants(null));
  }

  private Decision deny(Code code, String detail, @Nullable Grants grants) {
    return new Decision.Deny(
        code, detail, row, caller, Optional.ofNullable(grants), Missing.nothing(), List.of());
  }

  /** The places that the request names, as far as they are known. */
  private final class Located {
    private final PlaceNames names;
    private final String organization;
    private final Organization.@Nullable Team team;
    private final Organization.@Nullable Project project;

    Located(PlaceNames names, @Nullable Membership membership) {
      this.names = names;
      String named = names.organization();
      if (membership == null) {
        this.organization = named == null ? PlaceNames.UNKNOWN : named;
        this.team = null;
        this.project = null;
      } else {
        Organization known = membership.organization();
        this.organization = known.id();
        this.team = names.team() == null ? null : known.team(names.team()).orElse(null);
        this.project = names.project() == null ? null : known.project(names.project()).orElse(null);
      }
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
      String id = projectId();
      return id != null && limits.projects().contains(id);
    }

    private @Nullable String projectId() {
      return project == null ? names.project() : project.id();
    }

    Grants grants(@Nullable Site site) {
      return new Grants(
          organization,
          team == null ? names.team() : team.id(),
          projectId(),
          site == null ? null : site.standing(),
          site == null ? null : effective(site.standing()));
    }

    private PermissionSet effective(Standing standing) {
      PermissionSet held = standing.permissions();
      return delegated == null ? held : held.intersect(delegated);
    }
  }
}
