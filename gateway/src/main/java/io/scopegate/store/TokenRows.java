package io.scopegate.store;

import io.scopegate.policy.Bounds;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Tokens as rows. Confined to the thread that has the connection. */
final class TokenRows {
  private static final String COLUMNS =
      "SELECT id, subject, name, start, scopes, organization, projects, created, expires,"
          + " last_used_millis, imported, parent FROM token ";

  private final Sql sql;

  TokenRows(Sql sql) {
    this.sql = sql;
  }

  Optional<StoredToken> byDigest(TokenDigest digest) throws SQLException {
    return sql.first(COLUMNS + "WHERE digest = ?", TokenRows::read, digest.hex());
  }

  Optional<StoredToken> byId(String id) throws SQLException {
    return sql.first(COLUMNS + "WHERE id = ?", TokenRows::read, id);
  }

  Optional<StoredToken> byName(String subject, String name) throws SQLException {
    return sql.first(COLUMNS + "WHERE subject = ? AND name = ?", TokenRows::read, subject, name);
  }

  List<StoredToken> all(Optional<String> subject) throws SQLException {
    return subject.isPresent()
        ? sql.all(COLUMNS + "WHERE subject = ? ORDER BY name", TokenRows::read, subject.get())
        : sql.all(COLUMNS + "ORDER BY subject, name", TokenRows::read);
  }

  boolean hasImported() throws SQLException {
    return sql.exists("SELECT 1 FROM token WHERE imported = 1 LIMIT 1");
  }

  TokenDigest digest(String id) throws SQLException {
    return sql.first("SELECT digest FROM token WHERE id = ?", TokenRows::digest, id).orElseThrow();
  }

  void insert(StoredToken token, TokenDigest digest) throws SQLException {
    sql.update(
        "INSERT INTO token (id, digest, subject, name, start, scopes, organization, projects,"
            + " created, expires, imported, parent) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        token.id(),
        digest.hex(),
        token.subject(),
        token.name(),
        token.start(),
        JsonText.of(token.scopes()),
        token.bounds().organization().orElse(null),
        JsonText.ofSorted(token.bounds().projects()),
        token.created().toString(),
        token.expires().map(Instant::toString).orElse(null),
        token.imported() ? 1 : 0,
        token.parent().orElse(null));
  }

  /** Deletes a token and all that come from it; returns their digests. */
  List<TokenDigest> delete(String id) throws SQLException {
    return sql.all(
        "DELETE FROM token WHERE id IN (WITH RECURSIVE gone (id) AS (VALUES (?) UNION"
            + " SELECT token.id FROM token JOIN gone ON token.parent = gone.id)"
            + " SELECT id FROM gone) RETURNING digest",
        TokenRows::digest,
        id);
  }

  /** Deletes the tokens of a subject and returns their digests. */
  List<TokenDigest> deleteOf(String subject) throws SQLException {
    return sql.all(
        "DELETE FROM token WHERE subject = ? RETURNING digest", TokenRows::digest, subject);
  }

  void used(String id, Instant at) throws SQLException {
    sql.update(
        "UPDATE token SET last_used_millis = max(coalesce(last_used_millis, 0), ?) WHERE id = ?",
        at.toEpochMilli(),
        id);
  }

  private static TokenDigest digest(ResultSet row) throws SQLException {
    return TokenDigest.ofHex(row.getString(1));
  }

  private static StoredToken read(ResultSet row) throws SQLException {
    Optional<String> organization = Optional.ofNullable(row.getString("organization"));
    long lastUsed = row.getLong("last_used_millis");
    Optional<Instant> used =
        row.wasNull() ? Optional.empty() : Optional.of(Instant.ofEpochMilli(lastUsed));
    return new StoredToken(
        row.getString("id"),
        row.getString("subject"),
        row.getString("name"),
        row.getString("start"),
        JsonText.names(row.getString("scopes")),
        new Bounds(organization, Set.copyOf(JsonText.names(row.getString("projects")))),
        Instant.parse(row.getString("created")),
        Optional.ofNullable(row.getString("expires")).map(Instant::parse),
        used,
        row.getInt("imported") != 0,
        Optional.ofNullable(row.getString("parent")));
  }
}
