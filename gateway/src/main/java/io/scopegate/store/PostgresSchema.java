package io.scopegate.store;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;

/**
 * The tables of the shared store, as the steps in {@code V*.sql} beside this class led to them.
 * Gateways that start together take turns. Immutable.
 */
final class PostgresSchema {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String HISTORY = "schema_history";

  private PostgresSchema() {}

  /**
   * Brings the tables to the newest version.
   *
   * @throws StoreFailure if that does not work, or they are newer than this program
   */
  static void migrate(PostgresAccess access) {
    // First by hand: its complaint says in one line what does not work.
    try (Connection connection =
        DriverManager.getConnection(access.url(), access.properties(PATIENCE))) {
      if (!connection.isValid(1)) {
        throw new StoreFailure("cannot open the shared store: no answer");
      }
    } catch (SQLException e) {
      throw new StoreFailure("cannot open the shared store: " + e.getMessage(), e);
    }
    try {
      Flyway flyway = flyway(access);
      MigrationInfo newest = flyway.info().current();
      if (newest != null && !newest.getState().isResolved()) {
        throw new StoreFailure(
            "the shared store has schema version %s: it was written by a newer program"
                .formatted(newest.getVersion()));
      }
      flyway.migrate();
    } catch (FlywayException e) {
      throw new StoreFailure(
          "cannot bring the tables of the shared store to their newest version: " + e.getMessage(),
          e);
    }
  }

  private static Flyway flyway(PostgresAccess access) {
    return Flyway.configure(PostgresSchema.class.getClassLoader())
        .dataSource(access.url(), access.user().orElse(null), access.password().orElse(null))
        .locations("classpath:io/scopegate/store")
        .table(HISTORY)
        .load();
  }
}
