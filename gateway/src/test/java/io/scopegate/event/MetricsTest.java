package io.scopegate.event;

import static org.assertj.core.api.Assertions.assertThat;

import io.scopegate.policy.Caller;
import io.scopegate.policy.Code;
import io.scopegate.policy.Decision;
import io.scopegate.policy.Missing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MetricsTest {
  private final Metrics metrics = new Metrics(1);

  @AfterEach
  void close() {
    metrics.close();
  }

  private static Decision deny(Code code) {
    return new Decision.Deny(
        code, "", null, new Caller.Anonymous(), Optional.empty(), Missing.nothing(), List.of());
  }

  private List<String> lines(String start) {
    return metrics.scrape().lines().filter(line -> line.startsWith(start)).toList();
  }

  @Test
  void decisions_are_counted_by_route_decision_and_code() {
    metrics.decided(deny(Code.CREDENTIAL_MISSING));
    metrics.decided(deny(Code.CREDENTIAL_MISSING));
    metrics.decided(deny(Code.ROUTE_NOT_DECLARED));

    assertThat(lines("scopegate_decisions_total"))
        .containsExactlyInAnyOrder(
            "scopegate_decisions_total{code=\"credential_missing\",decision=\"deny\","
                + "route=\"_none_\"} 2.0",
            "scopegate_decisions_total{code=\"route_not_declared\",decision=\"deny\","
                + "route=\"_none_\"} 1.0");
  }

  @Test
  void durations_carry_the_labels_of_opentelemetry_and_buckets() {
    metrics.completed(deny(Code.NOT_A_MEMBER), "GET", 403, Duration.ofMillis(30).toNanos());
    String labels =
        "http_request_method=\"GET\",http_response_status_code=\"403\",http_route=\"_none_\"";

    assertThat(lines("http_server_request_duration_seconds_count"))
        .containsExactly("http_server_request_duration_seconds_count{" + labels + "} 1");
    assertThat(lines("http_server_request_duration_seconds_sum"))
        .containsExactly("http_server_request_duration_seconds_sum{" + labels + "} 0.03");
    assertThat(lines("http_server_request_duration_seconds_bucket"))
        .hasSize(15)
        .contains(
            "http_server_request_duration_seconds_bucket{" + labels + ",le=\"0.025\"} 0",
            "http_server_request_duration_seconds_bucket{" + labels + ",le=\"0.05\"} 1",
            "http_server_request_duration_seconds_bucket{" + labels + ",le=\"+Inf\"} 1");
  }

  @Test
  void no_label_takes_what_a_caller_or_backend_makes_up() {
    metrics.completed(null, "EVIL", 200, 0);
    metrics.completed(null, "get", 200, 0);
    metrics.completed(null, "GET", 0, 0);
    metrics.completed(null, "GET", 777, 0);

    assertThat(lines("http_server_request_duration_seconds_count"))
        .containsExactlyInAnyOrder(
            "http_server_request_duration_seconds_count{http_request_method=\"_OTHER\","
                + "http_response_status_code=\"200\",http_route=\"_none_\"} 2",
            "http_server_request_duration_seconds_count{http_request_method=\"GET\","
                + "http_response_status_code=\"_none_\",http_route=\"_none_\"} 2");
  }

  @Test
  void reloads_show_what_came_of_them_and_which_generation_is_in_force() {
    assertThat(lines("scopegate_policy")).contains("scopegate_policy_generation 1.0");
    metrics.reloaded(true, 2);
    metrics.reloaded(false, 2);

    assertThat(lines("scopegate_reloads_total"))
        .containsExactlyInAnyOrder(
            "scopegate_reloads_total{outcome=\"failure\"} 1.0",
            "scopegate_reloads_total{outcome=\"success\"} 1.0");
    assertThat(lines("scopegate_policy"))
        .containsExactlyInAnyOrder(
            "scopegate_policy_generation 2.0", "scopegate_policy_last_reload_success 0.0");
  }

  @Test
  void store_reads_are_timed() {
    metrics.storeRead(true, Duration.ofMillis(2));
    metrics.storeRead(false, Duration.ofMillis(2));

    assertThat(lines("scopegate_store_read_seconds_count"))
        .containsExactlyInAnyOrder(
            "scopegate_store_read_seconds_count{outcome=\"failure\"} 1",
            "scopegate_store_read_seconds_count{outcome=\"success\"} 1");
  }

  @Test
  void other_parts_show_figures_of_their_own() {
    AtomicLong figure = new AtomicLong(3);
    metrics.gauge("scopegate.cache.size", "Entries", Map.of("cache", "tokens"), figure::get);
    metrics.gauge("scopegate.cache.size", "Entries", Map.of("cache", "subjects"), () -> 7);
    metrics.counter("scopegate.cache.hits", "Hits", Map.of("cache", "tokens"), figure::get);
    figure.set(4);

    assertThat(lines("scopegate_cache"))
        .containsExactlyInAnyOrder(
            "scopegate_cache_size{cache=\"tokens\"} 4.0",
            "scopegate_cache_size{cache=\"subjects\"} 7.0",
            "scopegate_cache_hits_total{cache=\"tokens\"} 4.0");
  }

  @Test
  void the_virtual_machine_and_the_process_are_shown() {
    assertThat(metrics.scrape())
        .contains("jvm_memory_used_bytes", "jvm_threads_live_threads", "process_uptime_seconds");
  }

  @Test
  void several_listeners_hear_of_everything_in_order() {
    List<String> heard = new ArrayList<>();
    GatewayEvents events = GatewayEvents.of(named("a", heard), named("b", heard));

    events.decided(deny(Code.NOT_FOUND));
    events.completed(null, "GET", 200, 0);
    events.reloaded(true, 2);
    events.storeRead(true, Duration.ZERO);

    assertThat(heard)
        .containsExactly(
            "a decided",
            "b decided",
            "a completed",
            "b completed",
            "a reloaded",
            "b reloaded",
            "a storeRead",
            "b storeRead");
  }

  private static GatewayEvents named(String name, List<String> heard) {
    return new GatewayEvents() {
      @Override
      public void decided(Decision decision) {
        heard.add(name + " decided");
      }

      @Override
      public void completed(@Nullable Decision decision, String method, int status, long nanos) {
        heard.add(name + " completed");
      }

      @Override
      public void reloaded(boolean ok, long generation) {
        heard.add(name + " reloaded");
      }

      @Override
      public void storeRead(boolean ok, Duration duration) {
        heard.add(name + " storeRead");
      }
    };
  }

  @Test
  void figures_come_and_go_with_what_they_are_about() {
    List<Metrics.Row> rows = new ArrayList<>();
    metrics.rows("scopegate.test.rows", "Rows", Map.of("backend", "core"), () -> List.copyOf(rows));
    rows.add(new Metrics.Row(Map.of("endpoint", "127.0.0.1:80"), 1));
    rows.add(new Metrics.Row(Map.of("endpoint", "127.0.0.2:80"), 2));
    assertThat(lines("scopegate_test_rows"))
        .containsExactlyInAnyOrder(
            "scopegate_test_rows{backend=\"core\",endpoint=\"127.0.0.1:80\"} 1.0",
            "scopegate_test_rows{backend=\"core\",endpoint=\"127.0.0.2:80\"} 2.0");
    rows.remove(0);
    rows.set(0, new Metrics.Row(Map.of("endpoint", "127.0.0.2:80"), 3));
    assertThat(lines("scopegate_test_rows"))
        .containsExactly("scopegate_test_rows{backend=\"core\",endpoint=\"127.0.0.2:80\"} 3.0");
  }
}
