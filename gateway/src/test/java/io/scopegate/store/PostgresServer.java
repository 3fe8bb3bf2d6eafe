package io.scopegate.store;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** A PostgreSQL server on loopback for all tests of this virtual machine. Safe from any thread. */
public final class PostgresServer {
  private static final Duration START = Duration.ofSeconds(60);
  private static final AtomicInteger DATABASES = new AtomicInteger();

  private PostgresServer() {}

  /** Started by the first test that asks, and ended with the virtual machine. */
  private static final class Holder {
    static final EmbeddedPostgres SERVER = start();

    private static EmbeddedPostgres start() {
      try {
        return EmbeddedPostgres.builder().setPGStartupWait(START).start();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** Makes an empty database and returns how it is reached. */
  public static PostgresAccess database() {
    String name = "test" + DATABASES.incrementAndGet();
    execute(access("postgres"), "CREATE DATABASE " + name);
    return access(name);
  }

  private static PostgresAccess access(String database) {
    return new PostgresAccess(
        "jdbc:postgresql://127.0.0.1:" + Holder.SERVER.getPort() + "/" + database,
        Optional.of("postgres"),
        Optional.of("postgres"),
        4);
  }

  /** Opens a connection for the test itself. */
  public static Connection connect(PostgresAccess access) throws SQLException {
    return DriverManager.getConnection(access.url(), access.properties(Duration.ofSeconds(60)));
  }

  /** Executes a statement. */
  public static void execute(PostgresAccess access, String statement) {
    try (Connection connection = connect(access);
        Statement plain = connection.createStatement()) {
      plain.execute(statement);
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }
}
