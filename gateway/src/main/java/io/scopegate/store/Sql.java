package io.scopegate.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Statements on one connection. Confined to the thread that has the connection. */
final class Sql {
  private final Connection connection;

  Sql(Connection connection) {
    this.connection = connection;
  }

  /** Reads one row. */
  interface Row<T> {
    T read(ResultSet row) throws SQLException;
  }

  <T> List<T> all(String statement, Row<T> row, @Nullable Object... arguments) throws SQLException {
    try (PreparedStatement prepared = prepare(statement, arguments);
        ResultSet results = prepared.executeQuery()) {
      List<T> rows = new ArrayList<>();
      while (results.next()) {
        rows.add(row.read(results));
      }
      return rows;
    }
  }

  <T> Optional<T> first(String statement, Row<T> row, @Nullable Object... arguments)
      throws SQLException {
    return all(statement, row, arguments).stream().findFirst();
  }

  boolean exists(String statement, @Nullable Object... arguments) throws SQLException {
    return !all(statement, row -> true, arguments).isEmpty();
  }

  /** Returns how many rows it changed. */
  int update(String statement, @Nullable Object... arguments) throws SQLException {
    try (PreparedStatement prepared = prepare(statement, arguments)) {
      return prepared.executeUpdate();
    }
  }

  private PreparedStatement prepare(String statement, @Nullable Object[] arguments)
      throws SQLException {
    PreparedStatement prepared = connection.prepareStatement(statement);
    try {
      for (int i = 0; i < arguments.length; i++) {
        prepared.setObject(i + 1, arguments[i]);
      }
      return prepared;
    } catch (SQLException e) {
      prepared.close();
      throw e;
    }
  }
}
