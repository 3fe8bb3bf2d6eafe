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
import org.jspecify.annotations.Nullable;

/**
 * What one request calls the places that its row names. Sources are tried in order and the first
 * that gives a value counts. Immutable.
 *
 * @param problem why a place cannot be told, if one cannot
 */
record PlaceNames(
    @Nullable String organization,
    @Nullable String team,
    @Nullable String project,
    @Nullable String problem) {

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
      Found project =
          listsProjects() ? Found.NOTHING : look(places.project().orElse(null), Found.NOTHING);
      Found team = look(places.team().orElse(null), Found.NOTHING);
      Found organization = look(places.organization().orElse(null), project);
      String problem = organization.problem();
      problem = problem == null ? team.problem() : problem;
      problem = problem == null ? project.problem() : problem;
      return problem == null
          ? new PlaceNames(organization.value(), team.value(), project.value(), null)
          : new PlaceNames(null, null, null, problem);
    }

    private boolean listsProjects() {
      return row.rule() instanceof Rule.Permitted permitted
          && permitted.target() == Rule.Target.LISTED_PROJECTS;
    }

    private Found look(@Nullable Place place, Found project) {
      if (place == null) {
        return Found.NOTHING;
      }
      for (Source source : place.sources()) {
        Found found = look(source, project);
        if (found.isDecisive()) {
          return "".equals(found.value())
              ? Found.problem("the " + place.level().word() + " that the request names is empty")
              : found;
        }
      }
      return Found.problem("the request does not say which " + place.level().word());
    }

    private Found look(Source source, Found project) {
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
      return source instanceof Source.FromToken ? fromToken() : fromProject(project.value());
    }

    private static Found fromQuery(RequestLine line, String key) {
      QueryValue value = line.queryValue(key);
      if (value instanceof QueryValue.Single single) {
        return Found.value(single.value());
      }
      return value instanceof QueryValue.Ambiguous ambiguous
          ? Found.problem(ambiguous.detail())
          : Found.NOTHING;
    }

    private Found fromHeader(String name) {
      List<String> values = fields.values(name);
      if (values.size() > 1) {
        return Found.problem("the header `" + name + "` is there more than once");
      }
      return values.isEmpty() ? Found.NOTHING : Found.value(values.get(0).strip());
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
          ? Found.NOTHING
          : Found.value(memberships.get(0).organization().id());
    }

    private Found fromProject(@Nullable String project) {
      if (project == null) {
        return Found.NOTHING;
      }
      List<String> organizations =
          caller.principal().memberships().stream()
              .map(Membership::organization)
              .filter(organization -> organization.project(project).isPresent())
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
  private record Found(@Nullable String value, @Nullable String problem) {
    static final Found NOTHING = new Found(null, null);

    static Found value(String value) {
      return new Found(value, null);
    }

    static Found problem(String detail) {
      return new Found(null, detail);
    }

    boolean isDecisive() {
      return value != null || problem != null;
    }
  }
}
