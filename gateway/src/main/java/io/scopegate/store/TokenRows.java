package io.scopegate.store;

import io.scopegate.policy.Bounds;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Tokens as rows. Confined to the thread that has the connection. */
final class TokenRows {
  private static final String COLUMNS =
      "id, subject, name, start, scopes, organization, projects, created, expires,"
          + " last_used_millis, last_address, imported, parent, former_until_millis";
  private static final String SELECT = "SELECT " + COLUMNS + " FROM token ";

  private final Sql sql;

  TokenRows(Sql sql) {
    this.sql = sql;
  }

  private record Value(TokenDigest digest, StoredToken token) {}

  /** Returns the tokens of these digests; one found by its former value ends with the overlap. */
  Map<TokenDigest, StoredToken> byDigests(Collection<TokenDigest> digests) throws SQLException {
    Map<TokenDigest, StoredToken> tokens = new HashMap<>();
    for (List<String> some : Sql.batches(digests.stream().map(TokenDigest::hex).toList())) {
      String places = Sql.places(some.size());
      List<String> twice = new ArrayList<>(some);
      twice.addAll(some);
      sql.all(
              "SELECT digest AS value, 0 AS former, "
                  + COLUMNS
                  + " FROM token WHERE digest IN "
                  + places
                  + " UNION ALL SELECT former_digest AS value, 1 AS former, "
                  + COLUMNS
                  + " FROM token WHERE former_digest IN "
                  + places,
              TokenRows::value,
              twice.toArray())
          .forEach(value -> tokens.put(value.digest(), value.token()));
    }
    return tokens;
  }

  Optional<StoredToken> byId(String id) throws SQLException {
    return sql.first(SELECT + "WHERE id = ?", TokenRows::read, id);
  }

  Optional<StoredToken> byName(String subject, String name) throws SQLException {
    return sql.first(SELECT + "WHERE subject = ? AND name = ?", TokenRows::read, subject, name);
  }

  List<StoredToken> all(Optional<String> subject) throws SQLException {
    return subject.isPresent()
        ? sql.all(SELECT + "WHERE subject = ? ORDER BY name", TokenRows::read, subject.get())
        : sql.all(SELECT + "ORDER BY subject, name", TokenRows::read);
  }

  boolean hasImported() throws SQLException {
    return sql.exists("SELECT 1 FROM token WHERE imported = 1 LIMIT 1");
  }

  TokenDigest digest(String id) throws SQLException {
    return digestsOf(id).get(0);
  }

  /** Returns the digest of a token's value, and of the one before if it is kept. */
  List<TokenDigest> digestsOf(String id) throws SQLException {
    return flat(
        sql.all("SELECT digest, former_digest FROM token WHERE id = ?", TokenRows::digests, id));
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

  /** Makes a token's value its former one, until that moment, and gives it another. */
  void rotate(String id, TokenDigest digest, String start, Instant formerUntil)
      throws SQLException {
    sql.update(
        "UPDATE token SET former_digest = digest, former_until_millis = ?, digest = ?, start = ?"
            + " WHERE id = ?",
        formerUntil.toEpochMilli(),
        digest.hex(),
        start,
        id);
  }

  /** Makes a token die with another. */
  void adopt(String id, String parent) throws SQLException {
    sql.update("UPDATE token SET parent = ? WHERE id = ?", parent, id);
  }

  /** Deletes these tokens and all that come from them; returns the digests of their values. */
  Deleted delete(Collection<String> ids) throws SQLException {
    Deleted deleted = new Deleted(0, new ArrayList<>());
    for (List<String> some : Sql.batches(ids)) {
      deleted =
          deleted.and(
              delete(
                  "SELECT id FROM token WHERE id IN " + Sql.places(some.size()), some.toArray()));
    }
    return deleted;
  }

  /** Deletes the tokens of a subject and all that come from them. */
  Deleted deleteOf(String subject) throws SQLException {
    return delete("SELECT id FROM token WHERE subject = ?", subject);
  }

  private Deleted delete(String first, Object... arguments) throws SQLException {
    List<List<TokenDigest>> rows =
        sql.all(
            "DELETE FROM token WHERE id IN (WITH RECURSIVE gone (id) AS ("
                + first
                + " UNION SELECT token.id FROM token JOIN gone ON token.parent = gone.id)"
                + " SELECT id FROM gone) RETURNING digest, former_digest",
            TokenRows::digests,
            arguments);
    return new Deleted(rows.size(), flat(rows));
  }

  /** How many tokens were deleted, and the digests of their values. */
  record Deleted(int count, List<TokenDigest> digests) {
    private Deleted and(Deleted more) {
      List<TokenDigest> all = new ArrayList<>(digests);
      all.addAll(more.digests);
      return new Deleted(count + more.count, all);
    }
  }

  void used(Map<String, TokenUse> lastUses) throws SQLException {
    sql.updateAll(
        "UPDATE token SET last_used_millis = ?, last_address = ?"
            + " WHERE id = ? AND coalesce(last_used_millis, 0) < ?",
        lastUses.entrySet().stream().map(TokenRows::arguments).toList());
  }

  private static @Nullable Object[] arguments(Map.Entry<String, TokenUse> use) {
    long millis = use.getValue().at().toEpochMilli();
    String address = use.getValue().address();
    return new @Nullable Object[] {
      millis, address.isEmpty() ? null : address, use.getKey(), millis
    };
  }

  private static List<TokenDigest> digests(ResultSet row) throws SQLException {
    TokenDigest digest = TokenDigest.ofHex(row.getString(1));
    String former = row.getString(2);
    return former == null ? List.of(digest) : List.of(digest, TokenDigest.ofHex(former));
  }

  private static List<TokenDigest> flat(List<List<TokenDigest>> rows) {
    return rows.stream().flatMap(List::stream).toList();
  }

  private static Value value(ResultSet row) throws SQLException {
    StoredToken token = read(row);
    return new Value(
        TokenDigest.ofHex(row.getString("value")),
        row.getInt("former") == 0 ? token : token.endingBy(token.overlap().orElseThrow()));
  }

  private static StoredToken read(ResultSet row) throws SQLException {
    Optional<String> organization = Optional.ofNullable(row.getString("organization"));
    return new StoredToken(
        row.getString("id"),
        row.getString("subject"),
        row.getString("name"),
        row.getString("start"),
        JsonText.names(row.getString("scopes")),
        new Bounds(organization, Set.copyOf(JsonText.names(row.getString("projects")))),
        Instant.parse(row.getString("created")),
        Optional.ofNullable(row.getString("expires")).map(Instant::parse),
        moment(row, "last_used_millis"),
        Optional.ofNullable(row.getString("last_address")),
        row.getInt("imported") != 0,
        Optional.ofNullable(row.getString("parent")),
        moment(row, "former_until_millis"));
  }

  private static Optional<Instant> moment(ResultSet row, String column) throws SQLException {
    long millis = row.getLong(column);
    return row.wasNull() ? Optional.empty() : Optional.of(Instant.ofEpochMilli(millis));
  }
}
