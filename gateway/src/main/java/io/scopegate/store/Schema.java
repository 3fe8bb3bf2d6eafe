package io.scopegate.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/** The tables, as the steps that led to them. Immutable. */
final class Schema {

  /**
   * Per version the statements that lead to it from the one before. A step that was released is
   * never changed: another is added.
   */
  private static final List<List<String>> STEPS =
      List.of(
          List.of(
              """
              CREATE TABLE organization (
                id TEXT PRIMARY KEY, settings TEXT NOT NULL, custom_roles TEXT NOT NULL) STRICT
              """,
              // Ids and aliases: what a request may call an organization names one only.
              """
              CREATE TABLE organization_name (
                name TEXT PRIMARY KEY, organization TEXT NOT NULL) STRICT
              """,
              "CREATE INDEX name_of_organization ON organization_name (organization)",
              // Teams and projects: each is there by its id, and by its aliases.
              """
              CREATE TABLE place_name (
                organization TEXT NOT NULL, level TEXT NOT NULL, name TEXT NOT NULL,
                place TEXT NOT NULL, PRIMARY KEY (organization, level, name)) STRICT
              """,
              """
              CREATE TABLE ownership (
                organization TEXT NOT NULL, team TEXT NOT NULL, project TEXT NOT NULL,
                PRIMARY KEY (organization, team, project)) STRICT
              """,
              """
              CREATE TABLE membership (
                organization TEXT NOT NULL, level TEXT NOT NULL, place TEXT NOT NULL,
                subject TEXT NOT NULL, roles TEXT NOT NULL,
                PRIMARY KEY (organization, level, place, subject)) STRICT
              """,
              "CREATE INDEX membership_of_subject ON membership (subject)",
              """
              CREATE TABLE subject (id TEXT PRIMARY KEY, disabled INTEGER NOT NULL) STRICT
              """,
              """
              CREATE TABLE token (
                id TEXT PRIMARY KEY, digest TEXT NOT NULL UNIQUE, subject TEXT NOT NULL,
                name TEXT NOT NULL, start TEXT NOT NULL, scopes TEXT NOT NULL, organization TEXT,
                projects TEXT NOT NULL, created TEXT NOT NULL, expires TEXT,
                last_used_millis INTEGER, imported INTEGER NOT NULL, UNIQUE (subject, name)) STRICT
              """),
          List.of(
              "ALTER TABLE token ADD COLUMN parent TEXT",
              "CREATE INDEX token_of_parent ON token (parent) WHERE parent IS NOT NULL"),
          List.of(
              // What the rows about an organization were changed at; told by the shared store
              // alone.
              "ALTER TABLE organization ADD COLUMN version INTEGER NOT NULL DEFAULT 0",
              "ALTER TABLE token ADD COLUMN last_address TEXT",
              "ALTER TABLE token ADD COLUMN former_digest TEXT",
              "ALTER TABLE token ADD COLUMN former_until_millis INTEGER",
              "CREATE UNIQUE INDEX token_of_former ON token (former_digest)",
              "CREATE INDEX imported_token ON token (imported) WHERE imported = 1"),
          List.of(
              """
              CREATE TABLE published_key (
                id TEXT PRIMARY KEY, content TEXT NOT NULL, until_millis INTEGER NOT NULL) STRICT
              """));

  private Schema() {}

  /**
   * Brings the tables to the newest version, in one transaction.
   *
   * @throws StoreFailure if they are newer than this program
   */
  static void migrate(Connection connection, String file) throws SQLException {
    connection.setAutoCommit(false);
    Sql sql = new Sql(connection);
    sql.update("CREATE TABLE IF NOT EXISTS schema_version (version INTEGER NOT NULL) STRICT");
    int version = sql.first("SELECT version FROM schema_version", row -> row.getInt(1)).orElse(0);
    if (version > STEPS.size()) {
      connection.rollback();
      throw new StoreFailure(
          "`%s` has schema version %d, this program knows up to %d: it was written by a newer one"
              .formatted(file, version, STEPS.size()));
    }
    for (List<String> step : STEPS.subList(version, STEPS.size())) {
      for (String statement : step) {
        try (Statement plain = connection.createStatement()) {
          plain.execute(statement);
        }
      }
    }
    sql.update("DELETE FROM schema_version");
    sql.update("INSERT INTO schema_version (version) VALUES (?)", STEPS.size());
    connection.commit();
  }
}
