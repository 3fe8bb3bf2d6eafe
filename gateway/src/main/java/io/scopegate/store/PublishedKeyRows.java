package io.scopegate.store;

import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The public keys that gateways publish. Confined to one connection. */
final class PublishedKeyRows {
  private final Sql sql;

  PublishedKeyRows(Sql sql) {
    this.sql = sql;
  }

  /** Puts these, and forgets what has ended. */
  void put(Map<String, String> keys, Instant now, Instant until) throws SQLException {
    sql.update("DELETE FROM published_key WHERE until_millis <= ?", now.toEpochMilli());
    List<@Nullable Object[]> rows = new ArrayList<>();
    keys.forEach((id, content) -> rows.add(new Object[] {id, content, until.toEpochMilli()}));
    sql.updateAll(
        "INSERT INTO published_key (id, content, until_millis) VALUES (?, ?, ?)"
            + " ON CONFLICT (id) DO UPDATE"
            + " SET content = excluded.content, until_millis = excluded.until_millis",
        rows);
  }

  Map<String, String> all(Instant now) throws SQLException {
    Map<String, String> keys = new TreeMap<>();
    sql.all(
            "SELECT id, content FROM published_key WHERE until_millis > ?",
            row -> Map.entry(row.getString(1), row.getString(2)),
            now.toEpochMilli())
        .forEach(entry -> keys.put(entry.getKey(), entry.getValue()));
    return keys;
  }
}
