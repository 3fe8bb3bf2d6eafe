package io.scopegate;

import io.scopegate.admin.Endpoints;
import io.scopegate.admin.IdentityEndpoints;
import io.scopegate.admin.PolicyEndpoints;
import io.scopegate.admin.StatusEndpoints;
import io.scopegate.admin.TokenEndpoints;
import io.scopegate.authn.TokenFormat;
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
      Clock clock,
      RandomGenerator random) {
    TokenFormat format = new TokenFormat(random);
    return List.of(
        status,
        new TokenEndpoints(store, livePolicy, format, clock),
        new IdentityEndpoints(store, livePolicy, format),
        new PolicyEndpoints(livePolicy, store, clock));
  }
}
