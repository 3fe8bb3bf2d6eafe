package io.scopegate.store;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A PostgreSQL server of one test, which can be killed and brought back. */
public final class KillablePostgres implements AutoCloseable {
  private static final Duration START = Duration.ofSeconds(60);

  private final Path folder;
  private final int port;
  private EmbeddedPostgres server;
  private final List<ProcessHandle> killed = new ArrayList<>();

  /** Starts one with its data in this folder, which must not be there. */
  public KillablePostgres(Path folder) throws IOException {
    this.folder = folder;
    this.server = builder().start();
    this.port = server.getPort();
  }

  private EmbeddedPostgres.Builder builder() {
    return EmbeddedPostgres.builder()
        .setDataDirectory(folder)
        .setCleanDataDirectory(false)
        // Off by default there: what was committed in the last half second would be lost with a
        // kill.
        .setServerConfig("synchronous_commit", "on")
        .setPGStartupWait(START);
  }

  /** Returns how it is reached. */
  public PostgresAccess access() {
    return new PostgresAccess(
        "jdbc:postgresql://127.0.0.1:" + port + "/postgres",
        Optional.of("postgres"),
        Optional.of("postgres"),
        4);
  }

  /** Ends all its processes at once, as {@code kill -9} does. */
  public void kill() throws IOException {
    long pid = Long.parseLong(Files.readAllLines(folder.resolve("postmaster.pid")).get(0).strip());
    ProcessHandle postmaster = ProcessHandle.of(pid).orElseThrow();
    killed.add(postmaster);
    postmaster.descendants().forEach(killed::add);
    killed.forEach(ProcessHandle::destroyForcibly);
  }

  private static void await(ProcessHandle process) throws InterruptedException {
    try {
      process.onExit().get(30, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new AssertionError(e);
    }
  }

  /** Starts it again on the same data and port; returns when it takes connections. */
  public void restart() throws IOException, InterruptedException {
    for (ProcessHandle process : killed) {
      await(process);
    }
    killed.clear();
    // Gives back the lock on the folder, and says that it cannot stop what was killed.
    server.close();
    this.server = builder().setPort(port).start();
    try (Connection connection = PostgresServer.connect(access())) {
      if (!connection.isValid(5)) {
        throw new IOException("it does not answer");
      }
    } catch (SQLException e) {
      throw new IOException(e);
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
