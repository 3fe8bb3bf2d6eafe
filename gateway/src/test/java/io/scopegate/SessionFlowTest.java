package io.scopegate;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.scopegate.authn.session.TestIssuer;
import io.scopegate.proxy.RawClient;
import io.scopegate.proxy.RecordingBackend.Received;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Sessions through a whole gateway, from a real issuer to a real backend. */
@Timeout(60)
class SessionFlowTest {
  private static final String ROUTES =
      """
      apiVersion: scopegate/v1
      permissions: { work:read: Read, work:write: Write }
      roles:
        organization:
          MEMBER: { grants: [work:read, work:write] }
          VIEWER: { grants: [work:read] }
        project: { MEMBER: { grants: [work:read] } }
      places: { organization: [{ path: org }], project: { path: project } }
      backend: core
      routes:
        - { match: "GET /orgs/{org}/items", require: work:read }
        - { match: "POST /orgs/{org}/items", require: work:write }
        - { match: "GET /orgs/{org}/projects", require: work:read, list: project }
        - { match: "POST /orgs/{org}/keys", require: work:write, credential: session }
        - { match: "GET /orgs/{org}/machines", require: work:read, credential: token }
        - { match: "GET /public", access: public }
        - match: POST /orgs/{org}/drafts
          require: work:write
          cors: { origins: ["https://page.test"], credentials: true }
      """;

  private static final String IDENTITIES =
      """
      apiVersion: scopegate/v1
      organizations:
        acme:
          members: { ann: [MEMBER], dan: [MEMBER], "o:ben": [VIEWER] }
          projects: { api: { members: { ann: [MEMBER] } }, web: {} }
      tokens: [{ subject: ann, name: all, scopes: ["*"] }]
      """;

  @TempDir static Path folder;
  private static TestIssuer idp;
  private static RunningGateway gateway;
  private static String pat = "";

  @BeforeAll
  static void start() throws Exception {
    idp = TestIssuer.start();
    gateway =
        new RunningGateway(
            folder,
            ROUTES,
            false,
            """
            issuers:
              - { name: idp, issuer: "%1$s", audience: gw }
              - name: asked
                issuer: opaque
                prefix: "o:"
                scopes: full
                introspection: { url: "%1$s/introspect", clientId: gate, clientSecret: "${WATCHER}" }
            origins: ["https://app.test"]
            assertion: { issuer: "https://gate.test", audiences: { old: "https://old.test" } }
            """
                .formatted(idp.url()));
    pat = Optional.ofNullable(gateway.load(IDENTITIES).get("ann/all")).orElseThrow();
  }

  @AfterAll
  static void stop() throws IOException {
    gateway.close();
    idp.close();
  }

  /** Takes away what earlier tests have left at the backend. */
  @BeforeEach
  void drain() throws InterruptedException {
    for (int left = gateway.core().rest().size(); left > 0; left--) {
      gateway.core().next();
    }
  }

  private static String token(String scope) {
    return idp.ecToken(claims("ann", scope));
  }

  private static Map<String, Object> claims(String subject, String scope) {
    Map<String, Object> claims = new HashMap<>();
    claims.put("iss", idp.url());
    claims.put("aud", List.of("gw"));
    claims.put("sub", subject);
    claims.put("exp", Instant.now().plusSeconds(600).getEpochSecond());
    claims.put("scope", scope);
    return claims;
  }

  private static RawClient.Answer cookie(String start, String value, String... further)
      throws IOException {
    try (RawClient client = new RawClient(gateway.edge())) {
      return client
          .send(
              start
                  + " HTTP/1.1\r\nHost: gw.test\r\nCookie: a=b; __Host-scopegate="
                  + value
                  + "\r\nContent-Length: 0\r\n"
                  + String.join("", further)
                  + "\r\n")
          .answer();
    }
  }

  @Test
  void a_signed_token_as_bearer_may_what_its_scopes_and_its_subjects_roles_have_in_common()
      throws Exception {
    String reading = token("work:read");
    HttpResponse<String> answer = gateway.edge("GET", "/orgs/acme/items", reading);
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("X-OAuth-Scopes")).hasValue("work:read");
    Received request = gateway.core().next();
    assertThat(request.value("X-Scopegate-Subject")).hasValue("ann");
    assertThat(request.value("X-Scopegate-Token")).hasValue("session");
    assertThat(request.value("X-Scopegate-Permissions")).hasValue("work:read");
    assertThat(request.values("Authorization")).isEmpty();
    HttpResponse<String> writing = gateway.edge("POST", "/orgs/acme/items", reading);
    assertThat(writing.statusCode()).isEqualTo(403);
    assertThat(writing.body()).contains("insufficient_scope");
    assertThat(gateway.edge("GET", "/orgs/acme/items", reading + "A").statusCode()).isEqualTo(401);
  }

  @Test
  void a_session_is_one_kind_of_credential_as_bearer_and_as_cookie() throws Exception {
    String all = token("work:read work:write");
    assertThat(gateway.edge("POST", "/orgs/acme/keys", all).statusCode()).isEqualTo(200);
    assertThat(cookie("POST /orgs/acme/keys", all, "Origin: https://gw.test\r\n").status())
        .isEqualTo(200);
    assertThat(gateway.edge("POST", "/orgs/acme/keys", pat).body()).contains("credential_kind");
    assertThat(gateway.edge("GET", "/orgs/acme/machines", all).body()).contains("credential_kind");
    assertThat(gateway.edge("GET", "/orgs/acme/machines", pat).statusCode()).isEqualTo(200);
  }

  @Test
  void a_cookie_carries_a_session_and_never_reaches_the_backend() throws Exception {
    int asked = idp.questions();
    assertThat(cookie("GET /orgs/acme/items", token("work:read")).status()).isEqualTo(200);
    Received request = gateway.core().next();
    assertThat(request.values("Cookie")).containsExactly("a=b");
    assertThat(request.value("X-Scopegate-Subject")).hasValue("ann");
    assertThat(cookie("GET /orgs/acme/items", pat).status()).isEqualTo(401);
    assertThat(cookie("GET /orgs/acme/items", "").status()).isEqualTo(401);
    assertThat(idp.questions()).isEqualTo(asked);
  }

  @Test
  void a_page_that_a_row_lets_use_the_session_changes_something_there_and_nowhere_else()
      throws Exception {
    String all = token("work:read work:write");
    String page = "Origin: https://page.test\r\n";

    RawClient.Answer asked;
    try (RawClient client = new RawClient(gateway.edge())) {
      asked =
          client
              .send(
                  "OPTIONS /orgs/acme/drafts HTTP/1.1\r\nHost: gw.test\r\n"
                      + page
                      + "Access-Control-Request-Method: POST\r\n\r\n")
              .answer();
    }
    RawClient.Answer there = cookie("POST /orgs/acme/drafts", all, page);
    RawClient.Answer elsewhere = cookie("POST /orgs/acme/items", all, page);

    assertThat(asked.status()).isEqualTo(204);
    assertThat(asked.value("Access-Control-Allow-Credentials")).hasValue("true");
    assertThat(there.status()).isEqualTo(200);
    assertThat(there.value("Access-Control-Allow-Origin")).hasValue("https://page.test");
    assertThat(elsewhere.status()).isEqualTo(403);
    assertThat(elsewhere.body()).contains("\"cross_site\"");
    assertThat(elsewhere.value("Access-Control-Allow-Origin")).isEmpty();
  }

  @Test
  void a_page_of_another_site_cannot_use_the_cookie() throws Exception {
    String all = token("work:read work:write");
    RawClient.Answer evil = cookie("POST /orgs/acme/items", all, "Origin: https://evil.test\r\n");
    assertThat(evil.status()).isEqualTo(403);
    assertThat(evil.body()).contains("\"cross_site\"");
    assertThat(evil.value("WWW-Authenticate")).isEmpty();
    assertThat(cookie("POST /orgs/acme/items", all).status()).isEqualTo(403);
    assertThat(cookie("POST /orgs/acme/items", all, "Origin: https://app.test\r\n").status())
        .isEqualTo(200);
    assertThat(cookie("POST /orgs/acme/items", "wrong", "Origin: https://evil.test\r\n").status())
        .isEqualTo(401);
    assertThat(cookie("POST /orgs/acme/none", all, "Origin: https://evil.test\r\n").body())
        .contains("route_not_declared");
  }

  @Test
  void an_opaque_token_is_a_session_of_the_issuer_that_is_asked() throws Exception {
    int asked = idp.questions();
    idp.knows("0123456789abcdef", "{\"active\":true,\"sub\":\"ben\"}");
    assertThat(gateway.edge("GET", "/orgs/acme/items", "0123456789abcdef").statusCode())
        .isEqualTo(200);
    assertThat(gateway.core().next().value("X-Scopegate-Subject")).hasValue("o:ben");
    assertThat(cookie("GET /orgs/acme/items", "0123456789abcdef").status()).isEqualTo(200);
    assertThat(gateway.edge("POST", "/orgs/acme/items", "0123456789abcdef").body())
        .contains("insufficient_role");
    assertThat(gateway.edge("GET", "/orgs/acme/items", "fedcba9876543210").statusCode())
        .isEqualTo(401);
    assertThat(idp.questions()).isEqualTo(asked + 2);
  }

  @Test
  void a_subject_that_is_disabled_has_no_session_from_then_on() throws Exception {
    String reading = idp.ecToken(claims("dan", "work:read"));
    assertThat(gateway.edge("GET", "/orgs/acme/items", reading).statusCode()).isEqualTo(200);
    assertThat(gateway.admin("PUT", "/api/v1/subjects/dan", "{\"disabled\": true}").statusCode())
        .isLessThan(300);
    assertThat(gateway.edge("GET", "/orgs/acme/items", reading).statusCode()).isEqualTo(401);
  }

  @Test
  void the_backend_is_told_the_same_facts_in_a_signed_token_of_its_own() throws Exception {
    String all = token("work:read work:write");
    for (String path : List.of("/orgs/acme/items", "/orgs/acme/projects")) {
      assertThat(gateway.edge("GET", path, all).statusCode()).isEqualTo(200);
      Received request = gateway.core().next();
      JWTClaimsSet claims = verified(request.value("X-Scopegate-Assertion").orElseThrow());
      assertThat(claims.getIssuer()).isEqualTo("https://gate.test");
      assertThat(claims.getAudience()).containsExactly("core");
      assertThat(claims.getSubject()).isEqualTo("ann");
      assertThat(claims.getStringClaim("token")).isEqualTo("session");
      assertThat(claims.getStringClaim("organization")).isEqualTo("acme");
      assertThat(String.join(" ", claims.getStringListClaim("permissions")))
          .isEqualTo(request.value("X-Scopegate-Permissions").orElseThrow());
      assertThat(
              Optional.ofNullable(claims.getStringListClaim("projects"))
                  .map(ids -> String.join(",", ids)))
          .isEqualTo(request.value("X-Scopegate-Projects"));
    }
  }

  private static JWTClaimsSet verified(String assertion) throws Exception {
    SignedJWT jwt = SignedJWT.parse(assertion);
    String keys =
        gateway
            .send(gateway.gateway().probes().orElseThrow(), "GET", "/.well-known/jwks.json", "", "")
            .body();
    assertThat(gateway.admin("GET", "/.well-known/jwks.json", "").body()).isEqualTo(keys);
    ECKey key = (ECKey) JWKSet.parse(keys).getKeyByKeyId(jwt.getHeader().getKeyID());
    assertThat(jwt.verify(new ECDSAVerifier(key))).isTrue();
    JWTClaimsSet claims = jwt.getJWTClaimsSet();
    assertThat(claims.getExpirationTime().toInstant())
        .isBetween(Clock.systemUTC().instant(), Clock.systemUTC().instant().plusSeconds(60));
    return claims;
  }

  @Test
  void requests_with_the_same_facts_share_a_signature_and_a_public_one_has_none() throws Exception {
    String all = token("work:read work:write");
    gateway.edge("GET", "/orgs/acme/items", all);
    gateway.edge("GET", "/orgs/acme/items", all);
    String first = gateway.core().next().value("X-Scopegate-Assertion").orElseThrow();
    assertThat(gateway.core().next().value("X-Scopegate-Assertion")).hasValue(first);
    gateway.edge("GET", "/public", all);
    assertThat(gateway.core().next().values("X-Scopegate-Assertion")).isEmpty();
  }

  @Test
  void every_issuer_has_its_figures() throws Exception {
    idp.knows("figures-of-a-session", "{\"active\":true,\"sub\":\"ben\"}");
    gateway.edge("GET", "/orgs/acme/items", idp.ecToken(claims("ann", "work:read")));
    Map<String, Object> foreign = claims("ann", "work:read");
    foreign.put("aud", "somebody-else");
    gateway.edge("GET", "/orgs/acme/items", idp.ecToken(foreign));
    gateway.edge("GET", "/orgs/acme/items", "figures-of-a-session");
    String metrics = gateway.admin("GET", "/metrics", "").body();
    for (String counted :
        List.of(
            "verifications_total{issuer=\"idp\",outcome=\"valid\"}",
            "verifications_total{issuer=\"idp\",outcome=\"refused\"}",
            "verifications_total{issuer=\"asked\",outcome=\"valid\"}",
            "requests_total{issuer=\"idp\",outcome=\"success\"}",
            "requests_total{issuer=\"asked\",outcome=\"success\"}")) {
      assertThat(metrics)
          .contains("scopegate_issuer_" + counted)
          .doesNotContain("scopegate_issuer_" + counted + " 0.0");
    }
    assertThat(metrics)
        .contains("scopegate_issuer_verifications_total{issuer=\"asked\",outcome=\"unavailable\"}");
  }

  @Test
  void a_key_that_is_withdrawn_is_refused_at_once_after_a_reload() throws Exception {
    String reading = idp.rsaToken(claims("ann", "work:read"));
    assertThat(gateway.edge("GET", "/orgs/acme/items", reading).statusCode()).isEqualTo(200);
    idp.withdrawRsaKey();
    assertThat(gateway.edge("GET", "/orgs/acme/items", reading).statusCode()).isEqualTo(200);
    assertThat(gateway.admin("POST", "/api/v1/reload", "").statusCode()).isEqualTo(200);
    assertThat(gateway.edge("GET", "/orgs/acme/items", reading).statusCode()).isEqualTo(401);
  }
}
