package io.scopegate;

import io.scopegate.backend.Backend;
import io.scopegate.backend.BackendUrl;
import io.scopegate.backend.FieldChanges;
import io.scopegate.backend.Resilience;
import io.scopegate.config.GatewayConfig;

/** Turns what the configuration says of a backend into what the backend takes. */
final class BackendWiring {
  private static final int IDLE_CONNECTIONS_PER_LOOP = 256;

  private BackendWiring() {}

  static BackendUrl url(GatewayConfig.BackendUrl url) {
    return BackendUrl.parse(url.url().toString(), url.weight());
  }

  static Backend.Settings settings(GatewayConfig.Backend backend) {
    return new Backend.Settings(
        backend.connectTimeout(),
        backend.firstByteTimeout(),
        backend.idleTimeout(),
        backend.preservesHost(),
        backend.forwardsCredentials(),
        changes(backend.requestHeaders()),
        changes(backend.responseHeaders()),
        resilience(backend));
  }

  private static FieldChanges changes(GatewayConfig.HeaderChanges changes) {
    return new FieldChanges(changes.set(), changes.remove());
  }

  private static Resilience resilience(GatewayConfig.Backend backend) {
    GatewayConfig.Connections connections = backend.connections();
    GatewayConfig.Retries retries = backend.retries();
    GatewayConfig.Ejection ejection = backend.ejection();
    return new Resilience(
        new Resilience.Connections(
            connections.max(),
            IDLE_CONNECTIONS_PER_LOOP,
            connections.maxWaiting(),
            connections.maxWait(),
            connections.lifetime()),
        new Resilience.Retries(retries.attempts(), retries.percent(), retries.perSecond()),
        new Resilience.Ejection(ejection.after(), ejection.time(), ejection.maxTime()),
        backend.healthCheck().map(BackendWiring::healthCheck),
        backend.slowStart());
  }

  private static Resilience.HealthCheck healthCheck(GatewayConfig.HealthCheck check) {
    return new Resilience.HealthCheck(
        check.path(),
        check.interval(),
        check.timeout(),
        check.healthyAfter(),
        check.unhealthyAfter());
  }
}
