package io.scopegate.authn;

import io.scopegate.permission.Level;
import io.scopegate.policy.Identities;
import io.scopegate.policy.Organization;
import io.scopegate.policy.Principal;
import io.scopegate.store.IdentityStore;
import io.scopegate.store.NewToken;
import io.scopegate.store.ProjectNames;
import io.scopegate.store.StoreFailure;
import io.scopegate.store.StoredToken;
import io.scopegate.store.TokenDigest;
import io.scopegate.store.TokenUse;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * A store whose look-ups can be counted, can fail, and can be held after they have read and before
 * they return. Safe from any thread.
 */
public final class PausableStore implements IdentityStore {
  private final IdentityStore store;

  /** How often it was asked for tokens. */
  public final AtomicInteger tokenReads = new AtomicInteger();

  final AtomicInteger subjectReads = new AtomicInteger();
  final AtomicInteger tokensRead = new AtomicInteger();
  final AtomicLong silenceNanos = new AtomicLong();

  /** Whether look-ups fail. */
  public volatile boolean broken;

  private volatile boolean isMute;
  private volatile Pause pause = new Pause(0);
  private final List<Listener> listeners = new CopyOnWriteArrayList<>();
  private final Queue<Runnable> untold = new ConcurrentLinkedQueue<>();

  /** Passes on to this store. */
  public PausableStore(IdentityStore store) {
    this.store = store;
  }

  /** Look-ups that are held with what they have read. */
  public static final class Pause {
    private final CountDownLatch held;
    private final CountDownLatch released;

    private Pause(int lookups) {
      this.held = new CountDownLatch(lookups);
      this.released = new CountDownLatch(lookups);
    }

    /** Waits until a look-up is held. */
    public void awaitHeld() throws InterruptedException {
      if (!held.await(10, TimeUnit.SECONDS)) {
        throw new AssertionError("no look-up came");
      }
    }

    /** Lets those go that are held, and holds no more. */
    public void release() {
      while (held.getCount() > 0) {
        held.countDown();
      }
      while (released.getCount() > 0) {
        released.countDown();
      }
    }

    private void pass() {
      if (held.getCount() == 0) {
        return;
      }
      held.countDown();
      try {
        if (!released.await(10, TimeUnit.SECONDS)) {
          throw new AssertionError("nobody released the look-up");
        }
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
  }

  /** Makes a change that nobody is told of, until they {@link #catchUp}. */
  void onlyItself(Consumer<IdentityStore> change) {
    isMute = true;
    change.accept(store);
    isMute = false;
  }

  /**
   * Tells what nobody was told of.
   *
   * @param wholesale that there was something, rather than what
   */
  void catchUp(boolean wholesale) {
    if (wholesale) {
      listeners.forEach(Listener::changesMissed);
    } else {
      untold.forEach(Runnable::run);
    }
    untold.clear();
  }

  /** Passes on what is told, unless this store is mute. */
  private final class Told implements Listener {
    private final Listener listener;

    private Told(Listener listener) {
      this.listener = listener;
    }

    private void tell(Runnable what) {
      if (isMute) {
        untold.add(what);
      } else {
        what.run();
      }
    }

    @Override
    public void tokenChanged(TokenDigest digest) {
      tell(() -> listener.tokenChanged(digest));
    }

    @Override
    public void subjectChanged(String subject) {
      tell(() -> listener.subjectChanged(subject));
    }

    @Override
    public void everythingChanged() {
      tell(listener::everythingChanged);
    }

    @Override
    public void changesMissed() {
      tell(listener::changesMissed);
    }
  }

  /** Holds the next look-up. */
  public Pause holdNext() {
    Pause next = new Pause(1);
    pause = next;
    return next;
  }

  private void failIfBroken() {
    if (broken) {
      throw new StoreFailure("the disk is gone");
    }
  }

  private <T> T read(AtomicInteger count, Supplier<T> lookup) {
    count.incrementAndGet();
    failIfBroken();
    T result = lookup.get();
    pause.pass();
    return result;
  }

  @Override
  public Map<TokenDigest, StoredToken> tokens(Set<TokenDigest> digests) {
    tokensRead.addAndGet(digests.size());
    return read(tokenReads, () -> store.tokens(digests));
  }

  @Override
  public Optional<StoredToken> token(String id) {
    return store.token(id);
  }

  @Override
  public Map<String, Optional<Principal>> principals(Set<String> subjects) {
    return read(subjectReads, () -> store.principals(subjects));
  }

  @Override
  public Optional<Organization> organization(String name) {
    return store.organization(name);
  }

  @Override
  public boolean hasImportedTokens() {
    return store.hasImportedTokens();
  }

  @Override
  public List<StoredToken> load(
      Identities identities, ProjectNames names, Function<Identities.Token, NewToken> tokenOf) {
    return store.load(identities, names, tokenOf);
  }

  @Override
  public StoredToken create(NewToken token) {
    return store.create(token);
  }

  @Override
  public List<StoredToken> tokens(Optional<String> subject) {
    return store.tokens(subject);
  }

  @Override
  public boolean revoke(String tokenId) {
    return store.revoke(tokenId);
  }

  @Override
  public Optional<StoredToken> rotate(
      String tokenId,
      TokenDigest digest,
      String start,
      Instant overlapEnd,
      Optional<String> rotator) {
    return store.rotate(tokenId, digest, start, overlapEnd, rotator);
  }

  @Override
  public int revokeAll(String subject) {
    return store.revokeAll(subject);
  }

  @Override
  public Map<TokenDigest, StoredToken> revoke(Set<TokenDigest> digests) {
    return store.revoke(digests);
  }

  @Override
  public void used(Map<String, TokenUse> lastUses) {
    failIfBroken();
    store.used(lastUses);
  }

  @Override
  public void publishKeys(Map<String, String> keys, Instant now, Instant until) {
    failIfBroken();
    store.publishKeys(keys, now, until);
  }

  @Override
  public Map<String, String> publishedKeys(Instant now) {
    failIfBroken();
    return store.publishedKeys(now);
  }

  @Override
  public void putMember(
      String organization,
      Level level,
      String place,
      String subject,
      Set<String> roles,
      ProjectNames names) {
    store.putMember(organization, level, place, subject, roles, names);
  }

  @Override
  public boolean removeMember(String organization, Level level, String place, String subject) {
    return store.removeMember(organization, level, place, subject);
  }

  @Override
  public void putTeamProject(String organization, String team, String project, ProjectNames names) {
    store.putTeamProject(organization, team, project, names);
  }

  @Override
  public boolean removeTeamProject(String organization, String team, String project) {
    return store.removeTeamProject(organization, team, project);
  }

  @Override
  public void putSubject(String subject, boolean disabled) {
    store.putSubject(subject, disabled);
  }

  @Override
  public boolean removeSubject(String subject) {
    return store.removeSubject(subject);
  }

  @Override
  public void onChange(Listener listener) {
    listeners.add(listener);
    store.onChange(new Told(listener));
  }

  @Override
  public long silenceNanos() {
    return silenceNanos.get();
  }

  @Override
  public void close() {
    store.close();
  }
}
