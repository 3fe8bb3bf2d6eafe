package io.scopegate.policy;

import io.scopegate.route.HttpFields;
import io.scopegate.route.Place;
import io.scopegate.route.Places;
import io.scopegate.route.QueryValue;
import io.scopegate.route.RequestLine;
import io.scopegate.route.Route;
import io.scopegate.route.RouteMatch;
import io.scopegate.route.Rule;
import io.scopegate.route.Source;
import java.util.List;
import java.util.Optional;

/**
 * What one request calls the places that its row names. Sources are tried in order and the first
 * that gives a value counts. Immutable.
 *
 * @param problem why a place cannot be told, if one cannot
 */
record PlaceNames(
    Optional<String> organization,
    Optional<String> team,
    Optional<String> project,
    Optional<String> problem) {

  private static final PlaceNames NONE =
      new PlaceNames(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

  /** Reads the names from a request. */
  static PlaceNames of(
      Route row, RouteMatch match, HttpFields fields, Caller.Authenticated caller) {
    return new Finder(row, match, fields, caller).find();
  }

  /** Looks at the sources of one row. */
  private record Finder(
      Route row, RouteMatch match, HttpFields fields, Caller.Authenticated caller) {

    PlaceNames find() {
      Places places = row.places();
      boolean namesProject = places.project().isPresent() && !listsProjects();
      Found project =
          namesProject ? look(places.project().get(), Optional.empty()) : Found.nothing();
      Found team =
          places.team().isPresent() ? look(places.team().get(), Optional.empty()) : Found.nothing();
      Found organization =
          places.organization().isPresent()
              ? look(places.organization().get(), project.value())
              : Found.nothing();
      for (Found found : List.of(organization, team, project)) {
        if (found.problem().isPresent()) {
          return new PlaceNames(NONE.team, NONE.team, NONE.team, found.problem());
        }
      }
      return new PlaceNames(organization.value(), team.value(), project.value(), Optional.empty());
    }

    private boolean listsProjects() {
      return row.rule() instanceof Rule.Permitted permitted
          && permitted.target() == Rule.Target.LISTED_PROJECTS;
    }

    private Found look(Place place, Optional<String> project) {
      for (Source source : place.sources()) {
        Found found = look(source, project);
        if (found.isDecisive()) {
          return found.value().filter(String::isEmpty).isPresent()
              ? Found.problem("the " + place.level().word() + " that the request names is empty")
              : found;
        }
      }
      return Found.problem("the request does not say which " + place.level().word());
    }

    private Found look(Source source, Optional<String> project) {
      if (source instanceof Source.PathParameter parameter) {
        return Found.value(match.parameter(row, parameter.name()));
      }
      if (source instanceof Source.HostLabel label) {
        return Found.value(match.parameter(row, label.name()));
      }
      if (source instanceof Source.QueryParameter query) {
        return fromQuery(match.line(), query.key());
      }
      if (source instanceof Source.HeaderField header) {
        return fromHeader(header.name());
      }
      if (source instanceof Source.Fixed fixed) {
        return Found.value(fixed.id());
      }
      return source instanceof Source.FromToken ? fromToken() : fromProject(project);
    }

    private static Found fromQuery(RequestLine line, String key) {
      QueryValue value = line.queryValue(key);
      if (value instanceof QueryValue.Single single) {
        return Found.value(single.value());
      }
      return value instanceof QueryValue.Ambiguous ambiguous
          ? Found.problem(ambiguous.detail())
          : Found.nothing();
    }

    private Found fromHeader(String name) {
      List<String> values = fields.values(name);
      if (values.size() > 1) {
        return Found.problem("the header `" + name + "` is there more than once");
      }
      return values.isEmpty() ? Found.nothing() : Found.value(values.get(0).strip());
    }

    private Found fromToken() {
      Optional<String> bound = caller.delegation().bounds().organization();
      if (bound.isPresent()) {
        return Found.value(bound.get());
      }
      List<Membership> memberships = caller.principal().memberships();
      if (memberships.size() > 1) {
        return Found.problem("the credential is good for several organizations");
      }
      return memberships.isEmpty()
          ? Found.nothing()
          : Found.value(memberships.get(0).organization().id());
    }

    private Found fromProject(Optional<String> project) {
      if (project.isEmpty()) {
        return Found.nothing();
      }
      List<String> organizations =
          caller.principal().memberships().stream()
              .map(Membership::organization)
              .filter(organization -> organization.project(project.get()).isPresent())
              .map(Organization::id)
              .toList();
      if (organizations.size() > 1) {
        return Found.problem("several organizations have a project of this name");
      }
      // A project nobody told the caller of: it is not found there, wherever it is.
      return Found.value(organizations.isEmpty() ? UNKNOWN : organizations.get(0));
    }
  }

  /** No organization can have this id: a space is not allowed in one. */
  static final String UNKNOWN = "an unknown organization";

  /** What a source gave: a value, a problem, or nothing, so that the next one is looked at. */
  private record Found(Optional<String> value, Optional<String> problem) {
    private static final Found NOTHING = new Found(Optional.empty(), Optional.empty());

    static Found value(String value) {
      return new Found(Optional.of(value), Optional.empty());
    }

    static Found problem(String detail) {
      return new Found(Optional.empty(), Optional.of(detail));
    }

    static Found nothing() {
      return NOTHING;
    }

    boolean isDecisive() {
      return value.isPresent() || problem.isPresent();
    }
  }
}
