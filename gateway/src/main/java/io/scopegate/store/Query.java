package io.scopegate.store;

import java.sql.Connection;
import java.sql.ParameterMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * A query that was configured for a database of others: what it asks for and gives is checked once,
 * before it is used. Immutable.
 */
final class Query {
  private static final Set<String> TEXTS =
      Set.of(
          "text",
          "varchar",
          "bpchar",
          "name",
          "uuid",
          "int2",
          "int4",
          "int8",
          "serial",
          "bigserial");
  private static final Set<String> LISTS = Set.of("_text", "_varchar");

  private final String name;
  private final String statement;
  private final boolean takesBytes;
  private final Set<String> columns;

  private Query(String name, String statement, boolean takesBytes, Set<String> columns) {
    this.name = name;
    this.statement = statement;
    this.takesBytes = takesBytes;
    this.columns = Set.copyOf(columns);
  }

  /**
   * What a column may hold.
   *
   * @param types of the database
   * @param example the one to cast others to
   */
  record Kind(Set<String> types, String example) {
    /** A text, an id or a number. */
    static final Kind TEXT = new Kind(TEXTS, "text");

    /** Several texts, as an array or in one text. */
    static final Kind LIST = new Kind(Set.of("_text", "_varchar", "text", "varchar"), "text[]");

    /** A text in hexadecimal digits, or bytes. */
    static final Kind DIGEST = new Kind(Set.of("text", "varchar", "bpchar", "bytea"), "bytea");

    /** A moment; without a zone it would have two readings. */
    static final Kind MOMENT = new Kind(Set.of("timestamptz"), "timestamptz");
  }

  /**
   * A column that a query may give.
   *
   * @param required whether it must
   */
  record Column(String name, Kind kind, boolean required) {}

  /**
   * Prepares a query, and checks what it asks for and gives.
   *
   * @throws StoreFailure if that is not what it should be
   */
  static Query prepare(Connection connection, String name, String statement, List<Column> columns) {
    try (PreparedStatement prepared = connection.prepareStatement(statement)) {
      ParameterMetaData parameters = prepared.getParameterMetaData();
      if (parameters.getParameterCount() != 1) {
        throw wrong(name, "must have one `?`, it has " + parameters.getParameterCount());
      }
      String type = parameters.getParameterTypeName(1);
      if (!LISTS.contains(type) && !type.equals("_bytea")) {
        throw wrong(name, "must compare its `?` as a list of texts: `… = any(?)`");
      }
      return new Query(
          name, statement, type.equals("_bytea"), checked(name, prepared.getMetaData(), columns));
    } catch (SQLException e) {
      throw wrong(name, "cannot be prepared: " + e.getMessage());
    }
  }

  private static Set<String> checked(String name, ResultSetMetaData given, List<Column> columns)
      throws SQLException {
    if (given == null) {
      throw wrong(name, "gives no rows");
    }
    Map<String, String> types = new LinkedHashMap<>();
    for (int i = 1; i <= given.getColumnCount(); i++) {
      String column = given.getColumnLabel(i).toLowerCase(Locale.ROOT);
      if (types.put(column, given.getColumnTypeName(i)) != null) {
        throw wrong(name, "gives the column `" + column + "` twice");
      }
    }
    for (Column column : columns) {
      String type = types.get(column.name());
      if (type == null && column.required()) {
        throw wrong(
            name,
            "gives no column `%s`; it gives `%s`"
                .formatted(column.name(), String.join("`, `", types.keySet())));
      }
      if (type != null && !column.kind().types().contains(type)) {
        throw wrong(
            name,
            "gives the column `%s` as `%s`; cast it to `%s`"
                .formatted(column.name(), type, column.kind().example()));
      }
    }
    for (String other : types.keySet()) {
      if (columns.stream().noneMatch(column -> column.name().equals(other))) {
        throw wrong(
            name,
            "gives a column `%s` that means nothing; these do: `%s`"
                .formatted(
                    other, String.join("`, `", columns.stream().map(Column::name).toList())));
      }
    }
    return types.keySet();
  }

  private static StoreFailure wrong(String name, String what) {
    return new StoreFailure("the query `" + name + "` " + what);
  }

  /** Returns all rows for these keys. */
  <T> List<T> rows(Connection connection, Collection<String> keys, Sql.Row<T> row)
      throws SQLException {
    try (PreparedStatement prepared = connection.prepareStatement(statement)) {
      prepared.setObject(
          1,
          takesBytes
              ? keys.stream().map(HexFormat.of()::parseHex).toArray(byte[][]::new)
              : keys.toArray(String[]::new));
      try (ResultSet results = prepared.executeQuery()) {
        List<T> rows = new ArrayList<>();
        while (results.next()) {
          rows.add(row.read(results));
        }
        return rows;
      }
    }
  }

  /** Says whether the query gives this column. */
  boolean gives(String column) {
    return columns.contains(column);
  }

  /** Returns the texts of a list: an array, or words between blanks or commas. */
  static List<String> list(ResultSet row, String column) throws SQLException {
    Object value = row.getObject(column);
    if (value instanceof java.sql.Array array) {
      return Arrays.stream((Object[]) array.getArray()).map(String::valueOf).toList();
    }
    return Arrays.stream(String.valueOf(value).split("[\\s,]+"))
        .filter(word -> !word.isEmpty())
        .toList();
  }

  @Override
  public String toString() {
    return name;
  }
}
