package io.scopegate.store;

import java.time.Duration;
import java.util.Optional;
import java.util.Properties;

/**
 * How a PostgreSQL database is reached. Immutable.
 *
 * @param url {@code jdbc:postgresql://…}
 * @param connections how many connections may read at a time
 */
public record PostgresAccess(
    String url, Optional<String> user, Optional<String> password, int connections) {
  /** What the URLs of this kind of database start with. */
  public static final String SCHEME = "jdbc:postgresql:";

  private static final Duration CONNECT = Duration.ofSeconds(2);

  /** Returns what the driver is told, with the longest time it may wait for an answer. */
  Properties properties(Duration answerTimeout) {
    Properties properties = new Properties();
    user.ifPresent(name -> properties.setProperty("user", name));
    password.ifPresent(secret -> properties.setProperty("password", secret));
    properties.setProperty("ApplicationName", "scopegate");
    properties.setProperty("tcpKeepAlive", "true");
    properties.setProperty("connectTimeout", Long.toString(CONNECT.toSeconds()));
    properties.setProperty("loginTimeout", Long.toString(CONNECT.plusSeconds(1).toSeconds()));
    properties.setProperty("socketTimeout", Long.toString(answerTimeout.toSeconds()));
    return properties;
  }

  @Override
  public String toString() {
    // The URL may carry a password, too.
    return "PostgresAccess[]";
  }
}
