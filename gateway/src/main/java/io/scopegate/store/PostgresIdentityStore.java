package io.scopegate.store;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.scopegate.policy.Organization;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * The shared store: a PostgreSQL database that any number of gateways use. Safe from any thread.
 */
public final class PostgresIdentityStore extends SqlIdentityStore {
  private static final int CACHED_ORGANIZATIONS = 10_000;
  private static final int WRITERS = 2;
  private static final int ATTEMPTS = 10;
  private static final int NUMBERS_BETWEEN_PRUNINGS = 256;
  private static final Duration READ_TIMEOUT = Duration.ofSeconds(3);
  private static final Duration WRITE_TIMEOUT = Duration.ofSeconds(60);

  private final PostgresPool readers;
  private final PostgresPool writers;
  private final String origin;
  private final ChangeFeed feed;

  /** Of a version, so that none goes with memberships of another state. */
  private final Cache<Version, Organization> organizations =
      Caffeine.newBuilder().maximumSize(CACHED_ORGANIZATIONS).build();

  /** An organization as it was from a change on. */
  private record Version(String organization, long number) {}

  /**
   * Connects, and brings the tables to the newest version.
   *
   * @param period how often it looks for changes of other gateways, besides being notified
   * @param clock says when a token was created
   * @param random makes token ids
   * @throws StoreFailure if that does not work, or the tables are newer than this program
   */
  public PostgresIdentityStore(
      PostgresAccess access, Duration period, Clock clock, RandomGenerator random) {
    super(clock, random);
    PostgresSchema.migrate(access);
    this.origin = Long.toHexString(random.nextLong());
    this.readers = PostgresPool.reading(access, READ_TIMEOUT);
    this.writers = PostgresPool.writing(access, WRITERS, WRITE_TIMEOUT);
    try {
      this.feed = new ChangeFeed(access, origin, period, everyone());
    } catch (SQLException e) {
      readers.close();
      writers.close();
      throw new StoreFailure("cannot open the shared store: " + e.getMessage(), e);
    }
  }

  @Override
  <T> T read(Work<T> work) {
    if (feed.isAway()) {
      // Nobody waits for what is known not to come.
      throw new StoreFailure("the shared store cannot be reached");
    }
    try {
      for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
        try (Connection connection = readers.connection()) {
          return work.on(new Sql(connection));
        } catch (Moved e) {
          // Read again.
        }
      }
      throw new StoreFailure("the shared store changes faster than it can be read");
    } catch (SQLException e) {
      throw new StoreFailure("cannot read the shared store: " + e.getMessage(), e);
    }
  }

  /** The organization is not any more what the memberships that were read are of. */
  private static final class Moved extends SQLException {
    private static final long serialVersionUID = 1L;
  }

  @Override
  Organization organization(Sql sql, String id, long version) throws SQLException {
    Version key = new Version(id, version);
    Organization cached = organizations.getIfPresent(key);
    if (cached != null) {
      return cached;
    }
    Organization read =
        sql.inSnapshot(
            () -> {
              OrganizationRows rows = new OrganizationRows(sql);
              if (rows.versionOf(id) != version) {
                throw new Moved();
              }
              return rows.read(id);
            });
    organizations.put(key, read);
    return read;
  }

  @Override
  <T> T change(Change<T> change) {
    try (Connection connection = writers.connection()) {
      Effects effects = new Effects();
      try {
        Sql sql = new Sql(connection);
        // INVARIANT: the lock comes first and goes with the commit. So there is one writer, what it
        // reads is what it changes, and numbers become visible in their order.
        sql.execute("SELECT number FROM change_number FOR UPDATE");
        T result = change.make(sql, effects);
        takeEffect(connection, sql, effects);
        return result;
      } catch (SQLException | RuntimeException e) {
        rollBack(connection, e);
        throw e;
      }
    } catch (SQLException e) {
      throw new StoreFailure("cannot write the shared store: " + e.getMessage(), e);
    }
  }

  private void takeEffect(Connection connection, Sql sql, Effects effects) throws SQLException {
    Changes changes = new Changes();
    effects.tell(changes);
    if (changes.kinds.isEmpty()) {
      connection.commit();
      return;
    }
    long number = announce(sql, effects, changes);
    boolean imported = new TokenRows(sql).hasImported();
    boolean isCommitted = false;
    try {
      connection.commit();
      isCommitted = true;
    } finally {
      if (!isCommitted) {
        feed.tellOwn();
      }
      // Also when the commit failed: nobody can say then whether it is in the database.
      feed.importedAt(number, imported);
      listeners().forEach(effects::tell);
    }
  }

  private long announce(Sql sql, Effects effects, Changes changes) throws SQLException {
    long number =
        sql.first(
                "UPDATE change_number SET number = number + 1 RETURNING number",
                row -> row.getLong(1))
            .orElseThrow(() -> new SQLException("the table `change_number` must have one row"));
    new OrganizationRows(sql).putVersion(effects.organizations(), number);
    sql.update(
        "INSERT INTO change (number, origin, kind, name)"
            + " SELECT ?, ?, e.kind, e.name FROM unnest(?, ?) AS e (kind, name)",
        number,
        origin,
        changes.kinds.toArray(String[]::new),
        changes.names.toArray(String[]::new));
    if (number % NUMBERS_BETWEEN_PRUNINGS == 0) {
      prune(sql);
    }
    sql.execute("NOTIFY " + ChangeFeed.CHANNEL);
    return number;
  }

  /** Who was away for longer reads everything again. */
  private static void prune(Sql sql) throws SQLException {
    sql.update(
        "WITH old AS (DELETE FROM change WHERE made < now() - interval '1 hour' RETURNING number)"
            + " UPDATE change_number SET pruned = greatest(pruned, (SELECT max(number) FROM old))");
  }

  /** Effects as they are kept for other gateways. */
  private static final class Changes implements Listener {
    private final List<String> kinds = new ArrayList<>();
    private final List<String> names = new ArrayList<>();

    private void add(String kind, String name) {
      kinds.add(kind);
      names.add(name);
    }

    @Override
    public void tokenChanged(TokenDigest digest) {
      add("token", digest.hex());
    }

    @Override
    public void subjectChanged(String subject) {
      add("subject", subject);
    }

    @Override
    public void everythingChanged() {
      add("everything", "");
    }

    @Override
    public void changesMissed() {
      throw new IllegalStateException("a change knows its effects");
    }
  }

  private Listener everyone() {
    return new Listener() {
      @Override
      public void tokenChanged(TokenDigest digest) {
        listeners().forEach(listener -> listener.tokenChanged(digest));
      }

      @Override
      public void subjectChanged(String subject) {
        listeners().forEach(listener -> listener.subjectChanged(subject));
      }

      @Override
      public void everythingChanged() {
        listeners().forEach(Listener::everythingChanged);
      }

      @Override
      public void changesMissed() {
        listeners().forEach(Listener::changesMissed);
      }
    };
  }

  private static void rollBack(Connection connection, Exception cause) {
    try {
      connection.rollback();
    } catch (SQLException e) {
      cause.addSuppressed(e);
    }
  }

  @Override
  public boolean hasImportedTokens() {
    return feed.hasImportedTokens();
  }

  @Override
  public long silenceNanos() {
    return feed.silenceNanos();
  }

  @Override
  public void close() {
    feed.close();
    readers.close();
    writers.close();
  }
}
