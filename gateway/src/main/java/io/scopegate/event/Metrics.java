package io.scopegate.event;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.scopegate.policy.Decision;
import io.scopegate.route.Route;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What happened, as numbers in Prometheus' text form. No label takes a value that a caller can make
 * up: routes come from the table, methods and statuses from fixed sets. Safe from any thread.
 */
public final class Metrics implements GatewayEvents, AutoCloseable {
  /** The media type of {@link #scrape}. */
  public static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

  private static final Set<String> METHODS =
      Set.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "QUERY");
  private static final int LOWEST_STATUS = 100;
  private static final int HIGHEST_STATUS = 599;

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final JvmGcMetrics collections = new JvmGcMetrics();

  /** Per id of a row: it outlives a reload, as the row's counts do. */
  private final Map<String, RouteMeters> routes = new ConcurrentHashMap<>();

  private final RouteMeters noRoute = new RouteMeters(registry, RouteMeters.NONE);
  private final List<Runnable> tables = new CopyOnWriteArrayList<>();
  private final Counter reloads = reloadCounter("success");
  private final Counter failedReloads = reloadCounter("failure");
  private final AtomicLong generation = new AtomicLong();
  private final AtomicLong lastReloadOk = new AtomicLong(1);
  private final Timer storeReads = storeTimer("success");
  private final Timer failedStoreReads = storeTimer("failure");

  /**
   * Starts counting.
   *
   * @param firstGeneration of the policy in force at the start
   */
  public Metrics(long firstGeneration) {
    generation.set(firstGeneration);
    gauge(
        "scopegate.policy.generation",
        "Which route table of this process is in force",
        Map.of(),
        generation::get);
    gauge(
        "scopegate.policy.last.reload.success",
        "Whether the last reading of the route table put it in force",
        Map.of(),
        lastReloadOk::get);
    new JvmMemoryMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new ClassLoaderMetrics().bindTo(registry);
    collections.bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    new FileDescriptorMetrics().bindTo(registry);
    new UptimeMetrics().bindTo(registry);
  }

  private Counter reloadCounter(String outcome) {
    return Counter.builder("scopegate.reloads")
        .description("How often the route table was read again, by what came of it")
        .tag("outcome", outcome)
        .register(registry);
  }

  private Timer storeTimer(String outcome) {
    return Timer.builder("scopegate.store.read")
        .description("How long the identity store took for what was not cached")
        .tag("outcome", outcome)
        .serviceLevelObjectives(
            Duration.ofMillis(1),
            Duration.ofMillis(5),
            Duration.ofMillis(25),
            Duration.ofMillis(100),
            Duration.ofSeconds(1))
        .register(registry);
  }

  @Override
  public void decided(Decision decision) {
    of(decision.row()).count(decision);
  }

  @Override
  public void completed(@Nullable Decision decision, String method, int status, long nanos) {
    of(decision == null ? null : decision.row())
        .record(
            METHODS.contains(method) ? method : "_OTHER",
            status >= LOWEST_STATUS && status <= HIGHEST_STATUS ? status : 0,
            nanos);
  }

  @Override
  public void withdrawn(Decision.Allow then, Decision.Deny why) {
    of(then.row()).countWithdrawal(why.code());
  }

  private RouteMeters of(@Nullable Route row) {
    if (row == null) {
      return noRoute;
    }
    String id = row.id();
    RouteMeters known = routes.get(id);
    return known != null
        ? known
        : routes.computeIfAbsent(id, unused -> new RouteMeters(registry, id));
  }

  @Override
  public void reloaded(boolean ok, long inForce) {
    (ok ? reloads : failedReloads).increment();
    lastReloadOk.set(ok ? 1 : 0);
    generation.set(inForce);
  }

  @Override
  public void storeRead(boolean ok, Duration duration) {
    (ok ? storeReads : failedStoreReads).record(duration);
  }

  /**
   * Shows a figure that goes up and down.
   *
   * @param name in dotted words, such as {@code scopegate.cache.size}
   * @param labels whose values no caller makes up
   * @param figure asked at each scrape; never blocks
   */
  public void gauge(
      String name, String description, Map<String, String> labels, DoubleSupplier figure) {
    Gauge.builder(name, figure::getAsDouble)
        .description(description)
        .tags(tags(labels))
        .strongReference(true)
        .register(registry);
  }

  /**
   * Shows a figure that only goes up.
   *
   * @param name in dotted words; {@code _total} is added
   * @param labels whose values no caller makes up
   * @param figure asked at each scrape; never blocks
   */
  public void counter(
      String name, String description, Map<String, String> labels, LongSupplier figure) {
    // The registry holds the object of a function counter weakly; the function keeps the supplier.
    FunctionCounter.builder(name, this, unused -> figure.getAsLong())
        .description(description)
        .tags(tags(labels))
        .register(registry);
  }

  /**
   * One figure among several of a kind. Immutable.
   *
   * @param labels whose values no caller makes up
   */
  public record Row(Map<String, String> labels, double value) {
    /** Copies what it is given. */
    public Row {
      labels = Map.copyOf(labels);
    }
  }

  /**
   * Shows figures that come and go with what they are about.
   *
   * @param name in dotted words
   * @param labels that all of them have
   * @param figures asked at each scrape; never blocks
   */
  public void rows(
      String name, String description, Map<String, String> labels, Supplier<List<Row>> figures) {
    MultiGauge gauge =
        MultiGauge.builder(name).description(description).tags(tags(labels)).register(registry);
    tables.add(
        () ->
            gauge.register(
                figures.get().stream()
                    .map(row -> MultiGauge.Row.of(Tags.of(tags(row.labels())), row.value()))
                    .collect(Collectors.toList()),
                true));
  }

  private static List<Tag> tags(Map<String, String> labels) {
    return labels.entrySet().stream()
        .map(label -> Tag.of(label.getKey(), label.getValue()))
        .toList();
  }

  /** Returns all figures in Prometheus' text form. */
  public String scrape() {
    tables.forEach(Runnable::run);
    return registry.scrape();
  }

  /** Stops listening to the virtual machine. */
  @Override
  public void close() {
    collections.close();
    registry.close();
  }
}
