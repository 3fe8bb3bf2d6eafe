package io.scopegate.store;

import io.scopegate.permission.Level;
import io.scopegate.policy.Identities;
import io.scopegate.policy.Organization;
import io.scopegate.policy.Principal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Tokens by digest and memberships by subject. Methods may block where they do not say otherwise,
 * and then none is called on an event loop. A change is durable when the method returns, and every
 * listener has been told. Each method is one transaction; one that cannot be done throws {@link
 * StoreFailure} and changes nothing. Organizations, teams and projects may be named by an alias.
 * Names that break the rules of names are refused with {@link IllegalArgumentException}. Safe from
 * any thread.
 */
public interface IdentityStore extends AutoCloseable {

  /** Returns the token of this digest, expired or not. */
  default Optional<StoredToken> token(TokenDigest digest) {
    return Optional.ofNullable(tokens(Set.of(digest)).get(digest));
  }

  /**
   * Returns the tokens of these digests, expired or not, and nothing for a digest that is no
   * token's. One that is found by the value before its last rotation ends with the overlap.
   */
  Map<TokenDigest, StoredToken> tokens(Set<TokenDigest> digests);

  /** Returns the token of this id, expired or not. */
  Optional<StoredToken> token(String id);

  /** Returns what a subject holds; empty if it is disabled. An unknown subject holds nothing. */
  default Optional<Principal> principal(String subject) {
    return principals(Set.of(subject)).getOrDefault(subject, Optional.empty());
  }

  /** Returns what each of these subjects holds; empty for one that is disabled. */
  Map<String, Optional<Principal>> principals(Set<String> subjects);

  /** Returns the organization of this id or alias. */
  Optional<Organization> organization(String name);

  /** Says whether there are tokens that came as a digest. Never blocks. */
  boolean hasImportedTokens();

  /**
   * Replaces the organizations of the file whole, and creates the tokens that are not there yet;
   * all or nothing.
   *
   * @param tokenOf makes the token of an entry of the file; asked only for those that are not there
   *     yet
   * @return the tokens that were created, in the order of the file
   * @throws StoreConflict if a token of the file contradicts one that is there, or a name is taken
   *     by an organization, or by a project of one, that is not in the file
   */
  List<StoredToken> load(
      Identities identities, ProjectNames names, Function<Identities.Token, NewToken> tokenOf);

  /** The same where projects are named in their organization. */
  default List<StoredToken> load(
      Identities identities, Function<Identities.Token, NewToken> tokenOf) {
    return load(identities, ProjectNames.OF_ORGANIZATION, tokenOf);
  }

  /**
   * Keeps a new token.
   *
   * @throws StoreConflict if the subject has one of the name, the digest is taken, or the token
   *     that makes it is gone
   */
  StoredToken create(NewToken token);

  /** Returns the tokens of a subject, or of all, ordered by subject and name. */
  List<StoredToken> tokens(Optional<String> subject);

  /**
   * Takes a token out of force for good, and with it every token that comes from it; says whether
   * there was one.
   */
  boolean revoke(String tokenId);

  /**
   * Gives a token another value; its id, name and end stay, and the value before works until the
   * overlap ends.
   *
   * @param digest of the new value
   * @param start the first 11 characters of the new value
   * @param overlapEnd when the value before ends; at once if that is past
   * @return empty if there is no such token
   * @throws StoreConflict if it has ended, it was rotated before and that overlap has not ended, so
   *     that there are never more than two values, or the digest is taken
   */
  default Optional<StoredToken> rotate(
      String tokenId, TokenDigest digest, String start, Instant overlapEnd) {
    return rotate(tokenId, digest, start, overlapEnd, Optional.empty());
  }

  /**
   * Gives a token another value on behalf of a token, which gets to know it: from then on it dies
   * with that one, too.
   *
   * @param rotator the id of the token that does it
   * @throws StoreConflict also if the rotator is gone, or made by the token, or the token dies with
   *     another one that the rotator does not die with
   */
  Optional<StoredToken> rotate(
      String tokenId,
      TokenDigest digest,
      String start,
      Instant overlapEnd,
      Optional<String> rotator);

  /**
   * Takes all tokens of a subject out of force for good, and with them all that come from them;
   * returns how many.
   */
  int revokeAll(String subject);

  /**
   * Takes the tokens of these values out of force for good, and with them all that come from them.
   *
   * @return per digest that was a token's, current or former, that token as it was
   */
  Map<TokenDigest, StoredToken> revoke(Set<TokenDigest> digests);

  /** Notes per token id its last use. Nobody is told. */
  void used(Map<String, TokenUse> lastUses);

  /**
   * Gives a subject exactly these roles at a place, which is made if it is not there, and its
   * organization with it.
   *
   * @param place the id of a team or project; the organization's own id at its level
   * @throws StoreConflict if a project would be made whose name is taken
   */
  void putMember(
      String organization,
      Level level,
      String place,
      String subject,
      Set<String> roles,
      ProjectNames names);

  /** The same where projects are named in their organization. */
  default void putMember(
      String organization, Level level, String place, String subject, Set<String> roles) {
    putMember(organization, level, place, subject, roles, ProjectNames.OF_ORGANIZATION);
  }

  /** Takes all roles at a place from a subject; says whether it had any. */
  boolean removeMember(String organization, Level level, String place, String subject);

  /**
   * Lets a team own a project; what is not there of them is made.
   *
   * @throws StoreConflict if a project would be made whose name is taken
   */
  void putTeamProject(String organization, String team, String project, ProjectNames names);

  /** The same where projects are named in their organization. */
  default void putTeamProject(String organization, String team, String project) {
    putTeamProject(organization, team, project, ProjectNames.OF_ORGANIZATION);
  }

  /** Ends that a team owns a project; says whether it did. */
  boolean removeTeamProject(String organization, String team, String project);

  /** Makes a subject known, disabled or not. */
  void putSubject(String subject, boolean disabled);

  /** Forgets a subject with its memberships and tokens; says whether it was known. */
  boolean removeSubject(String subject);

  /**
   * Publishes public keys to whoever shares the store. Nobody is told.
   *
   * @param keys by id; one that is there is replaced
   * @param until when they end, unless they are published again
   */
  void publishKeys(Map<String, String> keys, Instant now, Instant until);

  /** Returns the keys that were published and have not ended, by id. */
  Map<String, String> publishedKeys(Instant now);

  /**
   * Tells the listener of every change from now on: of one that is made here before the changing
   * call returns, and of others' as {@link #silenceNanos} says.
   */
  void onChange(Listener listener);

  /**
   * Returns how long ago it was last certain that every change until then had been told. What was
   * read before is known to be true at that moment, and no later. Never blocks.
   */
  long silenceNanos();

  @Override
  void close();

  /**
   * Hears of changes after they are durable, on the thread that makes them or, for others' changes,
   * on one of the store. Never blocks, never throws, and does not call the store.
   */
  interface Listener {
    /** A token was created or taken out of force. */
    void tokenChanged(TokenDigest digest);

    /** What a subject holds has changed, or whether it is disabled. */
    void subjectChanged(String subject);

    /** An organization has changed, with it possibly what any subject holds. */
    void everythingChanged();

    /** Changes may not have been told: nothing that was read before is known to be true. */
    default void changesMissed() {
      everythingChanged();
    }
  }

  /** A change contradicts what is kept. Safe from any thread. */
  final class StoreConflict extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Makes one that says what contradicts what. */
    public StoreConflict(String message) {
      super(message);
    }
  }
}
