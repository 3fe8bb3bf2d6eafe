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
 * edge: as if a request met it and named the places where the callers hold their roles. Immutable.
 */
final class RowTrial {
  private static final Reading REQUEST = RequestLine.parse("GET", "/", "localhost");

  private final Policy alone;

  RowTrial(Policy policy, Route row) {
    Route standIn =
        new Route(
            row.id(),
            row.at(),
            Set.of("GET"),
            Optional.empty(),
            PathTemplate.parse("/"),
            Optional.empty(),
            row.rule(),
            new Places(
                row.places().organization().map(place -> fixed(place, Holder.ORGANIZATION)),
                row.places().team().map(place -> fixed(place, Holder.TEAM)),
                row.places().project().map(place -> fixed(place, Holder.PROJECT))),
            row.forwarding(),
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

  private static Place fixed(Place place, String id) {
    return new Place(place.level(), List.of(new Source.Fixed(id)), place.reach(), place.hide());
  }

  /** Returns the policy that has this row alone. */
  Policy policy() {
    return alone;
  }

  Decision decide(Caller caller) {
    return Authorizer.decide(alone, REQUEST, HttpFields.none(), caller);
  }
}
