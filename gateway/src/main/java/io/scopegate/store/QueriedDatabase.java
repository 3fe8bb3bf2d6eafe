package io.scopegate.store;

import io.scopegate.permission.Level;
import io.scopegate.policy.Bounds;
import io.scopegate.store.Query.Column;
import io.scopegate.store.Query.Kind;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A database that others keep, read with configured queries and never written. What a row says that
 * cannot be understood counts for nothing. Safe from any thread.
 */
final class QueriedDatabase implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(QueriedDatabase.class);
  private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(3);
  private static final int ID_LENGTH = 16;

  private static final List<Column> TOKEN_COLUMNS =
      List.of(
          new Column("digest", Kind.DIGEST, true),
          new Column("subject", Kind.TEXT, true),
          new Column("scopes", Kind.LIST, true),
          new Column("id", Kind.TEXT, false),
          new Column("name", Kind.TEXT, false),
          new Column("expires", Kind.MOMENT, false),
          new Column("organization", Kind.TEXT, false),
          new Column("projects", Kind.LIST, false));
  private static final List<Column> MEMBERSHIP_COLUMNS =
      List.of(
          new Column("subject", Kind.TEXT, true),
          new Column("organization", Kind.TEXT, true),
          new Column("role", Kind.TEXT, true),
          new Column("team", Kind.TEXT, false),
          new Column("project", Kind.TEXT, false));

  private final PostgresPool connections;
  private final Optional<Query> token;
  private final Optional<Query> memberships;

  /**
   * Connects and checks the queries.
   *
   * @throws StoreFailure if that does not work, or a query does not give what it should
   */
  QueriedDatabase(
      PostgresAccess access, Optional<String> tokenQuery, Optional<String> membershipsQuery) {
    this.connections = PostgresPool.reading(access, ANSWER_TIMEOUT);
    try (Connection connection = connections.connection()) {
      this.token = tokenQuery.map(text -> Query.prepare(connection, "token", text, TOKEN_COLUMNS));
      this.memberships =
          membershipsQuery.map(
              text -> Query.prepare(connection, "memberships", text, MEMBERSHIP_COLUMNS));
    } catch (SQLException e) {
      connections.close();
      throw new StoreFailure("cannot open the database of the queries: " + e.getMessage(), e);
    } catch (StoreFailure e) {
      connections.close();
      throw e;
    }
  }

  boolean hasTokens() {
    return token.isPresent();
  }

  boolean hasMemberships() {
    return memberships.isPresent();
  }

  private record Value(String digest, Optional<StoredToken> token) {}

  /** Returns the tokens of these digests. */
  Map<TokenDigest, StoredToken> tokens(Collection<TokenDigest> digests) {
    if (token.isEmpty() || digests.isEmpty()) {
      return Map.of();
    }
    Query query = token.get();
    List<Value> values =
        rows(query, digests.stream().map(TokenDigest::hex).toList(), row -> value(query, row));
    Map<TokenDigest, Optional<StoredToken>> found = new HashMap<>();
    for (Value value : values) {
      // Of two rows nobody can say which one counts.
      found.merge(TokenDigest.ofHex(value.digest()), value.token(), (one, two) -> Optional.empty());
    }
    Map<TokenDigest, StoredToken> tokens = new HashMap<>();
    found.forEach((digest, one) -> one.ifPresent(stored -> tokens.put(digest, stored)));
    return tokens;
  }

  private static Value value(Query query, ResultSet row) throws SQLException {
    Object raw = row.getObject("digest");
    String digest =
        raw instanceof byte[] bytes ? HexFormat.of().formatHex(bytes) : String.valueOf(raw);
    try {
      return new Value(digest, Optional.of(token(query, row, digest)));
    } catch (IllegalArgumentException e) {
      LOG.warn("a row of the query `{}` is left out: {}", query, e.getMessage());
      return new Value(digest, Optional.empty());
    }
  }

  private static StoredToken token(Query query, ResultSet row, String digest) throws SQLException {
    String subject = required(row, "subject");
    Names.requireSubject(subject);
    // A list that is missing is never an empty one, which may stand for everything.
    required(row, "scopes");
    return new StoredToken(
        text(query, row, "id").orElse(digest.substring(0, ID_LENGTH)),
        subject,
        text(query, row, "name").orElse(""),
        "",
        Query.list(row, "scopes"),
        bounds(query, row),
        Instant.EPOCH,
        expires(query, row),
        Optional.empty(),
        Optional.empty(),
        true,
        Optional.empty(),
        Optional.empty());
  }

  private static Bounds bounds(Query query, ResultSet row) throws SQLException {
    Optional<String> organization = text(query, row, "organization");
    if (text(query, row, "projects").isEmpty()) {
      return organization.map(Bounds::organization).orElse(Bounds.none());
    }
    List<String> projects = Query.list(row, "projects");
    if (projects.isEmpty()) {
      throw new IllegalArgumentException("a bound to no project at all");
    }
    return new Bounds(organization, Set.copyOf(projects));
  }

  private static Optional<Instant> expires(Query query, ResultSet row) throws SQLException {
    return query.gives("expires")
        ? Optional.ofNullable(row.getObject("expires", OffsetDateTime.class))
            .map(OffsetDateTime::toInstant)
        : Optional.empty();
  }

  /**
   * What a subject holds somewhere.
   *
   * @param role empty if the row only says that the team owns the project
   */
  record Held(
      String subject,
      String organization,
      Optional<String> team,
      Optional<String> project,
      Optional<String> role) {}

  /** Returns what these subjects hold. */
  List<Held> memberships(Collection<String> subjects) {
    if (memberships.isEmpty() || subjects.isEmpty()) {
      return List.of();
    }
    Query query = memberships.get();
    return rows(query, subjects, row -> held(query, row)).stream()
        .flatMap(Optional::stream)
        .toList();
  }

  private static Optional<Held> held(Query query, ResultSet row) throws SQLException {
    try {
      Held held =
          new Held(
              required(row, "subject"),
              required(row, "organization"),
              text(query, row, "team"),
              text(query, row, "project"),
              text(query, row, "role"));
      requireNames(held);
      return Optional.of(held);
    } catch (IllegalArgumentException e) {
      LOG.warn("a row of the query `{}` is left out: {}", query, e.getMessage());
      return Optional.empty();
    }
  }

  private static void requireNames(Held held) {
    Names.requirePlace(Level.ORGANIZATION, held.organization());
    held.team().ifPresent(team -> Names.requirePlace(Level.TEAM, team));
    held.project().ifPresent(one -> Names.requirePlace(Level.PROJECT, one));
    Names.requireRoles(held.role().stream().toList());
    boolean isOwnership = held.team().isPresent() && held.project().isPresent();
    if (isOwnership == held.role().isPresent()) {
      throw new IllegalArgumentException(
          "a role is held at one place, and a team and its project come without one");
    }
  }

  private static String required(ResultSet row, String column) throws SQLException {
    String text = row.getString(column);
    if (text == null) {
      throw new IllegalArgumentException("`" + column + "` is null");
    }
    return text;
  }

  private static Optional<String> text(Query query, ResultSet row, String column)
      throws SQLException {
    @Nullable String text = query.gives(column) ? row.getString(column) : null;
    return Optional.ofNullable(text);
  }

  private <T> List<T> rows(Query query, Collection<String> keys, Sql.Row<T> row) {
    try (Connection connection = connections.connection()) {
      return query.rows(connection, keys, row);
    } catch (SQLException e) {
      throw new StoreFailure("cannot ask the query `" + query + "`: " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    connections.close();
  }
}
