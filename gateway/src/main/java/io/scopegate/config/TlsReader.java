package io.scopegate.config;

import io.scopegate.file.Fields;
import io.scopegate.file.NodeReader;
import io.scopegate.file.YamlNode;
import io.scopegate.tls.BackendTls;
import io.scopegate.tls.CertifiedKey;
import io.scopegate.tls.ClientCertificates;
import io.scopegate.tls.KeyFiles;
import io.scopegate.tls.ListenerTls;
import io.scopegate.tls.SubjectRule;
import io.scopegate.tls.TlsFileException;
import io.scopegate.tls.TlsVersion;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads how TLS is spoken, and tries what the files hold. */
final class TlsReader {
  private static final Duration HANDSHAKE = Duration.ofSeconds(10);
  private static final Pattern HOST_NAME =
      Pattern.compile("(?=.{1,253}$)[A-Za-z0-9_-]{1,63}(\\.[A-Za-z0-9_-]{1,63})*");

  private final NodeReader reader;
  private final Secrets secrets;
  private final FilePaths paths;
  private final Optional<Clock> clock;
  private final SubjectPrefixes prefixes;

  /**
   * Reads files of these paths.
   *
   * @param clock tells whether certificates are valid; without it nobody asks
   */
  TlsReader(
      NodeReader reader,
      Secrets secrets,
      SubjectPrefixes prefixes,
      FilePaths paths,
      Optional<Clock> clock) {
    this.reader = reader;
    this.secrets = secrets;
    this.prefixes = prefixes;
    this.paths = paths;
    this.clock = clock;
  }

  Optional<ListenerTls> listener(Fields fields) {
    boolean several = fields.has("certificates");
    if (several && fields.has("certificate")) {
      reader
          .problems()
          .error(
              fields.keyAt("certificate"),
              "`certificate` and `certificates` cannot both be there",
              "put it first in the list");
    }
    List<KeyFiles> pairs = new ArrayList<>();
    if (several) {
      List<YamlNode> items = fields.list("certificates");
      if (items.isEmpty()) {
        reader.problems().error(fields.keyAt("certificates"), "there must be a certificate");
      }
      for (YamlNode item : items) {
        Fields one = reader.fields(item);
        pair(one).ifPresent(pairs::add);
        one.finish();
      }
      List.of("certificate", "key", "passphrase").forEach(fields::node);
    } else {
      pair(fields).ifPresent(pairs::add);
    }
    Optional<TlsVersion> min =
        fields.oneOf("minVersion", Map.of("1.2", TlsVersion.TLS_1_2, "1.3", TlsVersion.TLS_1_3));
    Optional<Duration> timeout = fields.duration("handshakeTimeout");
    Optional<ClientCertificates> clients =
        fields.fields("clientCertificates").flatMap(this::clientCertificates);
    fields.finish();
    return pairs.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new ListenerTls(
                pairs, min.orElse(TlsVersion.TLS_1_2), timeout.orElse(HANDSHAKE), clients));
  }

  private Optional<KeyFiles> pair(Fields fields) {
    Optional<YamlNode.Scalar> certificate = fields.requiredText("certificate");
    Optional<YamlNode.Scalar> key = fields.requiredText("key");
    Optional<String> passphrase = fields.node("passphrase").flatMap(secrets::secret);
    if (certificate.isEmpty() || key.isEmpty()) {
      return Optional.empty();
    }
    Optional<Path> certificateFile = paths.path(certificate.get());
    Optional<Path> keyFile = paths.path(key.get());
    if (certificateFile.isEmpty() || keyFile.isEmpty()) {
      return Optional.empty();
    }
    KeyFiles files = new KeyFiles(certificateFile.get(), keyFile.get(), passphrase);
    try {
      if (clock.isPresent()) {
        CertifiedKey.read(files, clock.get().instant());
      } else {
        CertifiedKey.read(files);
      }
    } catch (TlsFileException e) {
      complain(e.file().equals(files.key()) ? key.get() : certificate.get(), e);
    }
    return Optional.of(files);
  }

  /** Reads the file of authorities that a key names. */
  Optional<Path> authorities(Optional<YamlNode.Scalar> file) {
    return file.flatMap(this::authorities);
  }

  private Optional<Path> authorities(YamlNode.Scalar file) {
    Optional<Path> path = paths.path(file);
    if (path.isPresent()) {
      try {
        CertifiedKey.authorities(path.get());
      } catch (TlsFileException e) {
        complain(file, e);
      }
    }
    return path;
  }

  private void complain(YamlNode.Scalar file, TlsFileException e) {
    reader.problems().error(file.at(), "the file `" + file.text() + "` " + e.fault());
  }

  private Optional<ClientCertificates> clientCertificates(Fields fields) {
    Optional<Path> authorities = authorities(fields.requiredText("ca"));
    Optional<Boolean> required = fields.flag("required");
    Optional<SubjectRule> subject =
        fields.fields("subject").flatMap(part -> subject(part, authorities));
    fields.finish();
    return authorities.map(path -> new ClientCertificates(path, required.orElse(true), subject));
  }

  private Optional<SubjectRule> subject(Fields fields, Optional<Path> authorities) {
    fields.requiredNode("from");
    Optional<SubjectRule.From> from =
        fields.oneOf(
            "from",
            Map.of(
                "uri", SubjectRule.From.URI,
                "dns", SubjectRule.From.DNS,
                "email", SubjectRule.From.EMAIL,
                "commonName", SubjectRule.From.COMMON_NAME));
    Optional<YamlNode.Scalar> text = fields.text("prefix");
    String prefix = text.map(YamlNode.Scalar::text).orElse("");
    if (authorities.isPresent() && (text.isPresent() || !fields.has("prefix"))) {
      prefixes.claim(
          SubjectPrefixes.Kind.AUTHORITY,
          authorities.get(),
          prefix,
          text.map(YamlNode.Scalar::at).orElse(fields.at()));
    }
    Optional<YamlNode> scopes = fields.requiredNode("scopes");
    Optional<List<String>> listed = Optional.empty();
    if (scopes.isPresent()) {
      listed = scopes(scopes.get());
    }
    fields.finish();
    Optional<List<String>> handedOver = listed;
    return from.map(one -> new SubjectRule(one, prefix, handedOver));
  }

  /** Returns the listed scopes; none for `full`. */
  private Optional<List<String>> scopes(YamlNode node) {
    if (node instanceof YamlNode.Sequence) {
      List<String> scopes = new ArrayList<>();
      for (YamlNode.Scalar scope : reader.texts(node)) {
        if (scope.text().equals("*")) {
          reader.problems().error(scope.at(), "`*` is no scope here", "write `scopes: full`");
        }
        scopes.add(scope.text());
      }
      return Optional.of(scopes);
    }
    boolean full = node instanceof YamlNode.Scalar scalar && scalar.text().equals("full");
    if (!full) {
      reader.mismatch(node, "`full` or a list of scopes", "");
    }
    return full ? Optional.empty() : Optional.of(List.of());
  }

  Optional<BackendTls> backend(Fields fields) {
    Optional<Path> authorities = authorities(fields.text("ca"));
    boolean shows = fields.has("certificate") || fields.has("key") || fields.has("passphrase");
    Optional<KeyFiles> pair = Optional.empty();
    if (shows) {
      pair = pair(fields);
    } else {
      List.of("certificate", "key", "passphrase").forEach(fields::node);
    }
    Optional<YamlNode.Scalar> name = fields.text("serverName");
    name.filter(one -> !HOST_NAME.matcher(one.text()).matches())
        .ifPresent(
            one ->
                reader
                    .problems()
                    .error(one.at(), "`" + one.text() + "` is not the name of a host"));
    fields.finish();
    return Optional.of(new BackendTls(authorities, pair, name.map(YamlNode.Scalar::text)));
  }
}
