package io.scopegate.config;

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
    List<URI> urls = urls(fields);
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
                secured));
  }

  private List<URI> urls(Fields fields) {
    List<URI> urls = new ArrayList<>();
    Optional<List<YamlNode>> items = fields.requiredNode("urls").flatMap(reader::list);
    if (items.isPresent() && items.get().isEmpty()) {
      reader.problems().error(fields.keyAt("urls"), "there must be at least one URL");
    }
    for (YamlNode item : items.orElse(List.of())) {
      reader.text(item).flatMap(this::url).ifPresent(urls::add);
    }
    return urls;
  }

  private Optional<URI> url(YamlNode.Scalar text) {
    try {
      URI url = new URI(text.text());
      boolean bare =
          (url.getRawPath() == null || url.getRawPath().isEmpty() || url.getRawPath().equals("/"))
              && url.getRawQuery() == null
              && url.getRawFragment() == null
              && url.getRawUserInfo() == null;
      boolean known = "http".equalsIgnoreCase(url.getScheme()) || isSecure(url);
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
            "it is `http://host:port` or `https://host:port`, without a path");
    return Optional.empty();
  }

  private static boolean isSecure(URI url) {
    return "https".equalsIgnoreCase(url.getScheme());
  }

  private Optional<BackendTls> tls(Fields fields, List<URI> urls) {
    boolean secure = urls.stream().anyMatch(BackendReader::isSecure);
    if (secure && !urls.stream().allMatch(BackendReader::isSecure)) {
      // What is meant to be secret would go out in the clear as often as not.
      reader
          .problems()
          .error(fields.keyAt("urls"), "the URLs are of `http` and `https`, which do not mix");
    }
    Optional<BackendTls> settings = fields.fields("tls").flatMap(tls::backend);
    if (settings.isPresent() && !secure && !urls.isEmpty()) {
      reader
          .problems()
          .error(fields.keyAt("tls"), "`tls` is only for URLs that begin with `https://`");
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
