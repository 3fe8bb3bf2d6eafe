package io.scopegate.authn;

import io.scopegate.SettableClock;
import io.scopegate.authn.UncachedOracle.Moment;
import io.scopegate.authn.UncachedOracle.Version;
import io.scopegate.permission.Level;
import io.scopegate.policy.Bounds;
import io.scopegate.policy.Principal;
import io.scopegate.store.IdentityStore;
import io.scopegate.store.NewToken;
import io.scopegate.store.SqliteIdentityStore;
import io.scopegate.store.StoredToken;
import io.scopegate.store.TokenDigest;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/**
 * A real store that is changed at random, here and elsewhere, cut off and away, with all that was
 * ever true of it. Confined to the thread of its test.
 */
final class ShakyStore implements AutoCloseable {
  /** How long a cache trusts it without a sign. */
  static final Duration TRUSTED = Duration.ofMillis(900);

  /** How long a cache remembers that a token is unknown. */
  static final Duration UNKNOWN = Duration.ofSeconds(10);

  /** How long nobody tries again what has failed. */
  private static final long RETRY = 1_000;

  private static final int VALUES = 24;
  private static final List<String> SUBJECTS = List.of("alice", "bob", "carol", "dave");
  private static final List<List<String>> SCOPES =
      List.of(List.of("work:read"), List.of("work:write"), List.of("*"), List.of());
  private static final List<Link> LINKS = List.of(Link.UP, Link.UP, Link.CUT, Link.AWAY);

  private final SettableClock clock;
  private final Random random;
  private final long stale;
  private final List<String> values = new ArrayList<>();
  private final IdentityStore store;
  private final PausableStore shown;
  private final UncachedOracle<TokenDigest, StoredToken> tokens = new UncachedOracle<>();
  private final UncachedOracle<String, Principal> subjects = new UncachedOracle<>();

  /** Digests and subjects that the last change was told of. */
  private final Set<Object> told = new HashSet<>();

  private Link link = Link.UP;
  private long event;

  /** When everything was told for the last time, and the store could be read. */
  private long toldMillis;

  private Moment readable = new Moment(0, 0);
  private long awayMillis = Long.MIN_VALUE / 2;

  /** What becomes of the store. */
  private enum Link {
    /** Every change is told. */
    UP,
    /** It can be read, but nothing is told of what others change. */
    CUT,
    /** It cannot be read either. */
    AWAY
  }

  /**
   * Opens one.
   *
   * @param format makes the values of its tokens
   * @param staleIfError how long a cache goes on without it
   */
  ShakyStore(
      Path folder, SettableClock clock, Random random, TokenFormat format, Duration staleIfError) {
    this.clock = clock;
    this.random = random;
    this.stale = staleIfError.toMillis();
    for (int i = 0; i < VALUES; i++) {
      values.add(format.generate());
    }
    store = new SqliteIdentityStore(folder, clock, new Random(random.nextLong()));
    shown = new PausableStore(store);
    shown.onChange(new Hearing());
    observe(true);
  }

  /** Notes what is told. */
  private final class Hearing implements IdentityStore.Listener {
    @Override
    public void tokenChanged(TokenDigest digest) {
      told.add(digest);
    }

    @Override
    public void subjectChanged(String subject) {
      told.add(subject);
    }

    @Override
    public void everythingChanged() {
      told.addAll(SUBJECTS);
    }
  }

  /** Returns what a gateway sees of it. */
  PausableStore shown() {
    return shown;
  }

  /** Returns the value of a token that may be there or not. */
  String value() {
    return values.get(random.nextInt(VALUES));
  }

  boolean isAway() {
    return link == Link.AWAY;
  }

  boolean isUp() {
    return link == Link.UP;
  }

  /** Returns when everything was told for the last time. */
  long toldMillis() {
    return toldMillis;
  }

  /** Says whether the last change was told of this digest or subject. */
  boolean hasTold(Object what) {
    return told.contains(what);
  }

  /** Returns the token that there really is. */
  Optional<StoredToken> token(TokenDigest digest) {
    return tokens.now(digest);
  }

  /** Returns what may be said of a token to a request that began at this moment. */
  List<Optional<StoredToken>> admissibleTokens(TokenDigest digest, Moment start) {
    return tokens.admissible(digest, start, readable(), this::isRecent);
  }

  /** Returns the same of a subject. */
  List<Optional<Principal>> admissibleSubjects(String subject, Moment start) {
    return subjects.admissible(subject, start, readable(), this::isRecent);
  }

  /** Returns this moment. */
  Moment now() {
    return new Moment(clock.millis(), event);
  }

  /** Most often a bit, now and then about as long as what is known goes on. */
  void pass() {
    long millis =
        switch (random.nextInt(8)) {
          case 0 -> Math.max(0, stale - 1_200 + random.nextInt(2_400));
          case 1 -> random.nextInt(12_000);
          case 2, 3 -> random.nextInt(3_000);
          default -> random.nextInt(300);
        };
    clock.advance(Duration.ofMillis(millis));
    event++;
    if (link == Link.UP) {
      toldMillis = clock.millis();
    } else {
      shown.silenceNanos.set((clock.millis() - toldMillis) * 1_000_000);
    }
  }

  /** Cuts it off, takes it away or brings it back. */
  void relink() {
    event++;
    boolean wasAway = link == Link.AWAY;
    link = LINKS.get(random.nextInt(LINKS.size()));
    shown.broken = link == Link.AWAY;
    if (wasAway) {
      awayMillis = clock.millis();
    } else if (link == Link.AWAY) {
      readable = now();
    }
    if (link == Link.UP) {
      shown.catchUp(random.nextBoolean());
      tokens.allTold(now());
      subjects.allTold(now());
      toldMillis = clock.millis();
      shown.silenceNanos.set(0);
    }
  }

  /** Changes something here, or elsewhere: then nobody is told while the link is not up. */
  void change() {
    changeOf(values.get(random.nextInt(VALUES)), SUBJECTS.get(random.nextInt(SUBJECTS.size())));
  }

  /** The same, most likely of this token or subject. */
  void changeOf(String value, String subject) {
    told.clear();
    if (link != Link.UP && random.nextInt(3) == 0) {
      shown.onlyItself(same -> change(same, value, subject));
      observe(false);
    } else if (link != Link.AWAY) {
      change(shown, value, subject);
      observe(true);
    }
  }

  private void change(IdentityStore changing, String value, String subject) {
    String role = random.nextBoolean() ? "READER" : "WRITER";
    Optional<StoredToken> token = store.token(TokenDigest.of(value));
    switch (random.nextInt(10)) {
      case 0, 1, 2, 3 -> {
        if (token.isEmpty()) {
          create(changing, value, subject);
        } else if (random.nextInt(3) == 0) {
          changing.revoke(token.get().id());
        } else if (random.nextBoolean()) {
          rotate(changing, token.get());
        }
      }
      case 4, 5 -> changing.putMember("acme", Level.ORGANIZATION, "acme", subject, Set.of(role));
      case 6 -> changing.putMember("acme", Level.PROJECT, "api", subject, Set.of(role));
      case 7 -> changing.removeMember("acme", Level.ORGANIZATION, "acme", subject);
      case 8 -> changing.putSubject(subject, random.nextInt(6) == 0);
      default -> {
        if (random.nextInt(4) == 0) {
          changing.revokeAll(subject);
        } else {
          changing.putTeamProject("acme", "core", random.nextBoolean() ? "api" : "web");
        }
      }
    }
  }

  private void create(IdentityStore changing, String value, String subject) {
    Instant soon = clock.instant().plusMillis(random.nextInt(60_000));
    changing.create(
        new NewToken(
            subject,
            "token" + event,
            SCOPES.get(random.nextInt(SCOPES.size())),
            random.nextInt(8) == 0 ? new Bounds(Optional.of("acme"), Set.of("api")) : Bounds.none(),
            random.nextInt(4) == 0 ? Optional.of(soon) : Optional.empty(),
            TokenDigest.of(value),
            TokenFormat.start(value),
            false));
  }

  private void rotate(IdentityStore changing, StoredToken token) {
    TokenDigest other = TokenDigest.of(values.get(random.nextInt(VALUES)));
    if (store.token(other).isEmpty()) {
      try {
        changing.rotate(token.id(), other, "", clock.instant().plusMillis(random.nextInt(20_000)));
      } catch (IdentityStore.StoreConflict e) {
        // It has ended, or its overlap has not: it stays as it is.
      }
    }
  }

  /** Reads what is true after a change. */
  private void observe(boolean isTold) {
    event++;
    Set<TokenDigest> digests = new HashSet<>();
    values.forEach(value -> digests.add(TokenDigest.of(value)));
    Map<TokenDigest, StoredToken> found = store.tokens(digests);
    digests.forEach(
        digest -> tokens.note(digest, Optional.ofNullable(found.get(digest)), now(), isTold));
    store
        .principals(Set.copyOf(SUBJECTS))
        .forEach((name, held) -> subjects.note(name, held, now(), isTold));
  }

  private Moment readable() {
    return link == Link.AWAY ? readable : now();
  }

  private boolean isRecent(Version<?> version) {
    long now = clock.millis();
    long last = version.lastMillis(readable());
    boolean goesOn = link == Link.AWAY || now - awayMillis < RETRY;
    return last >= now - TRUSTED.toMillis()
        || (goesOn && last > now - stale)
        || (version.value().isEmpty() && last > now - UNKNOWN.toMillis());
  }

  @Override
  public String toString() {
    return link.toString();
  }

  @Override
  public void close() {
    store.close();
  }
}
