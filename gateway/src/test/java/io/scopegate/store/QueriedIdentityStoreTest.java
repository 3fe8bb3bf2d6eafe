package io.scopegate.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.scopegate.SettableClock;
import io.scopegate.permission.Level;
import io.scopegate.policy.Bounds;
import io.scopegate.policy.Membership;
import io.scopegate.policy.Principal;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QueriedIdentityStoreTest {
  private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");
  private static final String TOKEN =
      "SELECT sha256 AS digest, owner AS subject, scopes, id, ends AS expires, org AS organization,"
          + " projects FROM api_key WHERE sha256 = ANY (?) AND NOT revoked";
  private static final String MEMBERSHIPS =
      "SELECT login AS subject, org AS organization, team, project, role FROM grants"
          + " WHERE login = ANY (?)";

  private static PostgresAccess access;

  @TempDir private Path folder;
  private IdentityStore own;
  private IdentityStore store;

  @BeforeAll
  static void make_the_database_of_others() {
    access = PostgresServer.database();
    PostgresServer.execute(
        access,
        """
        CREATE TABLE api_key (
          id BIGSERIAL, sha256 BYTEA, owner TEXT, scopes TEXT[], ends TIMESTAMPTZ, org TEXT,
          projects TEXT[], revoked BOOLEAN DEFAULT false);
        CREATE TABLE grants (login TEXT, org TEXT, team TEXT, project TEXT, role TEXT);
        """);
  }

  @BeforeEach
  void open() {
    PostgresServer.execute(access, "TRUNCATE api_key, grants RESTART IDENTITY");
    own = new SqliteIdentityStore(folder, new SettableClock(NOW), new Random(1));
    store = new QueriedIdentityStore(own, access, Optional.of(TOKEN), Optional.of(MEMBERSHIPS));
  }

  @AfterEach
  void close() {
    store.close();
  }

  private static void insert(String value, String rest) {
    PostgresServer.execute(
        access,
        "INSERT INTO api_key (sha256, owner, scopes, ends, org, projects, revoked) VALUES ('\\x"
            + TokenDigest.of(value).hex()
            + "', "
            + rest
            + ")");
  }

  private static void grant(String rows) {
    PostgresServer.execute(access, "INSERT INTO grants VALUES " + rows);
  }

  private Optional<StoredToken> token(String value) {
    return store.token(TokenDigest.of(value));
  }

  @Test
  void a_token_of_the_other_database_is_found_by_its_digest() {
    insert("old", "'bob', '{work:read,work:write}', '2027-01-01Z', 'acme', '{api}', false");
    insert("gone", "'bob', '{*}', NULL, NULL, NULL, true");

    StoredToken found = token("old").orElseThrow();

    assertThat(found.id()).isEqualTo("1");
    assertThat(found.subject()).isEqualTo("bob");
    assertThat(found.scopes()).containsExactly("work:read", "work:write");
    assertThat(found.expires()).contains(Instant.parse("2027-01-01T00:00:00Z"));
    assertThat(found.bounds()).isEqualTo(Bounds.projects("acme", List.of("api")));
    assertThat(token("gone")).isEmpty();
    assertThat(token("unknown")).isEmpty();
    assertThat(store.hasImportedTokens()).isTrue();
  }

  @Test
  void what_cannot_be_understood_is_no_token() {
    insert("no scopes", "'bob', NULL, NULL, NULL, NULL, false");
    insert("no subject", "NULL, '{*}', NULL, NULL, NULL, false");
    insert("bad subject", "'b b', '{*}', NULL, NULL, NULL, false");
    insert("no project", "'bob', '{*}', NULL, 'acme', '{}', false");
    insert("no organization", "'bob', '{*}', NULL, NULL, '{api}', false");
    insert("twice", "'bob', '{*}', NULL, NULL, NULL, false");
    insert("twice", "'bob', '{work:read}', NULL, NULL, NULL, false");
    insert("good", "'bob', '{}', NULL, NULL, NULL, false");

    for (String value :
        List.of("no scopes", "no subject", "bad subject", "no project", "no organization")) {
      assertThat(token(value)).as(value).isEmpty();
    }
    assertThat(token("twice")).isEmpty();
    assertThat(token("good").orElseThrow().scopes()).isEmpty();
  }

  @Test
  void its_own_tokens_come_first() {
    insert("same", "'mallory', '{*}', NULL, NULL, NULL, false");
    NewToken token =
        new NewToken(
            "bob",
            "ci",
            List.of(),
            Bounds.none(),
            Optional.empty(),
            TokenDigest.of("same"),
            "",
            true);

    StoredToken kept = store.create(token);

    assertThat(token("same")).contains(kept);
  }

  @Test
  void memberships_of_the_other_database_are_added_to_its_own() {
    own.putMember("acme", Level.ORGANIZATION, "acme", "bob", Set.of("MEMBER"));
    own.putTeamProject("acme", "core", "api");
    grant(
        "('bob', 'acme', NULL, NULL, 'BILLING'), ('bob', 'acme', 'core', NULL, 'ADMIN'),"
            + " ('bob', 'acme', NULL, 'web', 'VIEWER'), ('bob', 'acme', 'core', 'web', NULL),"
            + " ('bob', 'globex', NULL, NULL, 'OWNER'), ('alice', 'acme', NULL, NULL, 'OWNER')");

    List<Membership> memberships = store.principal("bob").orElseThrow().memberships();

    assertThat(memberships)
        .extracting(one -> one.organization().id())
        .containsExactly("acme", "globex");
    Membership acme = memberships.get(0);
    assertThat(acme.roles()).containsExactlyInAnyOrder("MEMBER", "BILLING");
    assertThat(acme.teams()).isEqualTo(Map.of("core", Set.of("ADMIN")));
    assertThat(acme.projects()).isEqualTo(Map.of("web", Set.of("VIEWER")));
    assertThat(acme.organization().team("core").orElseThrow().projects())
        .containsExactlyInAnyOrder("api", "web");
    assertThat(store.principal("stranger")).contains(new Principal("stranger", List.of()));
  }

  @Test
  void who_is_disabled_in_the_store_holds_nothing_whatever_the_queries_say() {
    grant("('bob', 'acme', NULL, NULL, 'OWNER')");
    store.putSubject("bob", true);

    assertThat(store.principal("bob")).isEmpty();
  }

  @Test
  void a_row_with_two_readings_counts_for_nothing() {
    grant(
        "('bob', 'acme', 'core', 'api', 'OWNER'), ('bob', 'acme', NULL, NULL, NULL),"
            + " ('bob', 'a/b', NULL, NULL, 'OWNER'), ('bob', 'acme', NULL, NULL, '*')");

    assertThat(store.principal("bob").orElseThrow().memberships()).isEmpty();
  }

  @Test
  void nobody_tells_what_changes_there() {
    assertThat(store.silenceNanos()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void the_other_database_cannot_be_written() {
    String writing =
        "DELETE FROM api_key WHERE owner = ANY (?) RETURNING owner AS subject,"
            + " org AS organization, id AS role";

    try (QueriedDatabase database =
        new QueriedDatabase(access, Optional.empty(), Optional.of(writing))) {
      assertThatThrownBy(() -> database.memberships(Set.of("bob")))
          .isInstanceOf(StoreFailure.class)
          .hasMessageContaining("read-only");
    }
  }

  @Test
  void a_query_that_does_not_give_what_it_should_is_told_at_the_start() {
    Map<String, String> wrong =
        Map.of(
            "SELECT 1",
            "must have one `?`, it has 0",
            "SELECT nothing FROM api_key WHERE owner = ANY (?)",
            "cannot be prepared: ERROR: column \"nothing\" does not exist",
            "SELECT sha256 AS digest FROM api_key WHERE owner = ?",
            "must compare its `?` as a list of texts: `… = any(?)`",
            "SELECT sha256 AS digest, owner AS subject FROM api_key WHERE sha256 = ANY (?)",
            "gives no column `scopes`; it gives `digest`, `subject`",
            "SELECT id AS digest, owner AS subject, scopes FROM api_key WHERE sha256 = ANY (?)",
            "gives the column `digest` as `bigserial`; cast it to `bytea`",
            "SELECT sha256 AS digest, owner AS subject, scopes, ends FROM api_key"
                + " WHERE sha256 = ANY (?)",
            "gives a column `ends` that means nothing; these do: `digest`, `subject`");

    wrong.forEach(
        (statement, message) ->
            assertThatThrownBy(
                    () -> new QueriedDatabase(access, Optional.of(statement), Optional.empty()))
                .isInstanceOf(StoreFailure.class)
                .hasMessageStartingWith("the query `token` " + message));
  }
}
