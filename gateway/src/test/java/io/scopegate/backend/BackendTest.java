package io.scopegate.backend;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.scopegate.file.FileSource;
import io.scopegate.file.PolicyReader;
import io.scopegate.policy.Authorizer;
import io.scopegate.policy.Decision;
import io.scopegate.policy.Policy;
import io.scopegate.proxy.RecordingBackend;
import io.scopegate.route.HttpFields;
import io.scopegate.route.RequestLine;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Leases, over real sockets and with a name server of the test's. */
// What comes of a timer is seen in what it does.
@SuppressWarnings("FutureReturnValueIgnored")
class BackendTest {
  private static final EventLoops LOOPS = new EventLoops(2);
  private static final EventLoop LOOP = LOOPS.group().next();
  private static final EventLoop OTHER = LOOPS.group().next();
  private static final Decision.Allow ALLOW = allow();

  @AfterAll
  static void end() {
    LOOPS.close();
  }

  private static Decision.Allow allow() {
    String routes =
        """
        apiVersion: scopegate/v1
        backend: core
        routes: [{ match: GET /, access: public }]
        """;
    Policy policy =
        PolicyReader.read(
                "routes.yaml", FileSource.of(Map.of("routes.yaml", routes)), Optional.empty())
            .policy()
            .orElseThrow();
    Authorizer.Admission admission =
        Authorizer.admit(policy, RequestLine.parse("GET", "/", "gate"), HttpFields.none());
    return (Decision.Allow) ((Authorizer.Settled) admission).decision();
  }

  private static Backend.Settings settings(
      Resilience.Connections connections, Optional<Resilience.HealthCheck> check) {
    Resilience standard = Resilience.standard();
    return Backend.Settings.standard()
        .with(
            new Resilience(
                connections, standard.retries(), standard.ejection(), check, Duration.ZERO));
  }

  private static Backend.Settings limited(int max, int waiting, Duration wait) {
    return settings(
        new Resilience.Connections(max, 16, waiting, wait, Optional.empty()), Optional.empty());
  }

  private static Backend backend(Backend.Settings settings, NameResolver resolver, String... urls) {
    return new Backend(
        "core",
        List.of(urls).stream().map(BackendUrl::parse).toList(),
        settings,
        LOOPS,
        resolver,
        new SplittableRandom(5),
        url -> Protocol.plain(pipeline -> {}));
  }

  private static Backend backend(Backend.Settings settings, String... urls) {
    return backend(settings, new NameResolver(LOOPS), urls);
  }

  private static <T> T on(EventLoop loop, Callable<T> task) throws Exception {
    return loop.submit(task).get(10, TimeUnit.SECONDS);
  }

  private static Future<BackendConnection> lease(Backend backend, EventLoop loop) throws Exception {
    return on(loop, () -> backend.lease(ALLOW, loop));
  }

  private static BackendConnection leased(Backend backend, EventLoop loop) throws Exception {
    return lease(backend, loop).get(10, TimeUnit.SECONDS);
  }

  private static BackendFailure.Kind failure(Future<BackendConnection> lease) throws Exception {
    assertThat(lease.await(10, TimeUnit.SECONDS)).isTrue();
    assertThat(lease.isSuccess()).isFalse();
    return BackendFailure.of(lease.cause()).kind();
  }

  private static void release(BackendConnection connection) throws Exception {
    on(
        connection.channel().eventLoop(),
        () -> {
          connection.release();
          return true;
        });
  }

  private static void awaitThat(String what, BooleanSupplier condition) {
    long end = System.nanoTime() + 10_000_000_000L;
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as(what).isLessThan(end);
      Thread.onSpinWait();
    }
  }

  @Test
  void a_connection_that_was_given_back_is_leased_again() throws Exception {
    try (RecordingBackend server = RecordingBackend.start();
        Backend backend = backend(Backend.Settings.standard(), server.url())) {
      BackendConnection first = leased(backend, LOOP);
      assertThat(backend.activeRequests()).isEqualTo(1);
      release(first);
      assertThat(backend.idleConnections()).isEqualTo(1);
      assertThat(leased(backend, LOOP)).isSameAs(first);
      assertThat(first.isReused()).isTrue();
    }
  }

  @Test
  void requests_wait_in_order_for_a_connection_where_all_are_in_use() throws Exception {
    try (RecordingBackend server = RecordingBackend.start();
        Backend backend = backend(limited(1, 2, Duration.ofSeconds(30)), server.url())) {
      BackendConnection only = leased(backend, LOOP);
      Future<BackendConnection> second = lease(backend, LOOP);
      Future<BackendConnection> third = lease(backend, LOOP);
      assertThat(backend.waitingRequests()).isEqualTo(2);
      assertThat(failure(lease(backend, LOOP))).isEqualTo(BackendFailure.Kind.OVERLOADED);
      assertThat(second.isDone()).isFalse();
      release(only);
      assertThat(second.get(10, TimeUnit.SECONDS)).isSameAs(only);
      assertThat(third.isDone()).isFalse();
      release(only);
      assertThat(third.get(10, TimeUnit.SECONDS)).isSameAs(only);
      assertThat(backend.openConnections()).isEqualTo(1);
      assertThat(backend.waitingRequests()).isZero();
      assertThat(backend.activeRequests()).isEqualTo(1);
      assertThat(backend.overloads()).isEqualTo(1);
    }
  }

  @Test
  void who_waits_too_long_is_refused() throws Exception {
    try (RecordingBackend server = RecordingBackend.start();
        Backend backend = backend(limited(1, 5, Duration.ofMillis(50)), server.url())) {
      BackendConnection only = leased(backend, LOOP);
      assertThat(failure(lease(backend, LOOP))).isEqualTo(BackendFailure.Kind.OVERLOADED);
      assertThat(backend.waitingRequests()).isZero();
      assertThat(backend.activeRequests()).isEqualTo(1);
      release(only);
      assertThat(leased(backend, LOOP)).isSameAs(only);
    }
  }

  @Test
  void a_connection_in_use_or_unused_elsewhere_makes_room_for_another_event_loop()
      throws Exception {
    try (RecordingBackend server = RecordingBackend.start();
        Backend backend = backend(limited(1, 5, Duration.ofSeconds(30)), server.url())) {
      release(leased(backend, LOOP));
      BackendConnection there = leased(backend, OTHER);
      assertThat(there.channel().eventLoop()).isSameAs(OTHER);
      Future<BackendConnection> here = lease(backend, LOOP);
      assertThat(here.isDone()).isFalse();
      release(there);
      assertThat(here.get(10, TimeUnit.SECONDS).channel().eventLoop()).isSameAs(LOOP);
      assertThat(backend.openConnections()).isEqualTo(1);
    }
  }

  @Test
  void under_any_interleaving_the_limit_holds_and_nobody_is_forgotten() throws Exception {
    int max = 3;
    try (RecordingBackend server = RecordingBackend.start();
        Backend backend = backend(limited(max, 1_000, Duration.ofSeconds(30)), server.url())) {
      SplittableRandom random = new SplittableRandom(17);
      List<Future<BackendConnection>> leases = new ArrayList<>();
      for (int i = 0; i < 400; i++) {
        EventLoop loop = random.nextBoolean() ? LOOP : OTHER;
        boolean discards = random.nextInt(4) == 0;
        Future<BackendConnection> lease = lease(backend, loop);
        lease.addListener(
            done -> {
              if (lease.isSuccess()) {
                loop.schedule(
                    () -> {
                      if (discards) {
                        lease.getNow().discard();
                      } else {
                        lease.getNow().release();
                      }
                    },
                    200,
                    TimeUnit.MICROSECONDS);
              }
            });
        leases.add(lease);
        assertThat(backend.openConnections()).isLessThanOrEqualTo(max);
      }
      for (Future<BackendConnection> lease : leases) {
        lease.get(10, TimeUnit.SECONDS);
      }
      awaitThat("all are given back", () -> backend.activeRequests() == 0);
      assertThat(backend.waitingRequests()).isZero();
    }
  }

  @Test
  void an_old_connection_is_given_up_between_two_requests() throws Exception {
    Backend.Settings settings =
        settings(
            new Resilience.Connections(
                10, 16, 10, Duration.ofSeconds(1), Optional.of(Duration.ofNanos(1))),
            Optional.empty());
    try (RecordingBackend server = RecordingBackend.start();
        Backend backend = backend(settings, server.url())) {
      BackendConnection first = leased(backend, LOOP);
      release(first);
      assertThat(backend.idleConnections()).isZero();
      assertThat(leased(backend, LOOP)).isNotSameAs(first);
    }
  }

  @Test
  void each_address_of_a_name_is_an_endpoint_and_one_that_goes_away_drains() throws Exception {
    try (RecordingBackend server = RecordingBackend.start();
        FakeNameServer names = new FakeNameServer().name("core.test", "127.0.0.1", "127.0.0.2");
        Backend backend =
            backend(
                Backend.Settings.standard(),
                new NameResolver(LOOPS, names.address()),
                server.url().replace("127.0.0.1", "core.test"))) {
      // Nothing listens at the second address: the first takes over.
      BackendConnection kept = leased(backend, LOOP);
      assertThat(backend.endpoints()).hasSize(2);
      assertThat(kept.endpoint().label()).startsWith("127.0.0.1:");
      assertThat(kept.endpoint().authority()).startsWith("core.test:");
      release(leased(backend, LOOP));
      assertThat(backend.idleConnections()).isEqualTo(1);
      names.name("core.test", "127.0.0.3");
      awaitThat("the unused connection is closed", () -> backend.openConnections() == 1);
      assertThat(backend.endpoints()).hasSize(2);
      assertThat(kept.channel().isActive()).isTrue();
      assertThat(failure(lease(backend, LOOP))).isEqualTo(BackendFailure.Kind.UNREACHABLE);
      release(kept);
      awaitThat("the last connection is closed", () -> backend.openConnections() == 0);
    }
  }

  @Test
  void the_last_addresses_stay_while_the_name_server_is_away() throws Exception {
    try (RecordingBackend server = RecordingBackend.start();
        FakeNameServer names = new FakeNameServer().name("core.test", "127.0.0.1");
        Backend backend =
            backend(
                Backend.Settings.standard(),
                new NameResolver(LOOPS, names.address()),
                server.url().replace("127.0.0.1", "core.test"))) {
      release(leased(backend, LOOP));
      names.mood(FakeNameServer.Mood.FAILING);
      int asked = names.questions();
      awaitThat("it is asked again", () -> names.questions() > asked + 2);
      assertThat(backend.endpoints()).hasSize(1);
      release(leased(backend, LOOP));
      names.mood(FakeNameServer.Mood.ANSWERING);
      names.name("core.test");
      awaitThat("there is no such name", () -> backend.endpoints().isEmpty());
      assertThat(failure(lease(backend, LOOP))).isEqualTo(BackendFailure.Kind.UNREACHABLE);
    }
  }

  @Test
  void a_name_that_nobody_answers_for_fails_in_the_time_of_a_connection() throws Exception {
    Backend.Settings standard = Backend.Settings.standard();
    Backend.Settings impatient =
        new Backend.Settings(
            Duration.ofMillis(100),
            standard.firstByteTimeout(),
            standard.idleTimeout(),
            true,
            false,
            FieldChanges.none(),
            FieldChanges.none(),
            standard.resilience());
    try (FakeNameServer names = new FakeNameServer()) {
      names.mood(FakeNameServer.Mood.SILENT);
      try (Backend backend =
          backend(impatient, new NameResolver(LOOPS, names.address()), "http://core.test:9000")) {
        long start = System.nanoTime();
        assertThat(failure(lease(backend, LOOP))).isEqualTo(BackendFailure.Kind.UNREACHABLE);
        assertThat(System.nanoTime() - start).isLessThan(1_500_000_000L);
      }
    }
  }

  @Test
  void names_of_the_hosts_file_are_known() throws Exception {
    try (RecordingBackend server = RecordingBackend.start();
        FakeNameServer names = new FakeNameServer();
        Backend backend =
            backend(
                Backend.Settings.standard(),
                new NameResolver(LOOPS, names.address()),
                server.url().replace("127.0.0.1", "localhost"))) {
      assertThat(leased(backend, LOOP).endpoint().label()).startsWith("127.0.0.1:");
      assertThat(names.questions()).isZero();
    }
  }

  @Test
  void an_endpoint_that_is_not_well_gets_no_request_until_it_is() throws Exception {
    AtomicBoolean well = new AtomicBoolean();
    Optional<Resilience.HealthCheck> check =
        Optional.of(
            new Resilience.HealthCheck("/up", Duration.ofMillis(20), Duration.ofSeconds(5), 2, 2));
    Resilience.Connections connections = Resilience.standard().connections();
    try (RecordingBackend server =
            RecordingBackend.scripted(
                conversation -> {
                  if (conversation.request().isPresent()) {
                    conversation.send(
                        "HTTP/1.1 " + (well.get() ? "204 Fine" : "503 Not well") + "\r\n\r\n");
                  }
                  return false;
                });
        Backend backend = backend(settings(connections, check), server.url())) {
      awaitThat(
          "it is not well", () -> backend.endpoints().get(0).state() == Endpoint.State.UNHEALTHY);
      assertThat(server.next().startLine()).isEqualTo("GET /up HTTP/1.1");
      assertThat(failure(lease(backend, LOOP))).isEqualTo(BackendFailure.Kind.UNREACHABLE);
      well.set(true);
      awaitThat("it is well", () -> backend.endpoints().get(0).state() == Endpoint.State.CLOSED);
      release(leased(backend, LOOP));
    }
  }

  @Test
  void one_that_takes_connections_and_says_nothing_is_not_well() throws Exception {
    Optional<Resilience.HealthCheck> check =
        Optional.of(
            new Resilience.HealthCheck("/", Duration.ofMillis(10), Duration.ofMillis(30), 1, 2));
    try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Backend backend =
            backend(
                settings(Resilience.standard().connections(), check),
                "http://127.0.0.1:" + silent.getLocalPort())) {
      awaitThat(
          "it is not well", () -> backend.endpoints().get(0).state() == Endpoint.State.UNHEALTHY);
    }
  }

  @Test
  void all_endpoints_are_tried_before_a_backend_is_out_of_reach() throws Exception {
    String gone = gone();
    try (RecordingBackend server = RecordingBackend.start();
        Backend backend = backend(Backend.Settings.standard(), gone, gone(), server.url())) {
      for (int i = 0; i < 30; i++) {
        assertThat(leased(backend, LOOP).endpoint().authority())
            .isEqualTo(server.url().substring("http://".length()));
      }
      assertThat(backend.ejections()).isEqualTo(1);
      assertThat(backend.activeRequests()).isEqualTo(30);
    }
    try (Backend backend = backend(Backend.Settings.standard(), gone)) {
      long start = System.nanoTime();
      assertThat(failure(lease(backend, LOOP))).isEqualTo(BackendFailure.Kind.UNREACHABLE);
      assertThat(System.nanoTime() - start).isLessThan(1_000_000_000L);
      assertThat(backend.activeRequests()).isZero();
    }
  }

  private static String gone() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return "http://127.0.0.1:" + socket.getLocalPort();
    }
  }
}
