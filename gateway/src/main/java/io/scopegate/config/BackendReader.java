package io.scopegate.config;

import io.scopegate.config.GatewayConfig.BackendUrl;
import io.scopegate.config.GatewayConfig.HeaderChanges;
import io.scopegate.file.Fields;
import io.scopegate.file.NodeReader;
import io.scopegate.file.YamlNode;
import io.scopegate.tls.BackendTls;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Reads one backend of gateway.yaml. */
final class BackendReader {
  private static final Duration CONNECT = Duration.ofSeconds(2);
  private static final Duration FIRST_BYTE = Duration.ofSeconds(30);
  private static final Duration IDLE = Duration.ofSeconds(60);

  private static final Set<String> SCHEMES = Set.of("http", "https", "h2c", "h2");
  private static final int MAX_WEIGHT = 10_000;

  /** RFC 9110 §5.6.2. */
  private static final Pattern FIELD_NAME = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");

  /** They say where a message ends, or are the gateway's own word. */
  private static final Set<String> RESERVED =
      Set.of(
          "connection",
          "content-length",
          "expect",
          "host",
          "keep-alive",
          "proxy-connection",
          "te",
          "trailer",
          "transfer-encoding",
          "upgrade",
          "x-request-id");

  private final NodeReader reader;
  private final Secrets secrets;
  private final TlsReader tls;

  BackendReader(NodeReader reader, Secrets secrets, TlsReader tls) {
    this.reader = reader;
    this.secrets = secrets;
    this.tls = tls;
  }

  Optional<GatewayConfig.Backend> read(YamlNode.Entry entry) {
    Fields fields = reader.fields(entry.value());
    List<BackendUrl> urls = urls(fields);
    Optional<Fields> timeouts = fields.fields("timeouts");
    Optional<Duration> connect = timeouts.flatMap(part -> part.duration("connect"));
    Optional<Duration> firstByte = timeouts.flatMap(part -> part.duration("firstByte"));
    Optional<Duration> idle = timeouts.flatMap(part -> part.duration("idle"));
    timeouts.ifPresent(Fields::finish);
    Optional<Boolean> preserve = fields.oneOf("host", Map.of("preserve", true, "backend", false));
    Optional<Boolean> forward =
        fields.oneOf("credentials", Map.of("strip", false, "forward", true));
    HeaderChanges request = changes(fields, "requestHeaders");
    HeaderChanges response = changes(fields, "responseHeaders");
    ResilienceReader resilience = new ResilienceReader(reader);
    GatewayConfig.Connections connections = resilience.connections(fields.fields("connections"));
    GatewayConfig.Retries retries = resilience.retries(fields.fields("retries"));
    GatewayConfig.Ejection ejection = resilience.ejection(fields.fields("ejection"));
    Optional<GatewayConfig.HealthCheck> check =
        fields.fields("healthCheck").map(resilience::healthCheck);
    Duration slowStart = fields.duration("slowStart").orElse(ResilienceReader.SLOW_START);
    Optional<BackendTls> secured = tls(fields, urls);
    fields.finish();
    return urls.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new GatewayConfig.Backend(
                urls,
                connect.orElse(CONNECT),
                firstByte.orElse(FIRST_BYTE),
                idle.orElse(IDLE),
                preserve.orElse(true),
                forward.orElse(false),
                request,
                response,
                connections,
                retries,
                ejection,
                check,
                slowStart,
                secured));
  }

  private List<BackendUrl> urls(Fields fields) {
    List<BackendUrl> urls = new ArrayList<>();
    Optional<List<YamlNode>> items = fields.requiredNode("urls").flatMap(reader::list);
    if (items.isPresent() && items.get().isEmpty()) {
      reader.problems().error(fields.keyAt("urls"), "there must be at least one URL");
    }
    for (YamlNode item : items.orElse(List.of())) {
      if (item instanceof YamlNode.Mapping) {
        weighted(reader.fields(item)).ifPresent(url -> add(url, item, urls));
      } else {
        reader
            .text(item)
            .flatMap(this::url)
            .ifPresent(url -> add(new BackendUrl(url, 1), item, urls));
      }
    }
    if (!urls.isEmpty() && urls.stream().allMatch(url -> url.weight() == 0)) {
      reader.problems().error(fields.keyAt("urls"), "at least one URL must have a weight over 0");
    }
    return urls;
  }

  private Optional<BackendUrl> weighted(Fields fields) {
    Optional<URI> url = fields.requiredText("url").flatMap(this::url);
    int weight = fields.integer("weight", 0, MAX_WEIGHT).orElse(1);
    fields.finish();
    return url.map(one -> new BackendUrl(one, weight));
  }

  private void add(BackendUrl url, YamlNode item, List<BackendUrl> urls) {
    if (urls.stream().anyMatch(other -> other.url().equals(url.url()))) {
      reader.problems().error(item.at(), "`" + url.url() + "` is there twice");
    } else {
      urls.add(url);
    }
  }

  private Optional<URI> url(YamlNode.Scalar text) {
    try {
      URI url = new URI(text.text());
      boolean bare =
          (url.getRawPath() == null || url.getRawPath().isEmpty() || url.getRawPath().equals("/"))
              && url.getRawQuery() == null
              && url.getRawFragment() == null
              && url.getRawUserInfo() == null;
      boolean known = SCHEMES.contains(String.valueOf(url.getScheme()).toLowerCase(Locale.ROOT));
      if (known && url.getHost() != null && bare) {
        return Optional.of(url);
      }
    } catch (URISyntaxException e) {
      // Falls through to the message, which says what would be right.
    }
    reader
        .problems()
        .error(
            text.at(),
            "`" + text.text() + "` is not the URL of a backend",
            "it is `http://host:port` or `https://host:port`, or `h2c://` or `h2://` for HTTP/2,"
                + " without a path");
    return Optional.empty();
  }

  private static boolean isSecure(URI url) {
    return "https".equalsIgnoreCase(url.getScheme()) || "h2".equalsIgnoreCase(url.getScheme());
  }

  private static boolean isHttp2(URI url) {
    return "h2c".equalsIgnoreCase(url.getScheme()) || "h2".equalsIgnoreCase(url.getScheme());
  }

  private Optional<BackendTls> tls(Fields fields, List<BackendUrl> urls) {
    boolean secure = urls.stream().anyMatch(url -> isSecure(url.url()));
    if (secure && !urls.stream().allMatch(url -> isSecure(url.url()))) {
      // What is meant to be secret would go out in the clear as often as not.
      reader
          .problems()
          .error(fields.keyAt("urls"), "the URLs are of `http` and `https`, which do not mix");
    }
    boolean http2 = urls.stream().anyMatch(url -> isHttp2(url.url()));
    if (secure && http2 && !urls.stream().allMatch(url -> isHttp2(url.url()))) {
      // A handshake offers one version (RFC 7301).
      reader
          .problems()
          .error(fields.keyAt("urls"), "the URLs are of `https` and `h2`, which do not mix");
    }
    Optional<BackendTls> settings = fields.fields("tls").flatMap(tls::backend);
    if (settings.isPresent() && !secure && !urls.isEmpty()) {
      reader
          .problems()
          .error(
              fields.keyAt("tls"), "`tls` is only for URLs that begin with `https://` or `h2://`");
    }
    return secure ? settings.or(() -> Optional.of(BackendTls.DEFAULT)) : Optional.empty();
  }

  private HeaderChanges changes(Fields fields, String key) {
    Optional<Fields> part = fields.fields(key);
    Map<String, String> set = new LinkedHashMap<>();
    List<String> remove = new ArrayList<>();
    part.ifPresent(
        changes -> {
          for (YamlNode.Entry entry : changes.entries("set")) {
            checkName(entry.key(), entry);
            secrets
                .value(entry.value())
                .filter(value -> isValue(value, entry))
                .ifPresent(value -> set.put(entry.key(), value));
          }
          for (YamlNode.Scalar name : changes.texts("remove")) {
            checkName(name.text(), new YamlNode.Entry(name.text(), name.at(), name));
            remove.add(name.text());
          }
          changes.finish();
        });
    return new HeaderChanges(set, remove);
  }

  private void checkName(String name, YamlNode.Entry entry) {
    String plain = name.toLowerCase(Locale.ROOT).replace('_', '-');
    if (!FIELD_NAME.matcher(name).matches()) {
      reader.problems().error(entry.keyAt(), "`" + name + "` is not the name of a header field");
    } else if (RESERVED.contains(plain) || plain.startsWith("x-scopegate-")) {
      reader.problems().error(entry.keyAt(), "`" + name + "` is the gateway's own to set");
    }
  }

  private boolean isValue(String value, YamlNode.Entry entry) {
    boolean good = value.chars().allMatch(c -> c >= ' ' && c < 0x7f);
    if (!good) {
      // The value may be a secret: it is not repeated.
      reader
          .problems()
          .error(
              entry.value().at(),
              "the value of `" + entry.key() + "` must be one line of visible ASCII");
    }
    return good;
  }
}
