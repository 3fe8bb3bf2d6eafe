package io.scopegate.store;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.scopegate.permission.Level;
import io.scopegate.policy.Identities;
import io.scopegate.policy.Organization;
import io.scopegate.policy.Principal;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/**
 * The embedded store: one SQLite file in the data folder, used by one process at a time. Safe from
 * any thread.
 */
public final class SqliteIdentityStore implements IdentityStore {
  private static final int CACHED_ORGANIZATIONS = 10_000;

  private final SqliteFile file;
  private final TokenKeeping keeping;
  private final List<Listener> listeners = new CopyOnWriteArrayList<>();

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
    this.file = new SqliteFile(folder);
    this.keeping = new TokenKeeping(clock, random);
    this.hasImportedTokens = read(sql -> new TokenRows(sql).hasImported());
  }

  @Override
  public Map<TokenDigest, StoredToken> tokens(Set<TokenDigest> digests) {
    return read(sql -> new TokenRows(sql).byDigests(digests));
  }

  @Override
  public Optional<StoredToken> token(String id) {
    return read(sql -> new TokenRows(sql).byId(id));
  }

  @Override
  public Map<String, Optional<Principal>> principals(Set<String> subjects) {
    return read(
        sql ->
            new MembershipRows(sql).principals(subjects, (id, version) -> organization(sql, id)));
  }

  @Override
  public Optional<Organization> organization(String name) {
    return read(
        sql -> {
          Optional<String> id = new OrganizationRows(sql).idOf(name);
          return id.isEmpty() ? Optional.empty() : Optional.of(organization(sql, id.get()));
        });
  }

  private Organization organization(Sql sql, String id) throws SQLException {
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
  public List<StoredToken> load(
      Identities identities, Function<Identities.Token, NewToken> tokenOf) {
    return change(
        (sql, effects) -> {
          OrganizationRows organizationRows = new OrganizationRows(sql);
          MembershipRows memberships = new MembershipRows(sql);
          // All go before the first comes back: a name may move from one to another.
          for (Identities.Entry entry : identities.organizations()) {
            organizationRows.delete(entry.organization().id());
            effects.organization(entry.organization().id());
          }
          for (Identities.Entry entry : identities.organizations()) {
            organizationRows.insert(entry);
            memberships.put(entry);
          }
          for (String subject : identities.disabled()) {
            memberships.putSubject(subject, true);
            effects.subject(subject);
          }
          for (String subject : identities.enabled()) {
            memberships.putSubject(subject, false);
            effects.subject(subject);
          }
          return keeping.createMissing(sql, identities.tokens(), tokenOf, effects);
        });
  }

  @Override
  public StoredToken create(NewToken token) {
    return change((sql, effects) -> keeping.create(sql, token, effects));
  }

  @Override
  public List<StoredToken> tokens(Optional<String> subject) {
    return read(sql -> new TokenRows(sql).all(subject));
  }

  @Override
  public boolean revoke(String tokenId) {
    return change(
        (sql, effects) -> {
          TokenRows.Deleted deleted = new TokenRows(sql).delete(List.of(tokenId));
          deleted.digests().forEach(effects::token);
          return deleted.count() > 0;
        });
  }

  @Override
  public Optional<StoredToken> rotate(
      String tokenId, TokenDigest digest, String start, Instant overlapEnd) {
    return change(
        (sql, effects) -> keeping.rotate(sql, tokenId, digest, start, overlapEnd, effects));
  }

  @Override
  public int revokeAll(String subject) {
    return change(
        (sql, effects) -> {
          TokenRows.Deleted deleted = new TokenRows(sql).deleteOf(subject);
          deleted.digests().forEach(effects::token);
          return deleted.count();
        });
  }

  @Override
  public Map<TokenDigest, StoredToken> revoke(Set<TokenDigest> digests) {
    return change(
        (sql, effects) -> {
          TokenRows rows = new TokenRows(sql);
          Map<TokenDigest, StoredToken> tokens = rows.byDigests(digests);
          Set<String> ids =
              tokens.values().stream().map(StoredToken::id).collect(Collectors.toSet());
          rows.delete(ids).digests().forEach(effects::token);
          return tokens;
        });
  }

  @Override
  public void used(Map<String, TokenUse> lastUses) {
    change(
        (sql, effects) -> {
          TokenRows tokens = new TokenRows(sql);
          for (var use : lastUses.entrySet()) {
            tokens.used(use.getKey(), use.getValue());
          }
          return true;
        });
  }

  @Override
  public void putMember(
      String organization, Level level, String place, String subject, Set<String> roles) {
    change(
        (sql, effects) -> {
          OrganizationRows rows = new OrganizationRows(sql);
          String id = rows.require(organization, effects);
          String at =
              level == Level.ORGANIZATION ? id : rows.requirePlace(id, level, place, effects);
          new MembershipRows(sql).put(id, level, at, subject, roles);
          effects.subject(subject);
          return true;
        });
  }

  @Override
  public boolean removeMember(String organization, Level level, String place, String subject) {
    return change(
        (sql, effects) -> {
          OrganizationRows rows = new OrganizationRows(sql);
          Optional<String> id = rows.idOf(organization);
          if (id.isEmpty()) {
            return false;
          }
          Optional<String> at =
              level == Level.ORGANIZATION ? id : rows.placeIdOf(id.get(), level, place);
          if (at.isEmpty()) {
            return false;
          }
          effects.subject(subject);
          return new MembershipRows(sql).delete(id.get(), level, at.get(), subject);
        });
  }

  @Override
  public void putTeamProject(String organization, String team, String project) {
    change(
        (sql, effects) -> {
          OrganizationRows rows = new OrganizationRows(sql);
          String id = rows.require(organization, effects);
          String owner = rows.requirePlace(id, Level.TEAM, team, effects);
          String owned = rows.requirePlace(id, Level.PROJECT, project, effects);
          effects.organization(id);
          return rows.insertOwnership(id, owner, owned);
        });
  }

  @Override
  public boolean removeTeamProject(String organization, String team, String project) {
    return change(
        (sql, effects) -> {
          OrganizationRows rows = new OrganizationRows(sql);
          Optional<String> id = rows.idOf(organization);
          if (id.isEmpty()) {
            return false;
          }
          Optional<String> owner = rows.placeIdOf(id.get(), Level.TEAM, team);
          Optional<String> owned = rows.placeIdOf(id.get(), Level.PROJECT, project);
          if (owner.isEmpty() || owned.isEmpty()) {
            return false;
          }
          effects.organization(id.get());
          return rows.deleteOwnership(id.get(), owner.get(), owned.get());
        });
  }

  @Override
  public void putSubject(String subject, boolean disabled) {
    change(
        (sql, effects) -> {
          new MembershipRows(sql).putSubject(subject, disabled);
          effects.subject(subject);
          return true;
        });
  }

  @Override
  public boolean removeSubject(String subject) {
    return change(
        (sql, effects) -> {
          TokenRows.Deleted deleted = new TokenRows(sql).deleteOf(subject);
          deleted.digests().forEach(effects::token);
          effects.subject(subject);
          return new MembershipRows(sql).deleteSubject(subject) || deleted.count() > 0;
        });
  }

  @Override
  public void onChange(Listener listener) {
    listeners.add(listener);
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

  private <T> T read(SqliteFile.Work<T> work) {
    effect.readLock().lock();
    try {
      return file.read(work);
    } finally {
      effect.readLock().unlock();
    }
  }

  /** One change: statements, and what they have an effect on. */
  private interface Change<T> {
    T make(Sql sql, Effects effects) throws SQLException;
  }

  private <T> T change(Change<T> change) {
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
      listeners.forEach(effects::tell);
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
