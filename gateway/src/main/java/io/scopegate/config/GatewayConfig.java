package io.scopegate.config;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * How this gateway runs. Immutable.
 *
 * @param routes the routes file
 * @param listeners where requests come in; never empty
 * @param admin where the admin endpoints are
 * @param adminTokens further tokens that the admin address takes
 * @param probes where health and metrics alone are, if anywhere
 * @param trustedProxies the networks whose word on where a request comes from counts, as CIDR
 * @param drain how long requests in flight may take once the gateway is told to stop
 * @param data the folder of the embedded store and of the generated admin token
 * @param backends by the name that routes use
 */
public record GatewayConfig(
    Path routes,
    List<Address> listeners,
    Address admin,
    List<AdminToken> adminTokens,
    Optional<Address> probes,
    List<String> trustedProxies,
    Duration drain,
    Path data,
    Map<String, Backend> backends,
    Limits limits) {

  /** Copies what it is given. */
  public GatewayConfig {
    listeners = List.copyOf(listeners);
    adminTokens = List.copyOf(adminTokens);
    trustedProxies = List.copyOf(trustedProxies);
    backends = Collections.unmodifiableMap(new TreeMap<>(backends));
  }

  /** Returns the names of the backends. */
  public Set<String> backendNames() {
    return backends.keySet();
  }

  /**
   * A further admin token.
   *
   * @param mayWrite whether it may change anything
   */
  public record AdminToken(String name, String value, boolean mayWrite) {
    @Override
    public String toString() {
      return "AdminToken[" + name + "]";
    }
  }

  /**
   * An existing service.
   *
   * @param urls where it is; never empty
   * @param connectTimeout to an open connection
   * @param firstByteTimeout to the end of the answer's head
   * @param idleTimeout without a byte either way
   * @param preservesHost whether the client's {@code Host} is passed on rather than the URL's
   * @param forwardsCredentials whether the client's credential is passed on
   * @param slowStart how long an endpoint that is back takes to its full share
   */
  public record Backend(
      List<BackendUrl> urls,
      Duration connectTimeout,
      Duration firstByteTimeout,
      Duration idleTimeout,
      boolean preservesHost,
      boolean forwardsCredentials,
      HeaderChanges requestHeaders,
      HeaderChanges responseHeaders,
      Connections connections,
      Retries retries,
      Ejection ejection,
      Optional<HealthCheck> healthCheck,
      Duration slowStart) {
    /** Copies what it is given. */
    public Backend {
      urls = List.copyOf(urls);
    }
  }

  /**
   * Where a backend is.
   *
   * @param url scheme and authority only
   * @param weight its share of the requests next to other URLs; 0 for none
   */
  public record BackendUrl(URI url, int weight) {}

  /**
   * What may be open at one endpoint of a backend.
   *
   * @param max connections at once
   * @param maxWaiting requests that wait for one of them
   * @param maxWait how long one waits
   * @param lifetime of a connection, if it has an end
   */
  public record Connections(
      int max, int maxWaiting, Duration maxWait, Optional<Duration> lifetime) {}

  /**
   * How often requests go out once more.
   *
   * @param attempts how often one request may
   * @param percent of the recent requests that may
   * @param perSecond how many may each second in any case
   */
  public record Retries(int attempts, int percent, int perSecond) {}

  /**
   * When an endpoint that fails is left out.
   *
   * @param after how many failures in a row; 0 for never
   * @param time for how long the first time
   * @param maxTime for how long at most
   */
  public record Ejection(int after, Duration time, Duration maxTime) {}

  /**
   * How endpoints are asked whether they are well.
   *
   * @param healthyAfter how many good answers in a row bring one back
   * @param unhealthyAfter how many bad ones in a row take one out
   */
  public record HealthCheck(
      String path, Duration interval, Duration timeout, int healthyAfter, int unhealthyAfter) {}

  /**
   * What is changed in a head on its way.
   *
   * @param set fields that replace those of the same name
   * @param remove names of fields
   */
  public record HeaderChanges(Map<String, String> set, List<String> remove) {
    /** Copies what it is given. */
    public HeaderChanges {
      set = Map.copyOf(set);
      remove = List.copyOf(remove);
    }

    @Override
    public String toString() {
      // Values may be secrets.
      return "HeaderChanges[set=" + set.keySet() + ", remove=" + remove + "]";
    }
  }

  /**
   * What one client may take up.
   *
   * @param headTimeout from the first byte of a request head to its last
   * @param bodyTimeout how long a request body, or a client that reads an answer, may stand still
   * @param idleTimeout of a connection between requests
   * @param bodyLimitBytes of a request body where the row says nothing
   */
  public record Limits(
      Duration headTimeout, Duration bodyTimeout, Duration idleTimeout, long bodyLimitBytes) {
    /** The limits of a gateway that says nothing about them. */
    public static final Limits DEFAULT =
        new Limits(
            Duration.ofSeconds(30), Duration.ofSeconds(60), Duration.ofSeconds(75), 1L << 30);
  }
}
