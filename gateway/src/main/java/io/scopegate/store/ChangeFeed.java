package io.scopegate.store;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows what other gateways change in a shared database, on a connection and a thread of its own.
 * The number of the last change, which grows under one lock, is the truth: it is read on every
 * connection, each period, and at once when a notification comes. Safe from any thread.
 */
final class ChangeFeed implements AutoCloseable {
  /** The channel of the notifications. */
  static final String CHANNEL = "scopegate_change";

  private static final Logger LOG = LoggerFactory.getLogger(ChangeFeed.class);
  private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(3);
  private static final Duration RETRY = Duration.ofMillis(250);

  private static final String STATE =
      "SELECT number, pruned, store || ' ' || pg_postmaster_start_time()::text,"
          + " EXISTS (SELECT 1 FROM token WHERE imported = 1) FROM change_number";

  private final PostgresAccess access;
  private final String origin;
  private final Duration period;
  private final IdentityStore.Listener listener;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread thread = new Thread(this::follow, "changes");

  // Confined to the thread once it runs.
  private long told;
  private String server = "";

  private volatile @Nullable Connection following;
  private volatile boolean tellsOwn;
  private volatile long confirmedNanos;
  private volatile boolean isAway;
  private volatile Imported imported = new Imported(-1, false);

  /** Where the changes are. */
  private record State(long number, long pruned, String server, boolean imported) {}

  /** Whether there are imported tokens, as of a change. */
  private record Imported(long number, boolean any) {}

  private record Row(String kind, String name) {}

  /**
   * Connects, and follows from the present state on.
   *
   * @param origin of this gateway's own changes, which are not told again
   * @param period how long it waits for a notification before it looks itself
   */
  ChangeFeed(PostgresAccess access, String origin, Duration period, IdentityStore.Listener listener)
      throws SQLException {
    this.access = access;
    this.origin = origin;
    this.period = period;
    this.listener = listener;
    long start = System.nanoTime();
    try (Connection connection = connect()) {
      State state = state(new Sql(connection));
      take(state, start);
    }
    thread.setDaemon(true);
    thread.start();
  }

  /** Returns how long ago it was last certain that every change until then was told. */
  long silenceNanos() {
    return System.nanoTime() - confirmedNanos;
  }

  /** Says whether the database cannot be reached at all, as far as is known. */
  boolean isAway() {
    return isAway;
  }

  boolean hasImportedTokens() {
    return imported.any();
  }

  /** Notes whether there are imported tokens, as of the change of this number. */
  synchronized void importedAt(long number, boolean any) {
    if (number >= imported.number()) {
      imported = new Imported(number, any);
    }
  }

  /**
   * Tells this gateway's own changes, too, from now on: one of them may come into force although it
   * could not be acknowledged, and after it was told.
   */
  void tellOwn() {
    tellsOwn = true;
  }

  private Connection connect() throws SQLException {
    return DriverManager.getConnection(access.url(), access.properties(ANSWER_TIMEOUT));
  }

  private void follow() {
    boolean complained = false;
    while (closed.getCount() > 0) {
      long start = System.nanoTime();
      try (Connection connection = connect()) {
        complained = complained(complained, false, "");
        following = connection;
        listen(connection);
      } catch (SQLException | RuntimeException e) {
        // Whatever it is, the thread goes on: without it, what is away would be away for good.
        isAway = e instanceof SQLException failure && isConnectionFailure(failure);
        if (closed.getCount() > 0) {
          complained = complained(complained, true, String.valueOf(e.getMessage()));
        }
      }
      if (System.nanoTime() - start < RETRY.toNanos()) {
        // It did not last. Otherwise it is tried again at once: most breaks are of the connection.
        pause();
      }
    }
  }

  /** Says once that the changes cannot be followed, and once that they can again. */
  private static boolean complained(boolean before, boolean now, String why) {
    if (now && !before) {
      LOG.warn("cannot follow the changes of the shared store: {}", why);
    } else if (before && !now) {
      LOG.info("the changes of the shared store are followed again");
    }
    return now;
  }

  /** SQLSTATE class 08, and 57P: going down, starting up. */
  private static boolean isConnectionFailure(SQLException e) {
    String state = String.valueOf(e.getSQLState());
    return state.startsWith("08") || state.startsWith("57P");
  }

  private void listen(Connection connection) throws SQLException {
    Sql sql = new Sql(connection);
    sql.execute("LISTEN " + CHANNEL);
    PGConnection notifications = connection.unwrap(PGConnection.class);
    while (closed.getCount() > 0) {
      catchUp(sql);
      isAway = false;
      notifications.getNotifications((int) period.toMillis());
    }
  }

  private void catchUp(Sql sql) throws SQLException {
    long start = System.nanoTime();
    State state = state(sql);
    if (!state.server().equals(server) || state.number() < told || state.pruned() > told) {
      // Another server, or an older state, or a gap: what was told of it may not be what is there.
      LOG.info("the shared store was started anew or restored; everything is read again");
      listener.changesMissed();
    } else if (state.number() > told) {
      sql.all(
              "SELECT DISTINCT kind, name FROM change"
                  + " WHERE number > ? AND number <= ? AND origin <> ?",
              row -> new Row(row.getString(1), row.getString(2)),
              told,
              state.number(),
              tellsOwn ? "" : origin)
          .forEach(this::tell);
    }
    take(state, start);
  }

  private void take(State state, long start) {
    told = state.number();
    server = state.server();
    importedAt(state.number(), state.imported());
    confirmedNanos = start;
  }

  private static State state(Sql sql) throws SQLException {
    List<State> states = sql.all(STATE, ChangeFeed::state);
    if (states.size() != 1) {
      throw new SQLException("the table `change_number` must have one row");
    }
    return states.get(0);
  }

  private static State state(ResultSet row) throws SQLException {
    return new State(row.getLong(1), row.getLong(2), row.getString(3), row.getBoolean(4));
  }

  private void tell(Row row) {
    switch (row.kind()) {
      case "token" -> tellToken(row.name());
      case "subject" -> listener.subjectChanged(row.name());
      case "everything" -> listener.everythingChanged();
      // A newer gateway's word.
      default -> listener.changesMissed();
    }
  }

  private void tellToken(String hex) {
    TokenDigest digest;
    try {
      digest = TokenDigest.ofHex(hex);
    } catch (IllegalArgumentException e) {
      // Nobody can say whose it is.
      listener.changesMissed();
      return;
    }
    listener.tokenChanged(digest);
  }

  private void pause() {
    try {
      if (closed.await(RETRY.toMillis(), TimeUnit.MILLISECONDS)) {
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      closed.countDown();
    }
  }

  /** Stops following. */
  @Override
  public void close() {
    closed.countDown();
    Connection connection = following;
    if (connection != null) {
      try {
        // Not `close`: that would wait for the thread, which waits for a notification.
        connection.abort(Runnable::run);
      } catch (SQLException e) {
        LOG.debug("the connection to the changes cannot be cut", e);
      }
    }
  }
}
