package io.scopegate.store;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConfig;

/**
 * The database file of the embedded store with its connections: one that writes and a few that
 * read. No other process opens it meanwhile. Safe from any thread.
 */
final class SqliteFile implements AutoCloseable {
  private static final int READERS = 2;
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final FileChannel lockChannel;
  private final Connection writer;
  private final BlockingQueue<Connection> readers = new ArrayBlockingQueue<>(READERS);

  /**
   * Opens the file in this folder, and makes both if they are not there.
   *
   * @throws StoreFailure if that does not work, or another process has it open
   */
  SqliteFile(Path folder) {
    try {
      makeFolder(folder);
      Path file = folder.resolve("identities.db");
      // INVARIANT: the lock is taken before the file is touched and outlives every connection. The
      // operating system gives it back when the process is killed.
      this.lockChannel = lock(folder);
      try {
        makeFile(file);
        this.writer = connect(file);
        Schema.migrate(writer, file.toString());
        for (int i = 0; i < READERS; i++) {
          readers.add(connect(file));
        }
      } catch (IOException | SQLException | RuntimeException e) {
        lockChannel.close();
        throw e;
      }
    } catch (IOException | SQLException e) {
      throw new StoreFailure("cannot open the store in `" + folder + "`: " + e.getMessage(), e);
    }
  }

  private static FileChannel lock(Path folder) throws IOException {
    Path file = folder.resolve("identities.lock");
    makeFile(file);
    FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
    @Nullable FileLock lock;
    try {
      lock = channel.tryLock();
    } catch (OverlappingFileLockException e) {
      lock = null;
    }
    if (lock == null) {
      channel.close();
      throw new StoreFailure(
          "the store in `" + folder + "` is in use by another process; stop it first");
    }
    return channel;
  }

  private static Connection connect(Path file) throws SQLException {
    SQLiteConfig config = new SQLiteConfig();
    config.setJournalMode(SQLiteConfig.JournalMode.WAL);
    // FULL, not NORMAL: with WAL only this writes a commit through before it is acknowledged.
    config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
    config.setBusyTimeout((int) PATIENCE.toMillis());
    return config.createConnection("jdbc:sqlite:" + file.toAbsolutePath());
  }

  private static void makeFolder(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      Files.createDirectories(folder, ownerOnly("rwx------"));
    }
  }

  private static void makeFile(Path file) throws IOException {
    try {
      Files.createFile(file, ownerOnly("rw-------"));
    } catch (FileAlreadyExistsException e) {
      // From an earlier run. The log beside the database gets the database's own permissions.
    }
  }

  private static FileAttribute<?>[] ownerOnly(String permissions) {
    return FileSystems.getDefault().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
        }
        : new FileAttribute<?>[0];
  }

  /** Returns the connection that writes, whose transactions the caller ends. */
  Connection writer() {
    return writer;
  }

  /** Reads on a connection of its own, and waits for one if all are busy. */
  <T> T read(SqlIdentityStore.Work<T> work) {
    Connection reader = takeReader();
    try {
      return work.on(new Sql(reader));
    } catch (SQLException e) {
      throw new StoreFailure("cannot read the store: " + e.getMessage(), e);
    } finally {
      readers.add(reader);
    }
  }

  private Connection takeReader() {
    try {
      Connection reader = readers.poll(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
      if (reader == null) {
        throw new StoreFailure("the store is closed, or its readers are stuck");
      }
      return reader;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoreFailure("interrupted while waiting for the store", e);
    }
  }

  /** Waits for readers that are busy. */
  @Override
  public void close() {
    try {
      for (int i = 0; i < READERS; i++) {
        takeReader().close();
      }
      writer.close();
      lockChannel.close();
    } catch (SQLException | IOException e) {
      throw new StoreFailure("cannot close the store: " + e.getMessage(), e);
    }
  }
}
