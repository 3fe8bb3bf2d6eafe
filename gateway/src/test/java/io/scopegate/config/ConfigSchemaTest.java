package io.scopegate.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.scopegate.endpoint.Json;
import io.scopegate.file.Schemas;
import io.scopegate.tls.TestAuthority;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Holds the schema of gateway.yaml against its reader. */
class ConfigSchemaTest {
  /** A configuration that has every key, as JSON, which is YAML, too. */
  private static final String EVERYTHING =
      """
      {
        "apiVersion": "scopegate/v1",
        "routes": "routes.yaml",
        "listeners": [
          { "address": "127.0.0.1:8080", "proxyProtocol": true },
          { "address": "127.0.0.1:8443",
            "tls": { "certificate": "tls.crt", "key": "tls.key", "passphrase": { "file": "token" },
                     "minVersion": "1.3", "handshakeTimeout": "5s",
                     "clientCertificates": {
                       "ca": "tls.crt", "required": false,
                       "subject": { "from": "uri", "prefix": "x:", "scopes": ["a"] } } } },
          { "address": "127.0.0.1:8444",
            "tls": { "certificates": [{ "certificate": "plain.crt", "key": "plain.key" }] } }],
        "admin": { "address": "127.0.0.1:9901",
                   "tokens": [{ "name": "ops", "value": "${TOKEN}", "access": "read" },
                              { "name": "file", "value": { "file": "token" } }] },
        "probes": { "address": "127.0.0.1:9902" },
        "trustedProxies": ["10.0.0.0/8"],
        "drain": "25s",
        "data": "data",
        "store": {
          "url": "jdbc:postgresql://db/scopegate", "user": "scopegate",
          "password": "${TOKEN}", "connections": 8, "staleIfError": "0s",
          "queries": { "url": { "file": "url" }, "user": "${TOKEN}", "password": { "file": "token" },
                       "connections": 2, "token": "select", "memberships": "select",
                       "freshFor": "10s" } },
        "backends": { "core": {
          "urls": ["http://127.0.0.1:9000", { "url": "http://core.test", "weight": 5 }],
          "connections": { "max": 100, "waiting": 10, "wait": "1s", "lifetime": "1h" },
          "retries": { "attempts": 1, "percent": 10, "perSecond": 5 },
          "ejection": { "after": 3, "time": "1s", "maxTime": "1m" },
          "healthCheck": { "path": "/healthz", "interval": "1s", "timeout": "500ms",
                           "healthyAfter": 1, "unhealthyAfter": 2 },
          "slowStart": "5s",
          "timeouts": { "connect": "2s", "firstByte": "30s", "idle": "60s" },
          "host": "preserve",
          "credentials": "strip",
          "requestHeaders": { "set": { "X-A": "a", "X-B": { "file": "token" } }, "remove": ["X-C"] },
          "responseHeaders": { "set": {}, "remove": [] } },
          "secret": {
            "urls": ["https://127.0.0.1:9443"],
            "tls": { "ca": "tls.crt", "certificate": "plain.crt", "key": "plain.key",
                     "serverName": "core.example" } } },
        "limits": { "headTimeout": "10s", "bodyTimeout": "30s", "idleTimeout": "60s", "bodyLimit": "1GiB",
                    "targetLength": "8KiB", "headerBytes": "32KiB", "headerCount": 100,
                    "connections": 10000, "connectionsPerAddress": 100,
                    "requestsPerConnection": 1000, "concurrentStreams": 100, "readAhead": "64KiB" },
        "issuers": [
          { "name": "a", "issuer": "https://a.test", "jwks": "https://a.test/keys", "audience": "gate",
            "algorithms": ["RS256"], "typ": ["JWT", "absent"], "leeway": "30s", "scopes": "full", "subject": "sub",
            "memberships": { "organization": "org", "roles": "/access/roles", "teams": "teams",
                             "projects": "projects", "names": { "boss": "OWNER" } } },
          { "name": "b", "issuer": "https://b.test", "audience": ["gate"], "prefix": "b:",
            "memberships": { "organizations": "orgs" } },
          { "name": "c", "issuer": "https://c.test", "prefix": "c:",
            "memberships": { "organization": { "is": "acme" }, "roles": "roles" },
            "introspection": { "url": "https://c.test/ask", "clientId": "gate", "clientSecret": "${TOKEN}",
                               "freshFor": "5s", "staleIfError": "0s" } }],
        "origins": ["https://app.test"],
        "tokens": { "maxExpiry": "365d" },
        "assertion": { "issuer": "https://gate.test", "lifetime": "1m", "rotation": "30d",
                       "audiences": { "core": "https://core.test" } }
      }
      """;

  @TempDir private Path folder;

  private static Schema schema() {
    return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
        .getSchema(Schemas.text("gateway"), InputFormat.JSON);
  }

  @Test
  void what_has_every_key_of_the_schema_is_taken_by_the_reader() throws IOException {
    String secret = "an-admin-token-of-some-length";
    Files.writeString(folder.resolve("token"), secret);
    TestAuthority authority = new TestAuthority("authority");
    TestAuthority.write(folder, "plain", authority.server("a.example"));
    TestAuthority.writeEncrypted(folder, "tls", authority.server("a.example"), secret);
    Files.writeString(folder.resolve("url"), "jdbc:postgresql://127.0.0.1/users");
    Path file = Files.writeString(folder.resolve("gateway.yaml"), EVERYTHING);

    assertThat(schema().validate(EVERYTHING, InputFormat.JSON)).isEmpty();
    assertThat(
            ConfigReader.read(
                    file, List.of(), Map.of("TOKEN", "another-admin-token-of-some-length"))
                .problems())
        .isEmpty();
    assertThat(keys(Json.read(EVERYTHING)))
        .containsAll(declared(Json.read(Schemas.text("gateway"))));
  }

  @Test
  void every_key_that_the_reader_asks_for_is_in_the_schema() throws IOException {
    Set<String> asked = new TreeSet<>();
    Pattern question =
        Pattern.compile(
            "\\.(?:node|requiredNode|text|requiredText|flag|integer|duration|bytes|oneOf|list|texts"
                + "|entries|fields)\\(\\s*\"([A-Za-z]+)\"");
    try (Stream<Path> files = Files.list(Path.of("src/main/java/io/scopegate/config"))) {
      for (Path file : files.toList()) {
        Matcher matcher = question.matcher(Files.readString(file));
        while (matcher.find()) {
          asked.add(matcher.group(1));
        }
      }
    }

    assertThat(asked).contains("firstByte");
    assertThat(declared(Json.read(Schemas.text("gateway")))).containsAll(asked);
  }

  @Test
  void an_unknown_key_is_refused() {
    assertThat(schema().validate(EVERYTHING.replace("\"drain\"", "\"drian\""), InputFormat.JSON))
        .isNotEmpty();
  }

  private static Set<String> keys(JsonNode node) {
    Set<String> keys = new TreeSet<>(node.propertyNames());
    node.forEach(value -> keys.addAll(keys(value)));
    return keys;
  }

  private static Set<String> declared(JsonNode schema) {
    Set<String> keys = new TreeSet<>();
    for (Map.Entry<String, JsonNode> entry : schema.properties()) {
      if (entry.getKey().equals("properties")) {
        keys.addAll(entry.getValue().propertyNames());
      }
      keys.addAll(declared(entry.getValue()));
    }
    for (JsonNode item : schema.isArray() ? schema : List.<JsonNode>of()) {
      keys.addAll(declared(item));
    }
    return keys;
  }
}
