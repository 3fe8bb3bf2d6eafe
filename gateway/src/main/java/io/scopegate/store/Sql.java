package io.scopegate.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Statements on one connection. Confined to the thread that has the connection. */
final class Sql {
  private static final int BATCH = 512;

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

  /** Executes a statement, whatever it brings. */
  void execute(String statement) throws SQLException {
    try (Statement plain = connection.createStatement()) {
      plain.execute(statement);
    }
  }

  /** Reads several things. */
  interface Reading<T> {
    T read() throws SQLException;
  }

  /** Reads with several statements, all of one state, on a connection that is in no transaction. */
  <T> T inSnapshot(Reading<T> reading) throws SQLException {
    connection.setAutoCommit(false);
    try {
      return reading.read();
    } finally {
      connection.rollback();
      connection.setAutoCommit(true);
    }
  }

  /** Changes with each of these lists of arguments, sent together. */
  void updateAll(String statement, List<@Nullable Object[]> arguments) throws SQLException {
    try (PreparedStatement prepared = connection.prepareStatement(statement)) {
      for (@Nullable Object[] some : arguments) {
        bind(prepared, some);
        prepared.addBatch();
      }
      prepared.executeBatch();
    }
  }

  /**
   * Returns texts in batches that fit one statement. The last is filled up with its own last text
   * to a power of two, so that there are few different statements to prepare.
   */
  static List<List<String>> batches(Collection<String> texts) {
    List<String> all = List.copyOf(texts);
    List<List<String>> batches = new ArrayList<>();
    for (int start = 0; start < all.size(); start += BATCH) {
      List<String> some = all.subList(start, Math.min(all.size(), start + BATCH));
      int size = Integer.highestOneBit(Math.max(1, some.size() * 2 - 1));
      List<String> filled = new ArrayList<>(some);
      filled.addAll(Collections.nCopies(size - some.size(), some.get(some.size() - 1)));
      batches.add(filled);
    }
    return batches;
  }

  /** Returns the places of so many arguments, in parentheses. */
  static String places(int arguments) {
    return "(?" + ", ?".repeat(arguments - 1) + ")";
  }

  private PreparedStatement prepare(String statement, @Nullable Object[] arguments)
      throws SQLException {
    PreparedStatement prepared = connection.prepareStatement(statement);
    try {
      bind(prepared, arguments);
      return prepared;
    } catch (SQLException e) {
      prepared.close();
      throw e;
    }
  }

  private static void bind(PreparedStatement prepared, @Nullable Object[] arguments)
      throws SQLException {
    for (int i = 0; i < arguments.length; i++) {
      prepared.setObject(i + 1, arguments[i]);
    }
  }
}
