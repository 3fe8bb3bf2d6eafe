package io.scopegate;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jwt.SignedJWT;
import io.scopegate.store.PostgresAccess;
import io.scopegate.store.PostgresServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whole gateways that share a database. */
class SharedStoreTest {
  private static final String ROUTES =
      """
      apiVersion: scopegate/v1
      permissions: { work:read: r }
      roles: { organization: { MEMBER: { grants: [work:read] } } }
      places: { organization: [{ path: org }] }
      backend: core
      routes: [{ match: "GET /orgs/{org}", require: work:read }]
      """;
  private static final String IDENTITIES =
      """
      apiVersion: scopegate/v1
      organizations: { acme: { members: { bob: [MEMBER] } } }
      tokens: [{ subject: bob, name: ci, scopes: [work:read] }]
      """;

  @TempDir private Path folder;

  private RunningGateway gateway(String name, String storeYaml) throws IOException {
    return new RunningGateway(
        Files.createDirectory(folder.resolve(name)),
        ROUTES,
        false,
        storeYaml,
        Map.of("DATABASE_PASSWORD", "postgres"));
  }

  @Test
  void what_one_gateway_is_told_the_other_knows() throws Exception {
    PostgresAccess access = PostgresServer.database();
    String store =
        "store: { url: \"%s\", user: postgres, password: \"${DATABASE_PASSWORD}\" }\n"
            .formatted(access.url());
    try (RunningGateway one = gateway("one", store);
        RunningGateway other = gateway("other", store)) {
      String value = one.load(IDENTITIES).getOrDefault("bob/ci", "");

      assertThat(one.edge("GET", "/orgs/acme", value).statusCode()).isEqualTo(200);
      assertThat(other.edge("GET", "/orgs/acme", value).statusCode()).isEqualTo(200);

      one.admin("PUT", "/api/v1/subjects/bob", "{\"disabled\": true}");
      assertThat(one.edge("GET", "/orgs/acme", value).statusCode()).as("at once").isEqualTo(401);
      long start = System.nanoTime();
      while (other.edge("GET", "/orgs/acme", value).statusCode() == 200) {
        assertThat(System.nanoTime() - start).isLessThan(5_000_000_000L);
      }
    }
  }

  @Test
  void a_backend_that_asks_one_gateway_for_keys_verifies_the_assertions_of_all() throws Exception {
    PostgresAccess access = PostgresServer.database();
    String settings =
        """
        store: { url: "%s", user: postgres, password: "${DATABASE_PASSWORD}" }
        assertion: { issuer: "https://gate.test" }
        """
            .formatted(access.url());
    try (RunningGateway one = gateway("one", settings);
        RunningGateway other = gateway("other", settings)) {
      String value = one.load(IDENTITIES).getOrDefault("bob/ci", "");
      for (RunningGateway signing : List.of(one, other)) {
        assertThat(signing.edge("GET", "/orgs/acme", value).statusCode()).isEqualTo(200);
        SignedJWT assertion =
            SignedJWT.parse(signing.core().next().value("X-Scopegate-Assertion").orElseThrow());
        for (RunningGateway asked : List.of(one, other)) {
          assertThat(assertion.verify(new ECDSAVerifier(key(asked, assertion)))).isTrue();
        }
      }
    }
  }

  /** Returns the key of an assertion as a gateway publishes it, as soon as it does. */
  private static ECKey key(RunningGateway asked, SignedJWT assertion) throws Exception {
    long start = System.nanoTime();
    while (true) {
      JWKSet published = JWKSet.parse(asked.admin("GET", "/.well-known/jwks.json", "").body());
      assertThat(published.getKeys()).noneMatch(JWK::isPrivate);
      JWK key = published.getKeyByKeyId(assertion.getHeader().getKeyID());
      if (key != null) {
        return key.toECKey();
      }
      assertThat(System.nanoTime() - start).isLessThan(20_000_000_000L);
    }
  }

  @Test
  void tokens_and_memberships_may_stay_where_they_are() throws Exception {
    PostgresAccess access = PostgresServer.database();
    PostgresServer.execute(
        access,
        """
        CREATE TABLE api_key (secret_sha256 BYTEA, login TEXT, scopes TEXT);
        CREATE TABLE grants (login TEXT, org TEXT, role TEXT);
        INSERT INTO api_key VALUES (sha256('an-old-secret-of-some-length'), 'bob', 'work:read');
        INSERT INTO grants VALUES ('bob', 'acme', 'MEMBER');
        """);
    String store =
        """
        store:
          queries:
            url: "%s"
            user: postgres
            password: "${DATABASE_PASSWORD}"
            token: |
              SELECT secret_sha256 AS digest, login AS subject, scopes FROM api_key
               WHERE secret_sha256 = ANY (?)
            memberships: |
              SELECT login AS subject, org AS organization, role FROM grants WHERE login = ANY (?)
        """
            .formatted(access.url());
    try (RunningGateway gateway = gateway("one", store)) {
      assertThat(gateway.edge("GET", "/orgs/acme", "an-old-secret-of-some-length").statusCode())
          .isEqualTo(200);
      assertThat(gateway.edge("GET", "/orgs/acme", "another-secret").statusCode()).isEqualTo(401);
      assertThat(gateway.edge("GET", "/orgs/globex", "an-old-secret-of-some-length").statusCode())
          .isEqualTo(403);
    }
  }
}
