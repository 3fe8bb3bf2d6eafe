package io.scopegate.config;

import io.scopegate.tls.BackendTls;
import io.scopegate.tls.ListenerTls;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
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
 * @param store where identities are kept
 * @param backends by the name that routes use
 * @param issuers who vouches for sessions
 * @param origins the web origins, besides the gateway's own, whose pages may use a session's cookie
 * @param assertion how it signs for backends who asks, if it does
 * @param maxTokenLife how long a token may live from when it is made; without it for ever
 */
public record GatewayConfig(
    Path routes,
    List<Listener> listeners,
    Address admin,
    List<AdminToken> adminTokens,
    Optional<Address> probes,
    List<String> trustedProxies,
    Duration drain,
    Path data,
    Store store,
    Map<String, Backend> backends,
    Limits limits,
    List<IssuerConfig> issuers,
    Set<String> origins,
    Optional<AssertionConfig> assertion,
    Optional<Duration> maxTokenLife) {

  /** Copies what it is given. */
  public GatewayConfig {
    listeners = List.copyOf(listeners);
    adminTokens = List.copyOf(adminTokens);
    trustedProxies = List.copyOf(trustedProxies);
    backends = Collections.unmodifiableMap(new TreeMap<>(backends));
    issuers = List.copyOf(issuers);
    origins = Set.copyOf(origins);
  }

  /** Returns the names of the backends. */
  public Set<String> backendNames() {
    return backends.keySet();
  }

  /**
   * Where requests come in.
   *
   * @param tls how TLS is spoken there, if it is
   * @param proxyProtocol whether every connection begins with a PROXY protocol header
   */
  public record Listener(Address address, Optional<ListenerTls> tls, boolean proxyProtocol) {}

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
   * Where identities are kept.
   *
   * @param database of the shared store; without one the store is embedded
   * @param staleIfError how long what is known goes on to count while it cannot be confirmed
   * @param queries what is looked up in a database of others as well
   */
  public record Store(
      Optional<Database> database, Duration staleIfError, Optional<Queries> queries) {
    /** The store of a gateway that says nothing about it. */
    public static final Store DEFAULT =
        new Store(Optional.empty(), Duration.ofSeconds(30), Optional.empty());
  }

  /**
   * A database.
   *
   * @param connections how many may read at a time
   */
  public record Database(
      String url, Optional<String> user, Optional<String> password, int connections) {
    @Override
    public String toString() {
      return "Database[connections=" + connections + "]";
    }
  }

  /**
   * What is looked up in a database that others keep.
   *
   * @param token the query that finds tokens by their digests
   * @param memberships the query that finds what subjects hold
   * @param freshFor how long what was found counts without being looked up again
   */
  public record Queries(
      Database database, Optional<String> token, Optional<String> memberships, Duration freshFor) {}

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
   * @param tls how TLS is spoken with it; empty if it is not
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
      Duration slowStart,
      Optional<BackendTls> tls) {
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
   * What clients may take up.
   *
   * @param headTimeout from the first byte of a request head to its last
   * @param bodyTimeout how long a request body, or a client that reads an answer, may stand still
   * @param idleTimeout of a connection between requests
   * @param bodyLimitBytes of a request body where the row says nothing
   * @param targetLength of a request line, in bytes
   * @param headerBytes of the whole head
   * @param headerCount how many field lines a head may have
   * @param connections at once; by default as many as there are descriptors, less a reserve
   * @param connectionsPerAddress at once from one address that is no trusted proxy; by default half
   *     of {@code connections}
   * @param requestsPerConnection after which a connection ends
   * @param concurrentStreams at once on a connection of HTTP/2
   * @param readAheadBytes what is taken of a client ahead of the request that is being served
   */
  public record Limits(
      Duration headTimeout,
      Duration bodyTimeout,
      Duration idleTimeout,
      long bodyLimitBytes,
      int targetLength,
      int headerBytes,
      int headerCount,
      OptionalInt connections,
      OptionalInt connectionsPerAddress,
      int requestsPerConnection,
      int concurrentStreams,
      int readAheadBytes) {
    /** The limits of a gateway that says nothing about them. */
    public static final Limits DEFAULT =
        new Limits(
            Duration.ofSeconds(10),
            Duration.ofSeconds(60),
            Duration.ofSeconds(75),
            1L << 30,
            8 << 10,
            32 << 10,
            100,
            OptionalInt.empty(),
            OptionalInt.empty(),
            100_000,
            100,
            64 << 10);
  }
}
