package io.scopegate.backend;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import io.scopegate.policy.Decision;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import java.util.random.RandomGenerator;

/**
 * An existing service: chooses an endpoint and leases a connection to it on the caller's event
 * loop, to whoever holds the permission to go there. Safe from any thread.
 */
// What comes of connecting is told by the promise.
@SuppressWarnings("FutureReturnValueIgnored")
public final class Backend implements AutoCloseable {
  private final String name;
  private final Settings settings;
  private final LoadBalancer balancer;
  private final Roster roster;
  private final RetryBudget budget;
  private final List<AddressWatch> watches;
  private final LongAdder retries = new LongAdder();
  private final LongAdder deniedRetries = new LongAdder();
  private final LongAdder overloads = new LongAdder();

  /**
   * What can be set of a backend. Immutable.
   *
   * @param connectTimeout until a connection stands, and until its name is looked up
   * @param firstByteTimeout from the end of the request to the end of the answer's head
   * @param idleTimeout how long an answer may stand still, and a connection lie unused
   * @param preservesHost whether it is told the client's {@code Host} instead of its own
   * @param forwardsCredentials whether it sees the credentials
   */
  public record Settings(
      Duration connectTimeout,
      Duration firstByteTimeout,
      Duration idleTimeout,
      boolean preservesHost,
      boolean forwardsCredentials,
      FieldChanges requestFields,
      FieldChanges responseFields,
      Resilience resilience) {

    /** Returns what holds where nothing else is set. */
    public static Settings standard() {
      return new Settings(
          Duration.ofSeconds(2),
          Duration.ofSeconds(30),
          Duration.ofSeconds(60),
          true,
          false,
          FieldChanges.none(),
          FieldChanges.none(),
          Resilience.standard());
    }

    /** Returns the same with another resilience. */
    public Settings with(Resilience other) {
      return new Settings(
          connectTimeout,
          firstByteTimeout,
          idleTimeout,
          preservesHost,
          forwardsCredentials,
          requestFields,
          responseFields,
          other);
    }
  }

  /**
   * Wires a backend, and begins to look names up and to ask endpoints whether they are well.
   *
   * @param protocol says what is spoken with a URL
   */
  public Backend(
      String name,
      List<BackendUrl> urls,
      Settings settings,
      EventLoops loops,
      NameResolver resolver,
      RandomGenerator random,
      Function<BackendUrl, Protocol> protocol) {
    if (urls.isEmpty()) {
      throw new IllegalArgumentException("a backend needs a URL");
    }
    this.name = name;
    this.settings = settings;
    EventLoop timer = loops.group().next();
    this.balancer = new LoadBalancer(random, timer.ticker()::nanoTime);
    this.budget = new RetryBudget(settings.resilience().retries(), timer.ticker().nanoTime());
    Connector connector = new Connector(settings, loops, protocol, balancer::fraction);
    this.roster = new Roster(settings.resilience(), connector, timer);
    List<AddressWatch> names = new ArrayList<>();
    for (BackendUrl url : urls) {
      Optional<InetAddress> address = url.address();
      if (address.isPresent()) {
        roster.update(url, List.of(address.get()));
      } else {
        names.add(
            new AddressWatch(url.host(), resolver, timer, found -> roster.update(url, found)));
      }
    }
    this.watches = List.copyOf(names);
  }

  /** Returns its name in routes and metrics. */
  public String name() {
    return name;
  }

  /** Returns what is set of it. */
  public Settings settings() {
    return settings;
  }

  /** Returns the addresses it has now. */
  public List<Endpoint> endpoints() {
    return roster.all();
  }

  /** Returns how many connections there are. */
  public int openConnections() {
    return sum(Endpoint::openConnections);
  }

  /** Returns how many connections wait for a request. */
  public int idleConnections() {
    return sum(Endpoint::idleConnections);
  }

  /** Returns how many requests are on their way. */
  public int activeRequests() {
    return sum(Endpoint::activeRequests);
  }

  /** Returns how many requests wait for a connection. */
  public int waitingRequests() {
    return sum(Endpoint::waitingRequests);
  }

  private int sum(ToIntFunction<Endpoint> figure) {
    return endpoints().stream().mapToInt(figure).sum();
  }

  /** Returns how often an endpoint was left out for failing. */
  public long ejections() {
    return roster.ejections();
  }

  /** Returns how often a request went out once more. */
  public long retries() {
    return retries.sum();
  }

  /** Returns how often a request could have gone out once more and the budget was used up. */
  public long deniedRetries() {
    return deniedRetries.sum();
  }

  /** Returns how many requests got no connection because all were in use. */
  public long overloads() {
    return overloads.sum();
  }

  /**
   * Leases a connection: one that waits there, on the spot, or a new one. Where an endpoint cannot
   * be reached, others are tried. It fails if no connection comes about; {@link BackendFailure#of}
   * says what that means.
   *
   * @param allow the permission to go there; a request without one has no way to a backend
   * @param loop the event loop of the caller, on which this is called
   */
  public Future<BackendConnection> lease(Decision.Allow allow, EventLoop loop) {
    check(allow);
    budget.requested();
    Endpoint endpoint = balancer.choose(roster.choices(), List.of());
    if (endpoint == null) {
      return leaseLater(loop);
    }
    BackendConnection idle = endpoint.pool(loop).idle();
    return idle != null ? idle.lease() : connect(endpoint, List.of(), loop);
  }

  private void check(Decision.Allow allow) {
    if (!allow.row().forwarding().backend().equals(name)) {
      throw new IllegalArgumentException("the permission is for another backend than " + name);
    }
  }

  /**
   * Says whether a request that failed there may go out once more, and takes that out of the
   * budget. Whether it is one that can, the caller knows.
   */
  public boolean grantsRetry(BackendConnection failed) {
    if (failed.tried().size() >= settings.resilience().retries().attempts()) {
      return false;
    }
    boolean granted = budget.take(failed.channel().eventLoop().ticker().nanoTime());
    (granted ? retries : deniedRetries).increment();
    return granted;
  }

  /**
   * Leases a new connection for a request that was granted to go out once more: to another endpoint
   * if there is one.
   */
  public Future<BackendConnection> leaseAgain(
      Decision.Allow allow, EventLoop loop, BackendConnection failed) {
    check(allow);
    List<Endpoint> tried = with(failed.tried(), failed.endpoint());
    Choices choices = roster.choices();
    Endpoint endpoint = balancer.choose(choices, tried);
    if (endpoint == null) {
      endpoint = balancer.choose(choices, List.of());
    }
    return endpoint == null
        ? loop.newFailedFuture(NotLeased.unreachable("no endpoint is left"))
        : connect(endpoint, tried, loop);
  }

  private static List<Endpoint> with(List<Endpoint> tried, Endpoint another) {
    List<Endpoint> longer = new ArrayList<>(tried);
    longer.add(another);
    return List.copyOf(longer);
  }

  private Future<BackendConnection> connect(
      Endpoint endpoint, List<Endpoint> tried, EventLoop loop) {
    Promise<BackendConnection> promise = loop.newPromise();
    connect(endpoint, tried, loop, promise);
    return promise;
  }

  private void connect(
      Endpoint endpoint, List<Endpoint> tried, EventLoop loop, Promise<BackendConnection> promise) {
    endpoint
        .pool(loop)
        .connect()
        .addListener(
            (Future<BackendConnection> done) -> {
              if (done.isSuccess()) {
                BackendConnection connection = done.getNow();
                connection.tried(tried);
                promise.setSuccess(connection);
              } else {
                goOn(done.cause(), with(tried, endpoint), loop, promise);
              }
            });
  }

  /** Nothing was sent where no connection came about, so this is open to every request. */
  private void goOn(
      Throwable cause, List<Endpoint> tried, EventLoop loop, Promise<BackendConnection> promise) {
    boolean overloaded = BackendFailure.of(cause).kind() == BackendFailure.Kind.OVERLOADED;
    if (overloaded) {
      overloads.increment();
    }
    Endpoint next =
        overloaded || tried.size() > settings.resilience().retries().attempts()
            ? null
            : balancer.choose(roster.choices(), tried);
    if (next == null) {
      promise.setFailure(cause);
    } else {
      connect(next, tried, loop, promise);
    }
  }

  /** Waits for names that are being looked up, not longer than for a connection. */
  private Future<BackendConnection> leaseLater(EventLoop loop) {
    LateLease late = new LateLease(loop, settings.connectTimeout());
    watches.forEach(watch -> late.awaits(watch.current()));
    return late.begin(
        promise -> {
          Endpoint endpoint = balancer.choose(roster.choices(), List.of());
          if (endpoint != null) {
            connect(endpoint, List.of(), loop, promise);
          }
          return endpoint != null;
        });
  }

  /** Looks nothing up any more and closes what is not in use. */
  @Override
  public void close() {
    watches.forEach(AddressWatch::close);
    roster.drain();
  }
}
