package io.scopegate.store;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;

/** A few connections to a PostgreSQL database, made as they are needed. Safe from any thread. */
final class PostgresPool implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(1);
  private static final Duration VALIDATION = Duration.ofMillis(500);

  private final HikariDataSource connections;

  private PostgresPool(HikariConfig config) {
    this.connections = new HikariDataSource(config);
  }

  /**
   * Returns one that reads and cannot write. A transaction on it sees the state of its first
   * statement throughout.
   */
  static PostgresPool reading(PostgresAccess access, Duration answerTimeout) {
    HikariConfig config = config("readers", access, access.connections(), answerTimeout);
    config.setReadOnly(true);
    config.addDataSourceProperty("readOnlyMode", "always");
    config.setTransactionIsolation("TRANSACTION_REPEATABLE_READ");
    return new PostgresPool(config);
  }

  /** Returns one that writes, in transactions that the caller ends. */
  static PostgresPool writing(PostgresAccess access, int size, Duration answerTimeout) {
    HikariConfig config = config("writers", access, size, answerTimeout);
    config.setAutoCommit(false);
    // Each statement must see what was committed before it, so that none works on what was there
    // before it had the lock. A writer that hangs must not keep the lock for good.
    config.setTransactionIsolation("TRANSACTION_READ_COMMITTED");
    config.setConnectionInitSql(
        "SET lock_timeout = '10s'; SET idle_in_transaction_session_timeout = '30s'");
    return new PostgresPool(config);
  }

  private static HikariConfig config(
      String name, PostgresAccess access, int size, Duration answerTimeout) {
    HikariConfig config = new HikariConfig();
    config.setPoolName(name);
    config.setJdbcUrl(access.url());
    config.setDataSourceProperties(access.properties(answerTimeout));
    config.setMaximumPoolSize(size);
    // None is made in the background: while the database is away nobody asks, so that the first
    // who asks again does not wait for a retry that has been put off further and further.
    config.setMinimumIdle(0);
    config.setInitializationFailTimeout(-1);
    config.setConnectionTimeout(PATIENCE.toMillis());
    config.setValidationTimeout(VALIDATION.toMillis());
    return config;
  }

  /** Returns a connection, which goes back when it is closed. */
  Connection connection() throws SQLException {
    return connections.getConnection();
  }

  @Override
  public void close() {
    connections.close();
  }
}
