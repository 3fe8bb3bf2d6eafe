package io.scopegate.tool;

import io.scopegate.policy.Authorizer;
import io.scopegate.policy.Caller;
import io.scopegate.policy.Decision;
import io.scopegate.policy.Policy;
import io.scopegate.route.HttpFields;
import io.scopegate.route.PathTemplate;
import io.scopegate.route.Place;
import io.scopegate.route.Places;
import io.scopegate.route.Reading;
import io.scopegate.route.RequestLine;
import io.scopegate.route.Route;
import io.scopegate.route.RouteTable;
import io.scopegate.route.Source;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * One row of a policy, tried on supposed callers through the very function that decides at the
 * edge: as if a request met it. Immutable.
 */
final class RowTrial {
  private static final Reading REQUEST = RequestLine.parse("GET", "/", "localhost");

  private final Policy alone;

  /**
   * Puts a row alone into a policy.
   *
   * @param places what stands for its places
   */
  RowTrial(Policy policy, Route row, Places places) {
    Route standIn =
        new Route(
            row.id(),
            row.at(),
            Set.of("GET"),
            Optional.empty(),
            PathTemplate.parse("/"),
            Optional.empty(),
            row.rule(),
            places,
            row.forwarding(),
            Optional.empty(),
            false,
            false,
            row.description(),
            row.tags());
    this.alone =
        new Policy(
            policy.generation(),
            policy.catalog(),
            policy.roles(),
            policy.settings(),
            RouteTable.build(List.of(standIn)).table(),
            policy.emptyScopesFull(),
            policy.defaultScopes());
  }

  /** Returns the trial of requests that name the places where supposed callers hold roles. */
  static RowTrial here(Policy policy, Route row) {
    Places places = row.places();
    return new RowTrial(
        policy,
        row,
        new Places(
            places.organization().map(RowTrial::here),
            places.team().map(RowTrial::here),
            places.project().map(RowTrial::here)));
  }

  private static Place here(Place place) {
    Source source = new Source.Fixed(Holder.HERE);
    return new Place(place.level(), List.of(source), place.reach(), place.hide());
  }

  /** Returns the policy that has this row alone. */
  Policy policy() {
    return alone;
  }

  Decision decide(HttpFields fields, Caller caller) {
    return Authorizer.decide(alone, REQUEST, fields, caller);
  }
}
