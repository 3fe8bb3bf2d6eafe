package io.scopegate.event;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.scopegate.policy.Code;
import io.scopegate.policy.Decision;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The meters of one row, each made when it is first needed: most rows meet few of all codes and
 * statuses. Safe from any thread.
 */
final class RouteMeters {
  /** The label value where there is nothing to name. */
  static final String NONE = "_none_";

  private static final Duration[] BUCKETS = {
    Duration.ofMillis(5),
    Duration.ofMillis(10),
    Duration.ofMillis(25),
    Duration.ofMillis(50),
    Duration.ofMillis(75),
    Duration.ofMillis(100),
    Duration.ofMillis(250),
    Duration.ofMillis(500),
    Duration.ofMillis(750),
    Duration.ofSeconds(1),
    Duration.ofMillis(2_500),
    Duration.ofSeconds(5),
    Duration.ofMillis(7_500),
    Duration.ofSeconds(10)
  };

  /** Keys that need not be made for each request. */
  private static final Integer[] STATUSES = IntStream.range(0, 600).boxed().toArray(Integer[]::new);

  private final MeterRegistry registry;
  private final String route;

  private final Map<Code, Counter> denied = new ConcurrentHashMap<>();
  private final Map<Code, Counter> overruled = new ConcurrentHashMap<>();
  private final Map<Code, Counter> withdrawn = new ConcurrentHashMap<>();
  private volatile @Nullable Counter allowed;

  private final Map<String, Map<Integer, Timer>> durations = new ConcurrentHashMap<>();

  RouteMeters(MeterRegistry registry, String route) {
    this.registry = registry;
    this.route = route;
  }

  void count(Decision decision) {
    counter(decision).increment();
  }

  private Counter counter(Decision decision) {
    if (decision instanceof Decision.Deny deny) {
      return denied.computeIfAbsent(deny.code(), code -> counter("deny", code.word()));
    }
    Optional<Decision.Deny> refusal =
        decision instanceof Decision.Allow allow ? allow.overruled() : Optional.empty();
    if (refusal.isPresent()) {
      return overruled.computeIfAbsent(
          refusal.get().code(), code -> counter("would_deny", code.word()));
    }
    Counter known = allowed;
    if (known == null) {
      known = counter("allow", NONE);
      allowed = known;
    }
    return known;
  }

  private Counter counter(String decision, String code) {
    // Two threads that make the same one get one from the registry.
    return Counter.builder("scopegate.decisions")
        .description("Requests by what was decided of them")
        .tag("route", route)
        .tag("decision", decision)
        .tag("code", code)
        .register(registry);
  }

  void countWithdrawal(Code code) {
    withdrawn.computeIfAbsent(code, this::withdrawals).increment();
  }

  private Counter withdrawals(Code code) {
    return Counter.builder("scopegate.withdrawals")
        .description("Requests under way that were ended, by what would be said of them then")
        .tag("route", route)
        .tag("code", code.word())
        .register(registry);
  }

  /** Records how long an exchange took; status 0 is one that broke off before it had any. */
  void record(String method, int code, long nanos) {
    Integer status = STATUSES[code];
    Map<Integer, Timer> timers = durations.get(method);
    Timer timer = timers == null ? null : timers.get(status);
    if (timer == null) {
      timer =
          durations
              .computeIfAbsent(method, unused -> new ConcurrentHashMap<>())
              .computeIfAbsent(status, unused -> timer(method, status));
    }
    timer.record(nanos, TimeUnit.NANOSECONDS);
  }

  private Timer timer(String method, int status) {
    return Timer.builder("http.server.request.duration")
        .description("From the first byte of a request's head to the last of its answer")
        .tag("http_request_method", method)
        .tag("http_response_status_code", status == 0 ? NONE : Integer.toString(status))
        .tag("http_route", route)
        .serviceLevelObjectives(BUCKETS)
        .register(registry);
  }
}
