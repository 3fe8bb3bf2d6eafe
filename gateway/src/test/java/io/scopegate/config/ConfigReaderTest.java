package io.scopegate.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.scopegate.file.Problem;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigReaderTest {
  private static final String SMALL =
      """
      apiVersion: scopegate/v1
      routes: routes.yaml
      listeners: [{ address: "127.0.0.1:8080" }]
      backends:
        core: { urls: ["http://127.0.0.1:9000"] }
      """;

  @TempDir Path folder;

  private ConfigReader.Outcome read(String yaml) throws IOException {
    return read(yaml, List.of(), Map.of());
  }

  private ConfigReader.Outcome read(
      String yaml, List<String> flags, Map<String, String> environment) throws IOException {
    Path file = folder.resolve("gateway.yaml");
    Files.writeString(file, yaml);
    return ConfigReader.read(file, flags, environment);
  }

  private GatewayConfig config(String yaml, List<String> flags, Map<String, String> environment)
      throws IOException {
    ConfigReader.Outcome outcome = read(yaml, flags, environment);
    assertThat(outcome.problems()).isEmpty();
    return outcome.config().orElseThrow();
  }

  private static GatewayConfig.Backend backend(GatewayConfig config, String name) {
    return Objects.requireNonNull(config.backends().get(name), name);
  }

  private List<String> problems(ConfigReader.Outcome outcome) {
    assertThat(outcome.config()).isEmpty();
    return outcome.problems().stream()
        .map(Problem::toString)
        .map(line -> line.replace(folder + "/", ""))
        .toList();
  }

  @Test
  void the_sample_of_the_contract_loads_less_what_is_not_there_yet() throws IOException {
    GatewayConfig config =
        config(
            """
            apiVersion: scopegate/v1
            routes: routes.yaml
            listeners:
              - { address: "0.0.0.0:8080" }
            admin:  { address: "127.0.0.1:9901" }
            probes: { address: "0.0.0.0:9902" }
            trustedProxies: ["10.0.0.0/8"]
            drain: 25s
            backends:
              core:
                urls: ["http://127.0.0.1:9000"]
                timeouts: { connect: 3s, firstByte: 31s, idle: 61s }
                host: preserve
              old: { urls: ["http://127.0.0.1:9001"], host: backend }
            """,
            List.of(),
            Map.of());
    assertThat(config.routes()).isEqualTo(folder.resolve("routes.yaml"));
    assertThat(config.listeners()).containsExactly(new Address("0.0.0.0", 8080));
    assertThat(config.admin()).isEqualTo(new Address("127.0.0.1", 9901));
    assertThat(config.probes()).contains(new Address("0.0.0.0", 9902));
    assertThat(config.trustedProxies()).containsExactly("10.0.0.0/8");
    assertThat(config.drain()).isEqualTo(Duration.ofSeconds(25));
    GatewayConfig.Backend core = backend(config, "core");
    assertThat(core.urls())
        .containsExactly(new GatewayConfig.BackendUrl(URI.create("http://127.0.0.1:9000"), 1));
    assertThat(core.connectTimeout()).isEqualTo(Duration.ofSeconds(3));
    assertThat(core.firstByteTimeout()).isEqualTo(Duration.ofSeconds(31));
    assertThat(core.idleTimeout()).isEqualTo(Duration.ofSeconds(61));
    assertThat(core.preservesHost()).isTrue();
    assertThat(core.forwardsCredentials()).isFalse();
    assertThat(backend(config, "old").preservesHost()).isFalse();
  }

  @Test
  void a_backend_says_what_happens_when_endpoints_fail() throws IOException {
    GatewayConfig.Backend core =
        backend(
            config(
                """
                apiVersion: scopegate/v1
                routes: routes.yaml
                listeners: [{ address: "127.0.0.1:8080" }]
                backends:
                  core:
                    urls: ["http://a.test", { url: "http://b.test:81", weight: 5 }]
                    connections: { max: 7, waiting: 0, wait: 3s, lifetime: 1h }
                    retries: { attempts: 0, percent: 1, perSecond: 2 }
                    ejection: { after: 0, time: 1s, maxTime: 1s }
                    healthCheck: { path: "/up?deep" }
                    slowStart: 1m
                """,
                List.of(),
                Map.of("SCOPEGATE__BACKENDS__CORE__HEALTHCHECK__UNHEALTHYAFTER", "9")),
            "core");
    assertThat(core.urls())
        .containsExactly(
            new GatewayConfig.BackendUrl(URI.create("http://a.test"), 1),
            new GatewayConfig.BackendUrl(URI.create("http://b.test:81"), 5));
    assertThat(core.connections())
        .isEqualTo(
            new GatewayConfig.Connections(
                7, 0, Duration.ofSeconds(3), Optional.of(Duration.ofHours(1))));
    assertThat(core.retries()).isEqualTo(new GatewayConfig.Retries(0, 1, 2));
    assertThat(core.ejection())
        .isEqualTo(new GatewayConfig.Ejection(0, Duration.ofSeconds(1), Duration.ofSeconds(1)));
    assertThat(core.healthCheck())
        .contains(
            new GatewayConfig.HealthCheck(
                "/up?deep", Duration.ofSeconds(5), Duration.ofSeconds(1), 2, 9));
    assertThat(core.slowStart()).isEqualTo(Duration.ofMinutes(1));
  }

  @Test
  void what_could_not_work_among_endpoints_is_a_problem() throws IOException {
    assertThat(
            problems(
                read(
                    """
                    apiVersion: scopegate/v1
                    routes: routes.yaml
                    listeners: [{ address: "127.0.0.1:8080" }]
                    backends:
                      core:
                        urls: ["http://a.test", { url: "http://a.test", weight: 2 }]
                        ejection: { time: 6m }
                        healthCheck: { path: "up" }
                        retries: { atempts: 1, percent: 101 }
                      idle: { urls: [{ url: "http://a.test", weight: 0 }] }
                    """)))
        .containsExactly(
            "gateway.yaml:6:29: `http://a.test` is there twice",
            "gateway.yaml:7:17: `time` is longer than `maxTime`, which is 5m where it is not said",
            "gateway.yaml:8:26: `up` is not a path; it begins with `/` and has visible ASCII"
                + " characters only",
            "gateway.yaml:9:16: unknown key `atempts`; did you mean `attempts`?",
            "gateway.yaml:9:37: expected a number from 0 to 100, found the number `101`",
            "gateway.yaml:10:11: at least one URL must have a weight over 0");
  }

  @Test
  void what_is_left_out_has_a_default_and_paths_count_from_the_file() throws IOException {
    GatewayConfig config = config(SMALL, List.of(), Map.of());
    assertThat(config.admin()).isEqualTo(new Address("127.0.0.1", 9901));
    assertThat(config.probes()).isEmpty();
    assertThat(config.data()).isEqualTo(folder.resolve("data"));
    assertThat(config.limits()).isEqualTo(GatewayConfig.Limits.DEFAULT);
  }

  @Test
  void every_problem_is_reported_at_once_with_its_place() throws IOException {
    assertThat(
            problems(
                read(
                    """
                    apiVersion: scopegate/v2
                    routes: routes.yaml
                    listeners:
                      - { address: "8080" }
                      - { address: "127.0.0.1:70000" }
                      - { adress: "127.0.0.1:1" }
                    drain: soon
                    trustedProxies: [localhost, 10.0.0.0/33]
                    backends:
                      core: { urls: ["https://core", "http://core/api", "core"] }
                      old: { urls: [] }
                      self: { urls: ["http://core"] }
                    store: { url: "jdbc:postgresql://db" }
                    assertion: {}
                    drian: 5s
                    """)))
        .containsExactly(
            "gateway.yaml:1:13: expected `scopegate/v1`, found `scopegate/v2`; did you mean"
                + " `scopegate/v1`?",
            "gateway.yaml:4:16: `8080` is not an address; an address is `host:port`, such as"
                + " `127.0.0.1:8080` or `[::1]:8080`",
            "gateway.yaml:5:16: `127.0.0.1:70000` is not an address; an address is `host:port`,"
                + " such as `127.0.0.1:8080` or `[::1]:8080`",
            "gateway.yaml:6:5: the key `address` is missing",
            "gateway.yaml:6:7: unknown key `adress`; did you mean `address`?",
            "gateway.yaml:7:8: expected a duration such as `500ms`, `5s`, `10m`, `1h` or `90d`,"
                + " found the text `soon`",
            "gateway.yaml:8:18: `localhost` is not a network; a network is an address in digits and"
                + " a length, such as `10.0.0.0/8`",
            "gateway.yaml:8:29: `10.0.0.0/33` is not a network; a network is an address in digits"
                + " and a length, such as `10.0.0.0/8`",
            "gateway.yaml:10:18: a backend with `https` is not supported yet",
            "gateway.yaml:10:34: `http://core/api` is not the URL of a backend; it is"
                + " `http://host:port` or `h2c://host:port`, without a path",
            "gateway.yaml:10:53: `core` is not the URL of a backend; it is `http://host:port`"
                + " or `h2c://host:port`, without a path",
            "gateway.yaml:11:10: there must be at least one URL",
            "gateway.yaml:12:3: `self` is the gateway's own backend",
            "gateway.yaml:13:1: `store` is not supported yet",
            "gateway.yaml:14:1: `assertion` is not supported yet",
            "gateway.yaml:15:1: unknown key `drian`; did you mean `drain`?");
  }

  @Test
  void a_file_that_is_not_there_is_said_so() {
    ConfigReader.Outcome outcome =
        ConfigReader.read(folder.resolve("none.yaml"), List.of(), Map.of());
    assertThat(problems(outcome)).containsExactly("none.yaml:1:1: there is no such file");
  }

  @Test
  void a_flag_lies_over_the_environment_and_the_environment_over_the_file() throws IOException {
    Map<String, String> environment =
        Map.of(
            "SCOPEGATE__DRAIN", "7s",
            "scopegate__backends__CORE__timeouts__FIRSTBYTE", "8s",
            "SCOPEGATE__LISTENERS__0__ADDRESS", "\"127.0.0.1:1\"",
            "SCOPEGATE_SERVICE_PORT", "tcp://10.0.0.1:80",
            "PATH", "/bin");
    GatewayConfig config =
        config(
            SMALL + "drain: 6s\n",
            List.of("drain=9s", "backends.new.urls=['http://127.0.0.1:9002']"),
            environment);
    assertThat(config.drain()).isEqualTo(Duration.ofSeconds(9));
    assertThat(config.listeners()).containsExactly(new Address("127.0.0.1", 1));
    assertThat(backend(config, "core").firstByteTimeout()).isEqualTo(Duration.ofSeconds(8));
    assertThat(config.backendNames()).containsExactly("core", "new");
    assertThat(config(SMALL + "drain: 6s\n", List.of(), environment).drain())
        .isEqualTo(Duration.ofSeconds(7));
  }

  @Test
  void an_override_that_cannot_be_is_an_error_at_its_own_place() throws IOException {
    assertThat(
            problems(
                read(
                    SMALL,
                    List.of(
                        "drian=5s",
                        "drain",
                        "drain=",
                        "a..b=1",
                        "listeners.7.address='127.0.0.1:1'"),
                    Map.of("SCOPEGATE__BACKENDS__CORE__HOTS", "backend"))))
        .containsExactly(
            "--set a..b:1:1: a key between the separators is empty",
            "--set drain:1:1: an override is spelt `--set key.key=value`",
            "--set drain:1:1: the value is empty; write `\"\"` for an empty text",
            "--set drian:1:1: unknown key `drian`; did you mean `drain`?",
            "--set listeners.7.address:1:1: `7` is no place in a list of 1; the first is `0`",
            "SCOPEGATE__BACKENDS__CORE__HOTS:1:1: unknown key `hots`; did you mean `host`?");
  }

  @Test
  void a_secret_is_a_variable_or_a_file_and_never_in_a_message() throws IOException {
    Files.writeString(folder.resolve("ci.token"), "from-a-file-0123456789\n");
    String yaml =
        SMALL
            + """
              admin:
                address: 127.0.0.1:9901
                tokens:
                  - { name: ci, value: { file: ci.token }, access: read }
                  - { name: ops, value: "${OPS}" }
              """;
    GatewayConfig config = config(yaml, List.of(), Map.of("OPS", "from-the-environment"));
    assertThat(config.adminTokens())
        .containsExactly(
            new GatewayConfig.AdminToken("ci", "from-a-file-0123456789", false),
            new GatewayConfig.AdminToken("ops", "from-the-environment", true));
    assertThat(config.toString()).doesNotContain("from-a-file").doesNotContain("from-the-env");
    assertThat(problems(read(yaml.replace("ci.token", "ci.tokn"))))
        .containsExactly(
            "gateway.yaml:9:34: the file `ci.tokn` cannot be read",
            "gateway.yaml:10:27: the environment variable `OPS` is not set");
    assertThat(problems(read(yaml.replace("\"${OPS}\"", "hunter2hunter2hunter2"))))
        .containsExactly(
            "gateway.yaml:10:27: a secret cannot be written out here; use `${ENV_NAME}` or"
                + " `{ file: path }`");
  }

  @Test
  void headers_of_a_backend_can_be_set_and_removed_but_not_those_of_the_gateway()
      throws IOException {
    String yaml =
        """
        apiVersion: scopegate/v1
        routes: routes.yaml
        listeners: [{ address: "127.0.0.1:8080" }]
        backends:
          core:
            urls: ["http://127.0.0.1:9000"]
            credentials: forward
            requestHeaders: { set: { X-Api-Key: "key ${KEY}" }, remove: [X-Debug] }
            responseHeaders: { remove: [Server] }
        """;
    GatewayConfig.Backend core = backend(config(yaml, List.of(), Map.of("KEY", "s3cret")), "core");
    assertThat(core.requestHeaders().set()).containsExactly(Map.entry("X-Api-Key", "key s3cret"));
    assertThat(core.requestHeaders().remove()).containsExactly("X-Debug");
    assertThat(core.responseHeaders().remove()).containsExactly("Server");
    assertThat(core.forwardsCredentials()).isTrue();
    assertThat(core.toString()).doesNotContain("s3cret");
    assertThat(
            problems(
                read(
                    yaml.replace("X-Api-Key", "x_scopegate_subject").replace("Server", "Host"),
                    List.of(),
                    Map.of("KEY", "two\nlines"))))
        .containsExactly(
            "gateway.yaml:8:30: `x_scopegate_subject` is the gateway's own to set",
            "gateway.yaml:8:51: the value of `x_scopegate_subject` must be one line of visible"
                + " ASCII",
            "gateway.yaml:9:33: `Host` is the gateway's own to set");
  }
}
