package io.scopegate;

import static org.assertj.core.api.Assertions.assertThat;

import io.scopegate.store.PostgresAccess;
import io.scopegate.store.PostgresServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
