package io.scopegate;

import io.scopegate.admin.Endpoints;
import io.scopegate.admin.IdentityEndpoints;
import io.scopegate.admin.LeakEndpoint;
import io.scopegate.admin.PolicyEndpoints;
import io.scopegate.admin.StatusEndpoints;
import io.scopegate.admin.TokenEndpoints;
import io.scopegate.authn.TokenFormat;
import io.scopegate.endpoint.TokenLifetime;
import io.scopegate.guard.LivePolicy;
import io.scopegate.store.IdentityStore;
import java.time.Clock;
import java.util.List;
import java.util.random.RandomGenerator;

/** Puts the admin endpoints together. */
final class AdminWiring {
  private AdminWiring() {}

  static List<Endpoints> endpoints(
      IdentityStore store,
      LivePolicy livePolicy,
      StatusEndpoints status,
      TokenLifetime lifetime,
      Clock clock,
      RandomGenerator random) {
    TokenFormat format = new TokenFormat(random);
    return List.of(
        status,
        new TokenEndpoints(store, livePolicy, format, lifetime, clock),
        new LeakEndpoint(store, clock),
        new IdentityEndpoints(store, livePolicy, format, lifetime, clock),
        new PolicyEndpoints(livePolicy, store, clock));
  }
}
