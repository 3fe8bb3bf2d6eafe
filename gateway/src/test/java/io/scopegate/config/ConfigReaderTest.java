package io.scopegate.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.scopegate.file.Problem;
import io.scopegate.tls.TestAuthority;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
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
    assertThat(config.listeners())
        .containsExactly(
            new GatewayConfig.Listener(new Address("0.0.0.0", 8080), Optional.empty(), false));
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
                      core: { urls: ["https://core", "http://core", "http://core/api", "core"] }
                      old: { urls: [] }
                      self: { urls: ["http://core"] }
                    store: { url: "jdbc:mysql://db", password: hunter2, staleIfError: 301s }
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
            "gateway.yaml:10:11: the URLs are of `http` and `https`, which do not mix",
            "gateway.yaml:10:49: `http://core/api` is not the URL of a backend; it is"
                + " `http://host:port` or `https://host:port`, or `h2c://` or `h2://` for HTTP/2,"
                + " without a path",
            "gateway.yaml:10:68: `core` is not the URL of a backend; it is `http://host:port` or"
                + " `https://host:port`, or `h2c://` or `h2://` for HTTP/2, without a path",
            "gateway.yaml:11:10: there must be at least one URL",
            "gateway.yaml:12:3: `self` is the gateway's own backend",
            "gateway.yaml:13:15: `jdbc:mysql://db` is not the URL of a database that works here;"
                + " `jdbc:postgresql://host/database` is; without a `url` the store is embedded",
            "gateway.yaml:13:44: a secret cannot be written out here; use `${ENV_NAME}` or"
                + " `{ file: path }`",
            "gateway.yaml:13:67: `staleIfError` is from `0s` to `300s`",
            "gateway.yaml:14:12: the key `issuer` is missing",
            "gateway.yaml:15:1: unknown key `drian`; did you mean `drain`?");
  }

  @Test
  void a_shared_store_is_read_with_its_secrets_and_its_times() throws IOException {
    Files.writeString(folder.resolve("password"), "hunter2\n");

    GatewayConfig.Store store =
        config(
                SMALL
                    + """
                    store:
                      url: "jdbc:postgresql://db.example.com/scopegate?sslmode=verify-full"
                      user: "${TOKEN}"
                      password: { file: password }
                      connections: 8
                      staleIfError: 0s
                      queries:
                        url: "jdbc:postgresql://db.example.com/users"
                        token: select 1
                    """,
                List.of(),
                Map.of("TOKEN", "scopegate"))
            .store();

    GatewayConfig.Database database = store.database().orElseThrow();
    assertThat(database.url())
        .isEqualTo("jdbc:postgresql://db.example.com/scopegate?sslmode=verify-full");
    assertThat(database.user()).isPresent();
    assertThat(database.password()).contains("hunter2");
    assertThat(database.connections()).isEqualTo(8);
    assertThat(database.toString()).doesNotContain("hunter2");
    assertThat(store.staleIfError()).isZero();
    assertThat(store.queries().orElseThrow().freshFor()).isEqualTo(Duration.ofSeconds(10));
  }

  @Test
  void what_a_store_cannot_be_is_said_so() throws IOException {
    assertThat(
            problems(
                read(
                    SMALL
                        + """
                        store:
                          user: bob
                          queries: { url: "jdbc:postgresql://a:b@db/users", freshFor: 301s }
                        """)))
        .hasSize(4)
        .anySatisfy(problem -> assertThat(problem).contains("`user` is of no use without `url`"))
        .anySatisfy(
            problem -> assertThat(problem).contains("a password does not belong into a URL"))
        .anySatisfy(problem -> assertThat(problem).contains("there must be a query"))
        .anySatisfy(problem -> assertThat(problem).contains("`freshFor` is at most `300s`"));
  }

  @Test
  void a_file_that_is_not_there_is_said_so() {
    ConfigReader.Outcome outcome =
        ConfigReader.read(folder.resolve("none.yaml"), List.of(), Map.of());
    assertThat(problems(outcome)).containsExactly("none.yaml:1:1: there is no such file");
  }

  private List<String> problemsOfBoth(String yaml, String routes) throws IOException {
    Files.writeString(folder.resolve("routes.yaml"), "apiVersion: scopegate/v1\n" + routes);
    return read(yaml).problemsOfBoth().stream()
        .map(problem -> problem.toString().replace(folder + "/", ""))
        .toList();
  }

  @Test
  void mistakes_here_and_in_the_routes_file_are_told_together() throws IOException {
    assertThat(
            problemsOfBoth(
                SMALL.replace("http://127.0.0.1:9000", "127.0.0.1") + "drian: 3s\n",
                """
                routes:
                  - { match: GET /a, access: public, backend: core }
                  - { match: GET /b, access: public, backend: coer }
                """))
        .hasSize(3)
        .anySatisfy(problem -> assertThat(problem).startsWith("gateway.yaml:").contains("`drian`"))
        .anySatisfy(
            problem ->
                assertThat(problem)
                    .isEqualTo("routes.yaml:4:47: unknown backend `coer`; did you mean `core`?"));
  }

  @Test
  void where_the_backends_cannot_be_read_those_of_the_routes_are_not_checked() throws IOException {
    assertThat(
            problemsOfBoth(
                SMALL.replace("  core: { urls: [\"http://127.0.0.1:9000\"] }", "  - core"),
                """
                routes:
                  - { match: GET /a, access: public, backend: core }
                  - { match: GET /b, acess: public, backend: core }
                """))
        .anySatisfy(problem -> assertThat(problem).startsWith("gateway.yaml:"))
        .anySatisfy(problem -> assertThat(problem).contains("unknown key `acess`"))
        .noneMatch(problem -> problem.contains("unknown backend"));
  }

  @Test
  void where_it_is_not_said_which_routes_file_there_is_nothing_is_told_of_one() throws IOException {
    assertThat(problemsOfBoth(SMALL.replace("routes: routes.yaml", ""), "routes: nothing\n"))
        .containsExactly("gateway.yaml:1:1: the key `routes` is missing");
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
    assertThat(config.listeners())
        .extracting(GatewayConfig.Listener::address)
        .containsExactly(new Address("127.0.0.1", 1));
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

  @Test
  void issuers_are_checked_and_everything_wrong_with_them_is_told_at_once() throws IOException {
    String yaml =
        SMALL
            + """
              issuers:
                - { name: a, issuer: "http://idp.test", audience: gate }
                - { name: a, issuer: "https://a.test", audience: gate, algorithms: [HS256, none] }
                - { name: b, issuer: "https://a.test", audience: [], prefix: "b:", scope: full }
                - { name: c, issuer: "https://c.test", audience: gate, prefix: "b:c", leeway: 6m }
                - name: d
                  issuer: https://d.test
                  prefix: "d:"
                  algorithms: [RS256]
                  introspection: { url: "https://d.test/ask", clientId: gate, clientSecret: hunter2 }
                  memberships: { roles: roles }
              origins: ["https://App.test", "https://app.test/", "null"]
              """;
    assertThat(problems(read(yaml)))
        .containsExactly(
            "gateway.yaml:7:24: `http://idp.test` is not a URL that can be trusted; it is"
                + " `https://host/path`; `http` only on loopback",
            "gateway.yaml:8:5: a second issuer without a `prefix`; the subjects of all issuers but"
                + " one carry a prefix",
            "gateway.yaml:8:13: issuer `a` is there twice",
            "gateway.yaml:8:71: expected `ES256`, `ES384`, `ES512`, `PS256`, `PS384`, `PS512`,"
                + " `RS256`, `RS384` or `RS512`, found `HS256`; did you mean `ES256`?",
            "gateway.yaml:8:78: expected `ES256`, `ES384`, `ES512`, `PS256`, `PS384`, `PS512`,"
                + " `RS256`, `RS384` or `RS512`, found `none`",
            "gateway.yaml:9:24: issuer `https://a.test` is there twice",
            "gateway.yaml:9:52: there must be at least one audience",
            "gateway.yaml:9:70: unknown key `scope`; did you mean `scopes`?",
            "gateway.yaml:10:66: `b:c` and the prefix `b:` could begin one subject",
            "gateway.yaml:10:81: `leeway` is at most `5m`",
            "gateway.yaml:14:5: `algorithms` beside `introspection`",
            "gateway.yaml:15:79: a secret cannot be written out here; use `${ENV_NAME}` or"
                + " `{ file: path }`",
            "gateway.yaml:16:18: `memberships` names either `organizations`, or an `organization`"
                + " with `roles`, `teams` and `projects`",
            "gateway.yaml:17:11: `https://App.test` is not an origin; it is `https://host` or"
                + " `https://host:port`, in lower case and without a path",
            "gateway.yaml:17:31: `https://app.test/` is not an origin; it is `https://host` or"
                + " `https://host:port`, in lower case and without a path",
            "gateway.yaml:17:52: `null` is not an origin; it is `https://host` or"
                + " `https://host:port`, in lower case and without a path");
  }

  @Test
  void the_authority_of_an_issuer_is_a_file_that_can_be_used_and_for_tls_only() throws IOException {
    new TestAuthority("house").write(folder.resolve("house.pem"));
    String yaml =
        SMALL
            + """
            issuers:
              - { name: a, issuer: "https://a.test", audience: gate, ca: house.pem }
              - { name: b, issuer: "https://b.test", audience: gate, prefix: "b:", ca: none.pem }
              - { name: c, issuer: "http://127.0.0.1:9", audience: gate, prefix: "c:", ca: house.pem }
              - name: d
                issuer: https://d.test
                prefix: "d:"
                ca: house.pem
                introspection:
                  { url: "http://localhost:9", clientId: gate, clientSecret: "${SECRET}" }
            """;
    assertThat(problems(read(yaml, List.of(), Map.of("SECRET", "s"))))
        .containsExactly(
            "gateway.yaml:8:76: the file `none.pem` does not exist",
            "gateway.yaml:9:76: `ca` is only for URLs that begin with `https://`",
            "gateway.yaml:13:5: `ca` is only for URLs that begin with `https://`");
  }

  private List<String> prefixProblems(String keys) throws IOException {
    TestAuthority authority = new TestAuthority("authority");
    authority.write(folder.resolve("ca.crt"));
    new TestAuthority("another").write(folder.resolve("other.crt"));
    TestAuthority.write(folder, "tls", authority.server("a.example"));
    String listener =
        "- { address: \"127.0.0.1:0\", tls: { certificate: tls.crt, key: tls.key,"
            + " clientCertificates: { ca: $1, subject: { from: uri, scopes: full$2 } } } }";
    String issuer = "- { name: $1, issuer: \"https://$1.test\", audience: gate$2 }";
    String prefix = ", prefix: \"$1\"";
    List<String> listeners = new ArrayList<>();
    List<String> issuers = new ArrayList<>();
    for (String word : keys.split(" ", -1)) {
      int equals = word.indexOf('=');
      String[] pair = {word.substring(0, equals), word.substring(equals + 1)};
      String more = pair[1].isEmpty() ? "" : prefix.replace("$1", pair[1]);
      boolean file = pair[0].endsWith(".crt");
      (file ? listeners : issuers)
          .add((file ? listener : issuer).replace("$1", pair[0]).replace("$2", more));
    }
    String yaml =
        "apiVersion: scopegate/v1\nroutes: routes.yaml\nlisteners:\n"
            + String.join("\n", listeners)
            + (issuers.isEmpty() ? "" : "\nissuers:\n" + String.join("\n", issuers))
            + "\n";
    return read(yaml).problems().stream()
        .map(problem -> problem.line() + ": " + problem.message())
        .toList();
  }

  @Test
  void subjects_of_issuers_and_of_client_certificates_cannot_be_taken_for_each_other()
      throws IOException {
    assertThat(prefixProblems("ca.crt=x: other.crt=y: a= b=b:")).isEmpty();
    assertThat(prefixProblems("ca.crt= a=")).hasSize(1).first().asString().contains("without a `p");
    assertThat(prefixProblems("ca.crt=x: a=x:y"))
        .containsExactly("6: `x:y` and the prefix `x:` could begin one subject");
    assertThat(prefixProblems("ca.crt=x: other.crt=x:"))
        .containsExactly("5: `x:` and the prefix `x:` could begin one subject");
    assertThat(prefixProblems("ca.crt=x: ca.crt=x:")).isEmpty();
    assertThat(prefixProblems("ca.crt= ca.crt=")).isEmpty();
    assertThat(prefixProblems("ca.crt= a=a:"))
        .containsExactly(
            "6: client certificates without a `prefix` could name a subject that begins with `a:`");
    assertThat(prefixProblems("ca.crt=x: other.crt="))
        .containsExactly(
            "5: client certificates without a `prefix` could name a subject that begins with `x:`");
    assertThat(prefixProblems("ca.crt=é: a=a:"))
        .containsExactly("4: a `prefix` must be visible ASCII");
  }

  @Test
  void tokens_may_be_given_a_longest_life() throws IOException {
    assertThat(config(SMALL, List.of(), Map.of()).maxTokenLife()).isEmpty();
    String yaml = SMALL + "tokens: { maxExpiry: 365d }\n";
    assertThat(config(yaml, List.of(), Map.of()).maxTokenLife()).contains(Duration.ofDays(365));
    assertThat(config(yaml, List.of(), Map.of("SCOPEGATE__TOKENS__MAXEXPIRY", "1h")).maxTokenLife())
        .contains(Duration.ofHours(1));
    assertThat(problems(read(SMALL + "tokens: { maxExpiry: 36501d, maxAge: 1d }\n")))
        .containsExactly(
            "gateway.yaml:6:11: `maxExpiry` is at most `36500d`",
            "gateway.yaml:6:30: unknown key `maxAge`");
  }
}
