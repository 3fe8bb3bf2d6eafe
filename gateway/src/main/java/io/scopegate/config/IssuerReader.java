package io.scopegate.config;

import io.scopegate.config.IssuerConfig.Claims;
import io.scopegate.config.IssuerConfig.Introspection;
import io.scopegate.file.Fields;
import io.scopegate.file.NodeReader;
import io.scopegate.file.YamlNode;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Reads {@code issuers:} of gateway.yaml. */
final class IssuerReader {
  private static final Duration MAX_LEEWAY = Duration.ofMinutes(5);
  private static final Duration FRESH_FOR = Duration.ofSeconds(10);
  private static final Duration MAX_FRESH = Duration.ofMinutes(5);
  private static final Duration STALE = Duration.ofSeconds(30);
  private static final Duration MAX_STALE = Duration.ofMinutes(5);

  /** Whoever can verify a symmetric signature can also make one, so there is none. */
  private static final Map<String, String> ALGORITHMS =
      Stream.of("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
          .collect(Collectors.toMap(Function.identity(), Function.identity()));

  private final NodeReader reader;
  private final Secrets secrets;

  private final TlsReader tls;
  private final SubjectPrefixes prefixes;
  private final Set<String> names = new LinkedHashSet<>();
  private final Set<String> urls = new LinkedHashSet<>();

  IssuerReader(NodeReader reader, Secrets secrets, TlsReader tls, SubjectPrefixes prefixes) {
    this.reader = reader;
    this.secrets = secrets;
    this.tls = tls;
    this.prefixes = prefixes;
  }

  List<IssuerConfig> read(List<YamlNode> items) {
    List<IssuerConfig> issuers = new ArrayList<>();
    items.forEach(item -> read(item).ifPresent(issuers::add));
    return issuers;
  }

  private Optional<IssuerConfig> read(YamlNode item) {
    Fields fields = reader.fields(item);
    Optional<YamlNode.Scalar> name = fields.requiredText("name");
    Optional<YamlNode.Scalar> issuer = fields.requiredText("issuer");
    name.ifPresent(one -> checkOnce(names, one, "issuer"));
    issuer.ifPresent(one -> checkOnce(urls, one, "issuer"));
    Optional<URI> jwks = fields.text("jwks").flatMap(this::safe);
    Optional<Fields> asked = fields.fields("introspection");
    if (asked.isPresent()) {
      for (String key : List.of("jwks", "algorithms")) {
        if (fields.has(key)) {
          reader.problems().error(fields.keyAt(key), "`" + key + "` beside `introspection`");
        }
      }
    } else if (!fields.has("jwks")) {
      issuer.ifPresent(this::safe);
    }
    Optional<Introspection> introspection = asked.flatMap(this::introspection);
    Set<String> audiences = audiences(fields, asked.isEmpty());
    Set<String> algorithms = algorithms(fields);
    Set<String> types = types(fields, asked.isPresent());
    Duration leeway = atMost(fields, "leeway", Duration.ZERO, MAX_LEEWAY);
    Optional<Boolean> full = fields.oneOf("scopes", Map.of("claim", false, "full", true));
    String prefix = prefix(fields);
    Optional<String> subject = fields.text("subject").map(YamlNode.Scalar::text);
    Optional<Claims> memberships = fields.node("memberships").flatMap(this::memberships);
    Optional<Path> authorities = tls.authorities(fields.text("ca"));
    URI asks = introspection.map(Introspection::url).or(() -> jwks).orElse(null);
    String url = asks == null ? issuer.map(YamlNode.Scalar::text).orElse("") : asks.toString();
    if (authorities.isPresent() && url.toLowerCase(Locale.ROOT).startsWith("http:")) {
      reader
          .problems()
          .error(fields.keyAt("ca"), "`ca` is only for URLs that begin with `https://`");
    }
    fields.finish();
    return name.isEmpty() || issuer.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new IssuerConfig(
                name.get().text(),
                issuer.get().text(),
                jwks,
                introspection,
                audiences,
                algorithms,
                types,
                leeway,
                full.orElse(false),
                prefix,
                subject.orElse("sub"),
                memberships,
                authorities));
  }

  private void checkOnce(Set<String> before, YamlNode.Scalar text, String what) {
    if (!before.add(text.text())) {
      reader.problems().error(text.at(), what + " `" + text.text() + "` is there twice");
    }
  }

  /** What comes over a wire that others can write to proves nothing. */
  private Optional<URI> safe(YamlNode.Scalar text) {
    try {
      URI url = new URI(text.text());
      String host = String.valueOf(url.getHost());
      boolean here = host.equals("localhost") || host.equals("[::1]") || host.startsWith("127.");
      boolean safe =
          "https".equalsIgnoreCase(url.getScheme())
              || ("http".equalsIgnoreCase(url.getScheme()) && here);
      if (safe
          && url.getHost() != null
          && url.getRawUserInfo() == null
          && url.getRawFragment() == null) {
        return Optional.of(url);
      }
    } catch (URISyntaxException e) {
      // Falls through to the message, which says what would be right.
    }
    reader
        .problems()
        .error(
            text.at(),
            "`" + text.text() + "` is not a URL that can be trusted",
            "it is `https://host/path`; `http` only on loopback");
    return Optional.empty();
  }

  private Optional<Introspection> introspection(Fields fields) {
    Optional<URI> url = fields.requiredText("url").flatMap(this::safe);
    Optional<String> id = fields.requiredText("clientId").map(YamlNode.Scalar::text);
    Optional<String> secret = fields.requiredNode("clientSecret").flatMap(secrets::secret);
    Duration fresh = atMost(fields, "freshFor", FRESH_FOR, MAX_FRESH);
    Duration stale = atMost(fields, "staleIfError", STALE, MAX_STALE);
    fields.finish();
    return url.isEmpty() || id.isEmpty() || secret.isEmpty()
        ? Optional.empty()
        : Optional.of(new Introspection(url.get(), id.get(), secret.get(), fresh, stale));
  }

  private Duration atMost(Fields fields, String key, Duration otherwise, Duration max) {
    Optional<YamlNode> node = fields.node(key);
    if (node.isEmpty()
        || (node.get() instanceof YamlNode.Scalar scalar && scalar.text().equals("0s"))) {
      return node.isEmpty() ? otherwise : Duration.ZERO;
    }
    Duration duration = reader.duration(node.get()).orElse(otherwise);
    if (duration.compareTo(max) > 0) {
      reader
          .problems()
          .error(node.get().at(), "`" + key + "` is at most `" + max.toMinutes() + "m`");
    }
    return duration;
  }

  private Set<String> audiences(Fields fields, boolean needed) {
    Optional<YamlNode> node = needed ? fields.requiredNode("audience") : fields.node("audience");
    Set<String> audiences = new LinkedHashSet<>();
    node.ifPresent(
        value -> {
          List<YamlNode> items = reader.oneOrMore(value);
          if (items.isEmpty()) {
            reader.problems().error(value.at(), "there must be at least one audience");
          }
          items.forEach(item -> reader.text(item).ifPresent(text -> audiences.add(text.text())));
        });
    return audiences;
  }

  private Set<String> algorithms(Fields fields) {
    Set<String> algorithms = new LinkedHashSet<>();
    Optional<List<YamlNode>> items = fields.node("algorithms").flatMap(reader::list);
    items.ifPresent(
        list -> list.forEach(item -> reader.oneOf(item, ALGORITHMS).ifPresent(algorithms::add)));
    if (items.isPresent() && items.get().isEmpty()) {
      reader.problems().error(fields.keyAt("algorithms"), "there must be at least one algorithm");
    }
    return items.isPresent() ? algorithms : Set.of("RS256", "ES256");
  }

  /** RFC 9068 §2.1 unless it says otherwise; an answer to a question has no such header. */
  private Set<String> types(Fields fields, boolean opaque) {
    List<YamlNode.Scalar> texts = fields.texts("typ");
    if (!fields.has("typ")) {
      return opaque ? Set.of() : Set.of("at+jwt");
    }
    if (texts.isEmpty()) {
      reader.problems().error(fields.keyAt("typ"), "there must be at least one type, or `absent`");
    }
    return texts.stream()
        .map(text -> text.text().toLowerCase(Locale.ROOT))
        .collect(Collectors.toSet());
  }

  private String prefix(Fields fields) {
    Optional<YamlNode.Scalar> text = fields.text("prefix");
    String prefix = text.map(YamlNode.Scalar::text).orElse("");
    if (text.isPresent() || !fields.has("prefix")) {
      prefixes.claim(
          SubjectPrefixes.Kind.ISSUER,
          fields,
          prefix,
          text.map(YamlNode.Scalar::at).orElse(fields.at()));
    }
    return prefix;
  }

  private Optional<Claims> memberships(YamlNode node) {
    if (!(node instanceof YamlNode.Mapping)) {
      reader.oneOf(node, Map.of("store", true));
      return Optional.empty();
    }
    Fields fields = reader.fields(node);
    Optional<String> organizations = fields.text("organizations").map(YamlNode.Scalar::text);
    Optional<YamlNode> one = fields.node("organization");
    boolean fixed = one.isPresent() && one.get() instanceof YamlNode.Mapping;
    Optional<String> claim =
        fixed ? Optional.empty() : one.flatMap(reader::text).map(YamlNode.Scalar::text);
    Optional<String> only = fixed ? one.flatMap(this::fixed) : Optional.empty();
    Optional<String> roles = fields.text("roles").map(YamlNode.Scalar::text);
    Optional<String> teams = fields.text("teams").map(YamlNode.Scalar::text);
    Optional<String> projects = fields.text("projects").map(YamlNode.Scalar::text);
    Map<String, String> names = new LinkedHashMap<>();
    fields
        .entries("names")
        .forEach(
            entry ->
                reader.text(entry.value()).ifPresent(text -> names.put(entry.key(), text.text())));
    fields.finish();
    boolean single =
        one.isPresent() || roles.isPresent() || teams.isPresent() || projects.isPresent();
    if (organizations.isPresent() ? single : one.isEmpty()) {
      reader
          .problems()
          .error(
              node.at(),
              "`memberships` names either `organizations`, or an `organization` with `roles`,"
                  + " `teams` and `projects`");
    }
    return Optional.of(new Claims(organizations, claim, only, roles, teams, projects, names));
  }

  private Optional<String> fixed(YamlNode node) {
    Fields fields = reader.fields(node);
    Optional<String> id = fields.requiredText("is").map(YamlNode.Scalar::text);
    fields.finish();
    return id;
  }
}
