package io.scopegate.store;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.scopegate.policy.Organization;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.random.RandomGenerator;

/**
 * The embedded store: one SQLite file in the data folder, used by one process at a time. Safe from
 * any thread.
 */
public final class SqliteIdentityStore extends SqlIdentityStore {
  private static final int CACHED_ORGANIZATIONS = 10_000;

  private final SqliteFile file;

  /** One change at a time, from its first statement to the last listener. */
  private final ReentrantLock changing = new ReentrantLock();

  /**
   * Held for writing only while a change takes effect, so that whoever reads under it sees one
   * state: of two halves of different states a caller could hold what neither gives them.
   */
  private final ReadWriteLock effect = new ReentrantReadWriteLock();

  // INVARIANT: filled under the read lock and emptied under the write lock, so never stale.
  private final Cache<String, Organization> organizations =
      Caffeine.newBuilder().maximumSize(CACHED_ORGANIZATIONS).build();

  private volatile boolean hasImportedTokens;

  /**
   * Opens the store in this folder, and makes it if it is not there.
   *
   * @param clock says when a token was created
   * @param random makes token ids
   * @throws StoreFailure if that does not work, or another process has it open
   */
  public SqliteIdentityStore(Path folder, Clock clock, RandomGenerator random) {
    super(clock, random);
    this.file = new SqliteFile(folder);
    this.hasImportedTokens = read(sql -> new TokenRows(sql).hasImported());
  }

  @Override
  Organization organization(Sql sql, String id, long version) throws SQLException {
    Organization cached = organizations.getIfPresent(id);
    if (cached != null) {
      return cached;
    }
    Organization read = new OrganizationRows(sql).read(id);
    organizations.put(id, read);
    return read;
  }

  @Override
  public boolean hasImportedTokens() {
    return hasImportedTokens;
  }

  @Override
  public long silenceNanos() {
    return 0;
  }

  @Override
  public void close() {
    changing.lock();
    try {
      file.close();
    } finally {
      changing.unlock();
    }
  }

  @Override
  <T> T read(Work<T> work) {
    effect.readLock().lock();
    try {
      return file.read(work);
    } finally {
      effect.readLock().unlock();
    }
  }

  @Override
  <T> T change(Change<T> change) {
    changing.lock();
    try {
      Effects effects = new Effects();
      Connection writer = file.writer();
      T result;
      try {
        Sql sql = new Sql(writer);
        result = change.make(sql, effects);
        boolean imported = new TokenRows(sql).hasImported();
        takeEffect(writer, effects, imported);
      } catch (SQLException | RuntimeException e) {
        rollBack(writer, e);
        throw e;
      }
      return result;
    } catch (SQLException e) {
      throw new StoreFailure("cannot write the store: " + e.getMessage(), e);
    } finally {
      changing.unlock();
    }
  }

  private void takeEffect(Connection writer, Effects effects, boolean imported)
      throws SQLException {
    effect.writeLock().lock();
    try {
      writer.commit();
    } finally {
      // Also when the commit failed: nobody can say then whether it is in the file.
      organizations.invalidateAll(effects.organizations());
      hasImportedTokens = imported;
      effect.writeLock().unlock();
      listeners().forEach(effects::tell);
    }
  }

  private static void rollBack(Connection writer, Exception cause) {
    try {
      writer.rollback();
    } catch (SQLException e) {
      cause.addSuppressed(e);
    }
  }
}
