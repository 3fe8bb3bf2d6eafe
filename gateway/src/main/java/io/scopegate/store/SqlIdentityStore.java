package io.scopegate.store;

import io.scopegate.permission.Level;
import io.scopegate.policy.Identities;
import io.scopegate.policy.Organization;
import io.scopegate.policy.Principal;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/**
 * What is done to the tables, whichever database keeps them. How a transaction is made, and when
 * its effects are told, is that database's part. Safe from any thread.
 */
abstract sealed class SqlIdentityStore implements IdentityStore
    permits SqliteIdentityStore, PostgresIdentityStore {
  private final TokenKeeping keeping;
  private final List<Listener> listeners = new CopyOnWriteArrayList<>();

  SqlIdentityStore(Clock clock, RandomGenerator random) {
    this.keeping = new TokenKeeping(clock, random);
  }

  /** Reads. */
  interface Work<T> {
    T on(Sql sql) throws SQLException;
  }

  /** One change: statements, and what they have an effect on. */
  interface Change<T> {
    T make(Sql sql, Effects effects) throws SQLException;
  }

  /** Reads one state of the tables. */
  abstract <T> T read(Work<T> work);

  /** Makes a change: the only one at this moment, whole or not at all, told when it is durable. */
  abstract <T> T change(Change<T> change);

  /** Returns an organization of the state that is being read. */
  abstract Organization organization(Sql sql, String id, long version) throws SQLException;

  @Override
  public final Map<TokenDigest, StoredToken> tokens(Set<TokenDigest> digests) {
    return read(sql -> new TokenRows(sql).byDigests(digests));
  }

  @Override
  public final Optional<StoredToken> token(String id) {
    return read(sql -> new TokenRows(sql).byId(id));
  }

  @Override
  public final Map<String, Optional<Principal>> principals(Set<String> subjects) {
    return read(
        sql ->
            new MembershipRows(sql)
                .principals(subjects, (id, version) -> organization(sql, id, version)));
  }

  @Override
  public final Optional<Organization> organization(String name) {
    return read(
        sql -> {
          OrganizationRows rows = new OrganizationRows(sql);
          Optional<String> id = rows.idOf(name);
          return id.isEmpty()
              ? Optional.empty()
              : Optional.of(organization(sql, id.get(), rows.versionOf(id.get())));
        });
  }

  @Override
  public final List<StoredToken> load(
      Identities identities, ProjectNames names, Function<Identities.Token, NewToken> tokenOf) {
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
          if (names == ProjectNames.OF_STORE) {
            organizationRows.requireProjectsTellOrganization(effects.organizations());
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
  public final StoredToken create(NewToken token) {
    return change((sql, effects) -> keeping.create(sql, token, effects));
  }

  @Override
  public final List<StoredToken> tokens(Optional<String> subject) {
    return read(sql -> new TokenRows(sql).all(subject));
  }

  @Override
  public final boolean revoke(String tokenId) {
    return change(
        (sql, effects) -> {
          TokenRows.Deleted deleted = new TokenRows(sql).delete(List.of(tokenId));
          deleted.digests().forEach(effects::token);
          return deleted.count() > 0;
        });
  }

  @Override
  public final Optional<StoredToken> rotate(
      String tokenId,
      TokenDigest digest,
      String start,
      Instant overlapEnd,
      Optional<String> rotator) {
    return change(
        (sql, effects) -> {
          TokenRows rows = new TokenRows(sql);
          Optional<StoredToken> token = rows.byId(tokenId);
          if (token.isPresent()) {
            keeping.rotate(rows, token.get(), digest, start, overlapEnd, effects);
            TokenLine.adopt(rows, token.get(), rotator);
          }
          return rows.byId(tokenId);
        });
  }

  @Override
  public final int revokeAll(String subject) {
    return change(
        (sql, effects) -> {
          TokenRows.Deleted deleted = new TokenRows(sql).deleteOf(subject);
          deleted.digests().forEach(effects::token);
          return deleted.count();
        });
  }

  @Override
  public final Map<TokenDigest, StoredToken> revoke(Set<TokenDigest> digests) {
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
  public final void used(Map<String, TokenUse> lastUses) {
    change(
        (sql, effects) -> {
          TokenRows tokens = new TokenRows(sql);
          tokens.used(lastUses);
          return true;
        });
  }

  @Override
  public final void publishKeys(Map<String, String> keys, Instant now, Instant until) {
    change(
        (sql, effects) -> {
          new PublishedKeyRows(sql).put(keys, now, until);
          return true;
        });
  }

  @Override
  public final Map<String, String> publishedKeys(Instant now) {
    return read(sql -> new PublishedKeyRows(sql).all(now));
  }

  @Override
  public final void putMember(
      String organization,
      Level level,
      String place,
      String subject,
      Set<String> roles,
      ProjectNames names) {
    change(
        (sql, effects) -> {
          OrganizationRows rows = new OrganizationRows(sql);
          String id = rows.require(organization, effects);
          String at =
              level == Level.ORGANIZATION
                  ? id
                  : rows.requirePlace(id, level, place, names, effects);
          new MembershipRows(sql).put(id, level, at, subject, roles);
          effects.subject(subject);
          return true;
        });
  }

  @Override
  public final boolean removeMember(
      String organization, Level level, String place, String subject) {
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
  public final void putTeamProject(
      String organization, String team, String project, ProjectNames names) {
    change(
        (sql, effects) -> {
          OrganizationRows rows = new OrganizationRows(sql);
          String id = rows.require(organization, effects);
          String owner = rows.requirePlace(id, Level.TEAM, team, names, effects);
          String owned = rows.requirePlace(id, Level.PROJECT, project, names, effects);
          effects.organization(id);
          return rows.insertOwnership(id, owner, owned);
        });
  }

  @Override
  public final boolean removeTeamProject(String organization, String team, String project) {
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
  public final void putSubject(String subject, boolean disabled) {
    change(
        (sql, effects) -> {
          new MembershipRows(sql).putSubject(subject, disabled);
          effects.subject(subject);
          return true;
        });
  }

  @Override
  public final boolean removeSubject(String subject) {
    return change(
        (sql, effects) -> {
          TokenRows.Deleted deleted = new TokenRows(sql).deleteOf(subject);
          deleted.digests().forEach(effects::token);
          effects.subject(subject);
          return new MembershipRows(sql).deleteSubject(subject) || deleted.count() > 0;
        });
  }

  @Override
  public final void onChange(Listener listener) {
    listeners.add(listener);
  }

  final List<Listener> listeners() {
    return listeners;
  }
}
