package io.scopegate.store;

import io.scopegate.permission.Level;
import io.scopegate.policy.Identities;
import io.scopegate.policy.Organization;
import io.scopegate.policy.Principal;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * A store that also asks a database of others, with configured queries: tokens that it does not
 * have itself, and memberships in addition to its own. Whatever is changed is changed in the store
 * itself; who is disabled there holds nothing, whatever the queries say. Nobody tells what changes
 * in the other database. Safe from any thread.
 */
public final class QueriedIdentityStore implements IdentityStore {
  private final IdentityStore own;
  private final QueriedDatabase database;
  private final QueriedMemberships memberships;

  /**
   * Connects to the other database and checks the queries.
   *
   * @param own is closed with this one, and at once if it cannot be made
   * @param tokenQuery finds tokens by their digests
   * @param membershipsQuery finds what subjects hold
   * @throws StoreFailure if that does not work, or a query does not give what it should
   */
  public QueriedIdentityStore(
      IdentityStore own,
      PostgresAccess access,
      Optional<String> tokenQuery,
      Optional<String> membershipsQuery) {
    this.own = own;
    this.memberships = new QueriedMemberships(own::organization);
    try {
      this.database = new QueriedDatabase(access, tokenQuery, membershipsQuery);
    } catch (StoreFailure e) {
      own.close();
      throw e;
    }
  }

  @Override
  public Map<TokenDigest, StoredToken> tokens(Set<TokenDigest> digests) {
    Map<TokenDigest, StoredToken> tokens = own.tokens(digests);
    if (!database.hasTokens() || tokens.size() == digests.size()) {
      return tokens;
    }
    Set<TokenDigest> missing = new HashSet<>(digests);
    missing.removeAll(tokens.keySet());
    Map<TokenDigest, StoredToken> all = new HashMap<>(tokens);
    database
        .tokens(missing)
        .forEach(
            (digest, token) -> {
              if (missing.contains(digest)) {
                all.put(digest, token);
              }
            });
    return all;
  }

  @Override
  public Map<String, Optional<Principal>> principals(Set<String> subjects) {
    Map<String, Optional<Principal>> principals = own.principals(subjects);
    if (!database.hasMemberships()) {
      return principals;
    }
    Map<String, List<QueriedDatabase.Held>> held =
        database.memberships(subjects).stream()
            .collect(Collectors.groupingBy(QueriedDatabase.Held::subject));
    Map<String, Optional<Principal>> all = new HashMap<>();
    principals.forEach(
        (subject, principal) ->
            all.put(
                subject,
                principal.map(
                    one -> memberships.with(one, held.getOrDefault(subject, List.of())))));
    return all;
  }

  @Override
  public boolean hasImportedTokens() {
    return database.hasTokens() || own.hasImportedTokens();
  }

  @Override
  public long silenceNanos() {
    return database.hasTokens() || database.hasMemberships() ? Long.MAX_VALUE : own.silenceNanos();
  }

  @Override
  public Optional<StoredToken> token(String id) {
    return own.token(id);
  }

  @Override
  public Optional<Organization> organization(String name) {
    return own.organization(name);
  }

  @Override
  public List<StoredToken> load(
      Identities identities, ProjectNames names, Function<Identities.Token, NewToken> tokenOf) {
    return own.load(identities, names, tokenOf);
  }

  @Override
  public StoredToken create(NewToken token) {
    return own.create(token);
  }

  @Override
  public List<StoredToken> tokens(Optional<String> subject) {
    return own.tokens(subject);
  }

  @Override
  public boolean revoke(String tokenId) {
    return own.revoke(tokenId);
  }

  @Override
  public Optional<StoredToken> rotate(
      String tokenId,
      TokenDigest digest,
      String start,
      Instant overlapEnd,
      Optional<String> rotator) {
    return own.rotate(tokenId, digest, start, overlapEnd, rotator);
  }

  @Override
  public int revokeAll(String subject) {
    return own.revokeAll(subject);
  }

  @Override
  public Map<TokenDigest, StoredToken> revoke(Set<TokenDigest> digests) {
    return own.revoke(digests);
  }

  @Override
  public void used(Map<String, TokenUse> lastUses) {
    own.used(lastUses);
  }

  @Override
  public void publishKeys(Map<String, String> keys, Instant now, Instant until) {
    own.publishKeys(keys, now, until);
  }

  @Override
  public Map<String, String> publishedKeys(Instant now) {
    return own.publishedKeys(now);
  }

  @Override
  public void putMember(
      String organization,
      Level level,
      String place,
      String subject,
      Set<String> roles,
      ProjectNames names) {
    own.putMember(organization, level, place, subject, roles, names);
  }

  @Override
  public boolean removeMember(String organization, Level level, String place, String subject) {
    return own.removeMember(organization, level, place, subject);
  }

  @Override
  public void putTeamProject(String organization, String team, String project, ProjectNames names) {
    own.putTeamProject(organization, team, project, names);
  }

  @Override
  public boolean removeTeamProject(String organization, String team, String project) {
    return own.removeTeamProject(organization, team, project);
  }

  @Override
  public void putSubject(String subject, boolean disabled) {
    own.putSubject(subject, disabled);
  }

  @Override
  public boolean removeSubject(String subject) {
    return own.removeSubject(subject);
  }

  @Override
  public void onChange(Listener listener) {
    own.onChange(listener);
  }

  @Override
  public void close() {
    database.close();
    own.close();
  }
}
