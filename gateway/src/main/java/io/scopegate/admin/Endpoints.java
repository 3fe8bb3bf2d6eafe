package io.scopegate.admin;

import java.util.List;

/** A group of endpoints that belong together. Safe from any thread. */
public abstract sealed class Endpoints
    permits StatusEndpoints, TokenEndpoints, LeakEndpoint, IdentityEndpoints, PolicyEndpoints {
  Endpoints() {}

  /** Returns its rows. */
  abstract List<EndpointTable.Row> rows();
}
