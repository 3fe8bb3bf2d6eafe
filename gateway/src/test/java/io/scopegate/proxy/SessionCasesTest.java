package io.scopegate.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.scopegate.RunningGateway;
import io.scopegate.authn.session.TestIssuer;
import io.scopegate.endpoint.Json;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/**
 * The attack cases on credentials, byte for byte against a whole gateway with a real issuer, store
 * and backend.
 */
@Timeout(30)
class SessionCasesTest {
  private static final Set<String> FAMILIES = Set.of("jwt", "token", "csrf-session");

  /** They are about a login page: the gateway has none. */
  private static final Set<String> OF_A_LOGIN = Set.of("CSRF-010", "CSRF-012");

  private static final String IDENTITIES =
      """
      apiVersion: scopegate/v1
      organizations:
        acme:
          members:
            u1: [editor]
            viewer1: [viewer]
            reader: [editor]
            writer: [editor]
            root: [admin]
            "o:root": [admin]
            viewer: [viewer]
      tokens:
        - { subject: reader, name: read, scopes: [items:read] }
        - { subject: writer, name: write, scopes: [items:read, items:write] }
        - { subject: root, name: admin, scopes: [admin] }
        - { subject: viewer, name: overscoped, scopes: [admin] }
        - { subject: reader, name: noscope, scopes: [] }
        - { subject: reader, name: revoked, scopes: [items:read] }
      """;

  private static final Map<String, String> TOKENS =
      Map.of(
          "PAT_READ", "reader/read",
          "PAT_WRITE", "writer/write",
          "PAT_ADMIN", "root/admin",
          "PAT_OVERSCOPED", "viewer/overscoped",
          "PAT_NOSCOPE", "reader/noscope",
          "PAT_REVOKED", "reader/revoked");

  @TempDir static Path folder;
  private static TestIssuer idp;
  private static RunningGateway gateway;

  private static final Map<String, String> CREDENTIALS = new HashMap<>();

  @BeforeAll
  static void start() throws Exception {
    idp = TestIssuer.start();
    idp.publish(Json.read(text("/security/jwt-test-keys.json")).path("jwks").toString());
    gateway =
        new RunningGateway(
            folder,
            text("/security/routes.yaml"),
            false,
            """
            issuers:
              - { name: idp, issuer: "https://idp.test", jwks: "%1$s/keys", audience: gw }
              - name: asked
                issuer: opaque
                prefix: "o:"
                introspection: { url: "%1$s/introspect", clientId: gate, clientSecret: "${WATCHER}" }
            """
                .formatted(idp.url()));
    Map<String, String> values = gateway.load(IDENTITIES);
    TOKENS.forEach(
        (name, token) -> CREDENTIALS.put(name, Objects.requireNonNull(values.get(token), token)));
    CREDENTIALS.put("PAT_READ:badcrc", swapped(credential("PAT_READ"), 1));
    CREDENTIALS.put("PAT_READ:swapcase", swapped(credential("PAT_READ"), 43 + 6));
    // Such a scope cannot be issued, so nobody has a token of it.
    CREDENTIALS.put("PAT_STAR", "sgat_" + "x".repeat(49));
    for (String cookie : Set.of("OK", "WRITE", "ADMIN")) {
      String value = "opaque-session-" + cookie.toLowerCase(Locale.ROOT);
      CREDENTIALS.put("COOKIE_" + cookie, value);
      idp.knows(
          value, "{\"active\":true,\"sub\":\"root\",\"scope\":\"items:read items:write admin\"}");
    }
    revoke();
  }

  private static String credential(String name) {
    return Objects.requireNonNull(CREDENTIALS.get(name), name);
  }

  private static String text(String resource) throws IOException {
    try (InputStream in = SessionCasesTest.class.getResourceAsStream(resource)) {
      return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** Returns the value with the case of its last letters swapped, or a digit changed. */
  private static String swapped(String value, int last) {
    StringBuilder text = new StringBuilder(value);
    for (int i = value.length() - last; i < value.length(); i++) {
      char c = text.charAt(i);
      text.setCharAt(
          i,
          Character.isDigit(c) && last == 1
              ? (char) ('0' + (c - '0' + 1) % 10)
              : Character.isUpperCase(c) ? Character.toLowerCase(c) : Character.toUpperCase(c));
    }
    return text.toString();
  }

  private static void revoke() throws Exception {
    JsonNode tokens = Json.read(gateway.admin("GET", "/api/v1/tokens", "").body()).path("tokens");
    for (JsonNode token : tokens) {
      if (token.path("name").asString().equals("revoked")) {
        String id = token.path("id").asString();
        assertThat(gateway.admin("DELETE", "/api/v1/tokens/" + id, "").statusCode())
            .isLessThan(300);
      }
    }
  }

  @AfterAll
  static void stop() throws IOException {
    gateway.close();
    idp.close();
  }

  static Stream<SecurityCase> cases() {
    return SecurityCase.of(FAMILIES).stream().filter(one -> !OF_A_LOGIN.contains(one.id()));
  }

  @Test
  void all_cases_are_there() {
    assertThat(cases()).hasSize(30 + 14 + 4);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void a_case_ends_as_it_must(SecurityCase one) throws Exception {
    int before = gateway.core().requests();
    try (RawClient client = new RawClient(gateway.edge())) {
      RawClient.Answer answer = client.send(one.requestWith(CREDENTIALS)).answer();
      assertThat(one.statuses()).as(one.must()).contains(answer.status());
      if (answer.status() == 401) {
        assertThat(answer.value("WWW-Authenticate").orElseThrow())
            .startsWith("Bearer realm=\"scopegate\"")
            .doesNotContain("kid", "key", "signature", "Exception");
        // One answer for all: nothing in it says what was wrong.
        assertThat(answer.body()).doesNotContain("kid", "signature", "expired", "xception");
      }
      if (answer.status() == 403) {
        assertThat(answer.value("WWW-Authenticate").isPresent())
            .isEqualTo(answer.body().contains("\"insufficient_scope\""));
      }
      assertThat(answer.value("Access-Control-Allow-Origin")).isEmpty();
      int reached = gateway.core().requests() - before;
      assertThat(reached).isEqualTo(answer.status() == 200 ? 1 : 0);
      assertThat(reached).isLessThanOrEqualTo(one.maxBackendRequests());
      if (reached == 1) {
        assertThat(gateway.core().next().lines())
            .noneMatch(line -> line.contains("Bearer") || line.contains("opaque-session"));
      }
    }
    assertThat(idp.keyFetches()).as("fetches of keys").isLessThanOrEqualTo(2);
  }

  @Test
  void the_bearer_counts_and_never_adds_up_with_the_cookie() throws Exception {
    try (RawClient client = new RawClient(gateway.edge())) {
      String cookie = "Cookie: __Host-scopegate=" + credential("COOKIE_ADMIN") + "\r\n\r\n";
      String request = "GET /api/admin/users HTTP/1.1\r\nHost: gw.test\r\n";
      assertThat(client.send(request + cookie).answer().status()).isEqualTo(200);
      String bearer = "Authorization: Bearer " + credential("PAT_READ") + "\r\n";
      assertThat(client.send(request + bearer + cookie).answer().status()).isEqualTo(403);
      assertThat(client.send(request + "Authorization: Bearer x\r\n" + cookie).answer().status())
          .isEqualTo(401);
    }
    gateway.core().next();
  }
}
