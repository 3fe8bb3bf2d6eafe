package io.scopegate.config;

import io.scopegate.config.GatewayConfig.Database;
import io.scopegate.config.GatewayConfig.Queries;
import io.scopegate.config.GatewayConfig.Store;
import io.scopegate.file.Fields;
import io.scopegate.file.NodeReader;
import io.scopegate.file.Problems;
import io.scopegate.file.YamlNode;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads the key `store` of gateway.yaml. */
final class StoreReader {
  private static final String POSTGRESQL = "jdbc:postgresql:";
  private static final int DEFAULT_CONNECTIONS = 4;
  private static final int MAX_CONNECTIONS = 64;
  private static final Duration MAX_STALE = Duration.ofMinutes(5);
  private static final Duration DEFAULT_FRESH = Duration.ofSeconds(10);
  private static final Pattern NOTHING = Pattern.compile("0+(ms|s|m|h|d)");
  private static final Pattern PASSWORD =
      Pattern.compile("(?:[?&]|%26)(?:password|sslpassword)=|//[^/?]*:[^/?]*@");

  private final NodeReader reader;
  private final Problems problems;
  private final Secrets secrets;

  StoreReader(NodeReader reader, Problems problems, Secrets secrets) {
    this.reader = reader;
    this.problems = problems;
    this.secrets = secrets;
  }

  Store read(Fields fields) {
    Optional<Database> database = Optional.empty();
    if (fields.has("url")) {
      database = database(fields);
    } else {
      for (String key : new String[] {"user", "password", "connections"}) {
        if (fields.node(key).isPresent()) {
          problems.error(
              fields.keyAt(key),
              "`" + key + "` is of no use without `url`",
              "the embedded store needs none of them");
        }
      }
    }
    Optional<Duration> stale = fields.node("staleIfError").flatMap(this::stale);
    Optional<Queries> queries = fields.fields("queries").flatMap(this::queries);
    fields.finish();
    return new Store(database, stale.orElse(Store.DEFAULT.staleIfError()), queries);
  }

  private Optional<Database> database(Fields fields) {
    Optional<String> url = fields.requiredNode("url").flatMap(this::url);
    Optional<String> user = fields.node("user").flatMap(secrets::value);
    Optional<String> password = fields.node("password").flatMap(secrets::secret);
    Optional<Integer> connections = fields.integer("connections", 1, MAX_CONNECTIONS);
    return url.map(
        text -> new Database(text, user, password, connections.orElse(DEFAULT_CONNECTIONS)));
  }

  private Optional<String> url(YamlNode node) {
    if (node instanceof YamlNode.Scalar scalar && PASSWORD.matcher(scalar.text()).find()) {
      problems.error(
          node.at(),
          "a password does not belong into a URL",
          "use `password: ${ENV_NAME}` or `password: { file: path }`");
      return Optional.empty();
    }
    Optional<String> url = secrets.value(node);
    if (url.isPresent() && !url.get().startsWith(POSTGRESQL)) {
      // Not the value: it may come from a secret.
      String word =
          node instanceof YamlNode.Scalar scalar ? "`" + scalar.text() + "`" : "the content";
      problems.error(
          node.at(),
          word + " is not the URL of a database that works here",
          "`jdbc:postgresql://host/database` is; without a `url` the store is embedded");
      return Optional.empty();
    }
    return url;
  }

  private Optional<Duration> stale(YamlNode node) {
    if (node instanceof YamlNode.Scalar scalar && NOTHING.matcher(scalar.text()).matches()) {
      return Optional.of(Duration.ZERO);
    }
    Optional<Duration> duration = reader.duration(node);
    if (duration.isPresent() && duration.get().compareTo(MAX_STALE) > 0) {
      problems.error(node.at(), "`staleIfError` is from `0s` to `300s`");
    }
    return duration;
  }

  private Optional<Queries> queries(Fields fields) {
    Optional<Database> database = database(fields);
    Optional<String> token = fields.text("token").map(YamlNode.Scalar::text);
    Optional<String> memberships = fields.text("memberships").map(YamlNode.Scalar::text);
    Optional<Duration> fresh = fields.duration("freshFor");
    fields.finish();
    if (fields.isReadable() && token.isEmpty() && memberships.isEmpty()) {
      problems.error(fields.at(), "there must be a query: `token`, `memberships`, or both");
    }
    if (fresh.isPresent() && fresh.get().compareTo(MAX_STALE) > 0) {
      problems.error(fields.keyAt("freshFor"), "`freshFor` is at most `300s`");
    }
    return database.map(one -> new Queries(one, token, memberships, fresh.orElse(DEFAULT_FRESH)));
  }
}
