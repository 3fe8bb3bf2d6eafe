package io.scopegate.backend;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class LoadBalancerTest {
  private static final EventLoops LOOPS = new EventLoops(1);
  private static final int DRAWS = 20_000;

  private long now;
  private final LoadBalancer balancer = new LoadBalancer(new SplittableRandom(3), () -> now);
  private final Roster roster = roster(new Resilience.Ejection(3, LONG, LONG));

  private static final Duration LONG = Duration.ofMinutes(1);

  @AfterAll
  static void end() {
    LOOPS.close();
  }

  private static Roster roster(Resilience.Ejection ejection) {
    Resilience standard = Resilience.standard();
    Resilience resilience =
        new Resilience(
            standard.connections(),
            standard.retries(),
            ejection,
            Optional.empty(),
            Duration.ofSeconds(10));
    Connector connector =
        new Connector(
            Backend.Settings.standard().with(resilience),
            LOOPS,
            url -> Protocol.plain(pipeline -> {}),
            () -> 0.5);
    return new Roster(resilience, connector, LOOPS.group().next());
  }

  private void join(String digits, int weight) throws UnknownHostException {
    roster.update(
        BackendUrl.parse("http://" + digits + ":80", weight),
        List.of(InetAddress.getByName(digits)));
  }

  private Endpoint endpoint(String digits) {
    return roster.all().stream()
        .filter(each -> each.label().startsWith(digits + ":"))
        .findFirst()
        .orElseThrow();
  }

  private Map<String, Integer> shares() {
    Map<String, Integer> shares = new HashMap<>();
    for (int i = 0; i < DRAWS; i++) {
      Endpoint chosen = Objects.requireNonNull(balancer.choose(roster.choices(), List.of()));
      shares.merge(chosen.label().substring(0, chosen.label().indexOf(':')), 1, Integer::sum);
    }
    return shares;
  }

  private int share(String digits) {
    return shares().getOrDefault(digits, 0);
  }

  private static void fail(Endpoint endpoint, int times) {
    for (int i = 0; i < times; i++) {
      endpoint.failed();
    }
  }

  @Test
  void of_two_the_idle_one_is_always_chosen() throws Exception {
    join("127.0.0.1", 1);
    join("127.0.0.2", 1);
    endpoint("127.0.0.1").activated(1);
    assertThat(shares()).containsOnlyKeys("127.0.0.2");
  }

  @Test
  void the_most_loaded_of_several_gets_nothing() throws Exception {
    join("127.0.0.1", 1);
    join("127.0.0.2", 1);
    join("127.0.0.3", 1);
    endpoint("127.0.0.2").activated(9);
    assertThat(shares()).containsOnlyKeys("127.0.0.1", "127.0.0.3");
  }

  @Test
  void an_idle_backend_gives_each_url_its_weight() throws Exception {
    join("127.0.0.1", 90);
    join("127.0.0.2", 10);
    join("127.0.0.3", 0);
    assertThat(share("127.0.0.2")).isBetween(DRAWS / 10 - 200, DRAWS / 10 + 200);
    assertThat(share("127.0.0.3")).isZero();
  }

  @Test
  void a_light_url_does_not_get_the_share_of_a_loaded_one() throws Exception {
    join("127.0.0.1", 90);
    join("127.0.0.2", 10);
    endpoint("127.0.0.1").activated(50);
    // 1 - 0.9^2: drawn at least once of two.
    assertThat(share("127.0.0.2")).isBetween(DRAWS * 18 / 100, DRAWS * 20 / 100);
    endpoint("127.0.0.2").activated(6);
    assertThat(share("127.0.0.2")).isLessThan(DRAWS / 50);
  }

  @Test
  void who_has_failed_a_request_is_not_asked_again() throws Exception {
    join("127.0.0.1", 1);
    join("127.0.0.2", 1);
    Endpoint one = endpoint("127.0.0.1");
    Endpoint two = endpoint("127.0.0.2");
    for (int i = 0; i < 100; i++) {
      assertThat(balancer.choose(roster.choices(), List.of(one))).isSameAs(two);
    }
    assertThat(balancer.choose(roster.choices(), List.of(one, two))).isNull();
    assertThat(balancer.choose(Choices.NONE, List.of())).isNull();
  }

  @Test
  void failures_in_a_row_leave_an_endpoint_out_but_never_more_than_half() throws Exception {
    for (int i = 1; i <= 4; i++) {
      join("127.0.0." + i, 1);
    }
    fail(endpoint("127.0.0.1"), 2);
    endpoint("127.0.0.1").succeeded();
    fail(endpoint("127.0.0.1"), 2);
    assertThat(endpoint("127.0.0.1").state()).isEqualTo(Endpoint.State.CLOSED);
    fail(endpoint("127.0.0.1"), 1);
    fail(endpoint("127.0.0.2"), 3);
    fail(endpoint("127.0.0.3"), 30);
    assertThat(roster.ejections()).isEqualTo(2);
    assertThat(shares()).containsOnlyKeys("127.0.0.3", "127.0.0.4");
  }

  @Test
  void the_only_endpoint_is_never_left_out_for_failing() throws Exception {
    join("127.0.0.1", 1);
    fail(endpoint("127.0.0.1"), 30);
    assertThat(share("127.0.0.1")).isEqualTo(DRAWS);
  }

  @Test
  void one_request_tries_whether_an_endpoint_is_back_and_it_comes_back_slowly() throws Exception {
    Roster quick = roster(new Resilience.Ejection(3, Duration.ofMillis(20), LONG));
    for (String digits : List.of("127.0.0.1", "127.0.0.2")) {
      quick.update(
          BackendUrl.parse("http://" + digits + ":80"), List.of(InetAddress.getByName(digits)));
    }
    Endpoint back = quick.all().get(0);
    Endpoint other = quick.all().get(1);
    fail(back, 3);
    assertThat(back.state()).isEqualTo(Endpoint.State.OPEN);
    other.activated(5);
    long end = System.nanoTime() + 5_000_000_000L;
    // What there is to choose from follows the state of an endpoint, on a thread of its own.
    while (balancer.choose(quick.choices(), List.of()) != back) {
      assertThat(System.nanoTime()).as("not tried again in time").isLessThan(end);
      Thread.onSpinWait();
    }
    assertThat(back.state()).isEqualTo(Endpoint.State.HALF_OPEN);
    back.activated(1);
    for (int i = 0; i < 100; i++) {
      assertThat(balancer.choose(quick.choices(), List.of())).isSameAs(other);
    }
    back.activated(-1);
    other.activated(-5);
    back.succeeded();
    assertThat(back.state()).isEqualTo(Endpoint.State.CLOSED);
    int chosen = 0;
    now = LOOPS.group().next().ticker().nanoTime();
    for (int i = 0; i < DRAWS; i++) {
      chosen += balancer.choose(quick.choices(), List.of()) == back ? 1 : 0;
    }
    assertThat(chosen).as("a tenth of its share at first").isBetween(1, DRAWS * 15 / 100);
    now += Duration.ofSeconds(11).toNanos();
    chosen = 0;
    for (int i = 0; i < DRAWS; i++) {
      chosen += balancer.choose(quick.choices(), List.of()) == back ? 1 : 0;
    }
    assertThat(chosen).isBetween(DRAWS * 48 / 100, DRAWS * 52 / 100);
  }

  @Test
  void an_ejection_is_twice_as_long_each_time() {
    Circuit circuit =
        new Circuit(new Resilience.Ejection(1, Duration.ofSeconds(5), Duration.ofSeconds(30)));
    assertThat(circuit.open(0)).isEqualTo(Duration.ofSeconds(5));
    circuit.halfOpen();
    assertThat(circuit.open(0)).isEqualTo(Duration.ofSeconds(10));
    circuit.halfOpen();
    assertThat(circuit.open(0)).isEqualTo(Duration.ofSeconds(20));
    circuit.halfOpen();
    assertThat(circuit.open(0)).isEqualTo(Duration.ofSeconds(30));
    circuit.halfOpen();
    circuit.close(0);
    assertThat(circuit.open(Duration.ofSeconds(31).toNanos())).isEqualTo(Duration.ofSeconds(5));
  }
}
