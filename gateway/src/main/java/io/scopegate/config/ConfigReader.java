package io.scopegate.config;

import io.scopegate.config.GatewayConfig.Limits;
import io.scopegate.file.Fields;
import io.scopegate.file.NodeReader;
import io.scopegate.file.OriginReader;
import io.scopegate.file.Problem;
import io.scopegate.file.Problems;
import io.scopegate.file.YamlNode;
import io.scopegate.file.YamlReader;
import io.scopegate.route.Position;
import io.scopegate.tls.ListenerTls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Reads gateway.yaml with what flags and environment lay over it. All problems are found in one go.
 * Used by the wiring only.
 */
public final class ConfigReader {
  private static final Address DEFAULT_ADMIN = new Address("127.0.0.1", 9901);
  private static final Duration DEFAULT_DRAIN = Duration.ofSeconds(25);

  /** A hundred years: beyond it there is nothing to hold. */
  private static final Duration MAX_EXPIRY = Duration.ofDays(36_500);

  private final Problems problems = new Problems();
  private final NodeReader reader = new NodeReader(problems);
  private final Path file;
  private final FilePaths paths;
  private final Secrets secrets;
  private final SubjectPrefixes prefixes = new SubjectPrefixes(problems);
  private final TlsReader tls;
  private Optional<RouteFile> routes = Optional.empty();

  private ConfigReader(Path file, Map<String, String> environment, Optional<Clock> clock) {
    this.file = file;
    this.paths = new FilePaths(reader, folder());
    this.secrets = new Secrets(reader, paths, environment);
    this.tls = new TlsReader(reader, secrets, prefixes, paths, clock);
  }

  /**
   * What came of reading.
   *
   * @param config there unless a problem is an error
   * @param routes there if the file says where it is, whatever else is wrong
   */
  public record Outcome(
      Optional<GatewayConfig> config, Optional<RouteFile> routes, List<Problem> problems) {
    /** Copies what it is given. */
    public Outcome {
      problems = List.copyOf(problems);
    }

    /** Returns the problems of the file, and of the routes file that it names. */
    public List<Problem> problemsOfBoth() {
      List<Problem> both = new ArrayList<>(problems);
      routes.ifPresent(named -> both.addAll(named.read().problems()));
      return both;
    }
  }

  /**
   * Reads a file, without asking whether certificates are valid now.
   *
   * @param flags {@code a.b=value} each, over the environment
   * @param environment of which names that start with {@code SCOPEGATE__} lie over the file
   */
  public static Outcome read(Path file, List<String> flags, Map<String, String> environment) {
    return read(file, flags, environment, Optional.empty());
  }

  /**
   * Reads a file.
   *
   * @param flags {@code a.b=value} each, over the environment
   * @param environment of which names that start with {@code SCOPEGATE__} lie over the file
   * @param clock certificates must be valid by it
   */
  public static Outcome read(
      Path file, List<String> flags, Map<String, String> environment, Clock clock) {
    return read(file, flags, environment, Optional.of(clock));
  }

  private static Outcome read(
      Path file, List<String> flags, Map<String, String> environment, Optional<Clock> clock) {
    ConfigReader reader = new ConfigReader(file, environment, clock);
    Optional<GatewayConfig> config =
        reader
            .content()
            .map(root -> new Overrides(reader.problems).laidOver(root, flags, environment))
            .flatMap(reader::config);
    return new Outcome(
        reader.problems.hasErrors() ? Optional.empty() : config,
        reader.routes,
        reader.problems.sorted());
  }

  private Path folder() {
    Path parent = file.getParent();
    return parent == null ? Path.of("") : parent;
  }

  private Optional<YamlNode> content() {
    try {
      return YamlReader.read(file.toString(), Files.readAllBytes(file), problems);
    } catch (IOException e) {
      problems.error(
          new Position(file.toString(), 1, 1),
          Files.exists(file) ? "the file cannot be read" : "there is no such file");
      return Optional.empty();
    }
  }

  private Optional<GatewayConfig> config(YamlNode root) {
    Fields fields = reader.fields(root);
    if (!fields.isReadable()) {
      return Optional.empty();
    }
    fields
        .requiredNode("apiVersion")
        .ifPresent(node -> reader.oneOf(node, Map.of("scopegate/v1", true)));
    routes =
        fields
            .requiredText("routes")
            .flatMap(paths::path)
            .map(path -> new RouteFile(path, backendNames(fields)));
    List<GatewayConfig.Listener> listeners = listeners(fields);
    List<GatewayConfig.AdminToken> tokens = new ArrayList<>();
    Optional<Address> admin = fields.fields("admin").flatMap(part -> admin(part, tokens));
    Optional<Address> probes = fields.fields("probes").flatMap(this::onlyAddress);
    List<String> proxies = networks(fields);
    checkAnnouncers(fields, listeners, proxies);
    Optional<Duration> drain = fields.duration("drain");
    Path data = fields.text("data").flatMap(paths::path).orElse(folder().resolve("data"));
    Map<String, GatewayConfig.Backend> backends = backends(fields);
    Limits limits =
        fields.fields("limits").map(new LimitsReader(problems)::read).orElse(Limits.DEFAULT);
    GatewayConfig.Store store =
        fields
            .fields("store")
            .map(new StoreReader(reader, problems, secrets)::read)
            .orElse(GatewayConfig.Store.DEFAULT);
    List<IssuerConfig> issuers =
        new IssuerReader(reader, secrets, tls, prefixes).read(fields.list("issuers"));
    Set<String> origins = new OriginReader(reader).read(fields.texts("origins"));
    Optional<AssertionConfig> assertion =
        fields
            .fields("assertion")
            .flatMap(
                part ->
                    new AssertionReader(reader)
                        .read(part, backendNames(fields).orElse(backends.keySet())));
    Optional<Duration> maxTokenLife = fields.fields("tokens").flatMap(this::maxExpiry);
    fields.finish();
    return routes.map(
        named ->
            new GatewayConfig(
                named.path(),
                listeners,
                admin.orElse(DEFAULT_ADMIN),
                tokens,
                probes,
                proxies,
                drain.orElse(DEFAULT_DRAIN),
                data,
                store,
                backends,
                limits,
                issuers,
                origins,
                assertion,
                maxTokenLife));
  }

  private List<GatewayConfig.Listener> listeners(Fields fields) {
    List<GatewayConfig.Listener> listeners = new ArrayList<>();
    List<YamlNode> items = fields.requiredNode("listeners").flatMap(reader::list).orElse(List.of());
    if (items.isEmpty() && fields.has("listeners")) {
      problems.error(fields.keyAt("listeners"), "there must be at least one listener");
    }
    for (YamlNode item : items) {
      Fields listener = reader.fields(item);
      Optional<ListenerTls> secured = listener.fields("tls").flatMap(tls::listener);
      boolean announced = listener.flag("proxyProtocol").orElse(false);
      onlyAddress(listener)
          .map(address -> new GatewayConfig.Listener(address, secured, announced))
          .ifPresent(listeners::add);
    }
    return listeners;
  }

  private void checkAnnouncers(
      Fields fields, List<GatewayConfig.Listener> listeners, List<String> proxies) {
    if (proxies.isEmpty() && listeners.stream().anyMatch(GatewayConfig.Listener::proxyProtocol)) {
      problems.error(
          fields.keyAt("listeners"),
          "a listener has `proxyProtocol`, but no proxy is trusted to speak it",
          "name its network in `trustedProxies`");
    }
  }

  private Optional<Address> onlyAddress(Fields fields) {
    Optional<Address> address = address(fields);
    fields.finish();
    return address;
  }

  private Optional<Address> address(Fields fields) {
    Optional<YamlNode.Scalar> text = fields.requiredText("address");
    Optional<Address> address = text.map(YamlNode.Scalar::text).flatMap(Address::parse);
    if (text.isPresent() && address.isEmpty()) {
      problems.error(
          text.get().at(),
          "`" + text.get().text() + "` is not an address",
          "an address is `host:port`, such as `127.0.0.1:8080` or `[::1]:8080`");
    }
    return address;
  }

  private Optional<Address> admin(Fields fields, List<GatewayConfig.AdminToken> tokens) {
    Set<String> names = new HashSet<>();
    for (YamlNode item : fields.list("tokens")) {
      Fields token = reader.fields(item);
      Optional<YamlNode.Scalar> name = token.requiredText("name");
      Optional<String> value = token.requiredNode("value").flatMap(secrets::secret);
      Optional<Boolean> mayWrite = token.oneOf("access", Map.of("read", false, "write", true));
      token.finish();
      name.filter(one -> !names.add(one.text()))
          .ifPresent(one -> problems.error(one.at(), "token `" + one.text() + "` is named twice"));
      if (name.isPresent() && value.isPresent()) {
        tokens.add(
            new GatewayConfig.AdminToken(name.get().text(), value.get(), mayWrite.orElse(true)));
      }
    }
    return onlyAddress(fields);
  }

  private List<String> networks(Fields fields) {
    List<String> networks = new ArrayList<>();
    for (YamlNode.Scalar text : fields.texts("trustedProxies")) {
      if (Network.isNetwork(text.text())) {
        networks.add(text.text());
      } else {
        problems.error(
            text.at(),
            "`" + text.text() + "` is not a network",
            "a network is an address in digits and a length, such as `10.0.0.0/8`");
      }
    }
    return networks;
  }

  private Optional<Duration> maxExpiry(Fields fields) {
    Optional<Duration> max = fields.duration("maxExpiry");
    fields.finish();
    if (max.isPresent() && max.get().compareTo(MAX_EXPIRY) > 0) {
      problems.error(
          fields.keyAt("maxExpiry"), "`maxExpiry` is at most `" + MAX_EXPIRY.toDays() + "d`");
    }
    return max;
  }

  /** Returns the names of the backends, of those with problems, too. */
  private Optional<Set<String>> backendNames(Fields fields) {
    return fields.node("backends").isEmpty()
        ? Optional.of(Set.of())
        : fields
            .node("backends")
            .flatMap(reader::entries)
            .map(all -> all.stream().map(YamlNode.Entry::key).collect(Collectors.toSet()));
  }

  private Map<String, GatewayConfig.Backend> backends(Fields fields) {
    Map<String, GatewayConfig.Backend> backends = new LinkedHashMap<>();
    BackendReader one = new BackendReader(reader, secrets, tls);
    for (YamlNode.Entry entry : fields.entries("backends")) {
      if (entry.key().equals("self")) {
        problems.error(entry.keyAt(), "`self` is the gateway's own backend");
        continue;
      }
      one.read(entry).ifPresent(backend -> backends.put(entry.key(), backend));
    }
    return backends;
  }
}
