package io.scopegate.authn;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Interner;
import com.github.benmanes.caffeine.cache.Ticker;
import io.scopegate.authn.SharedLookup.Absent;
import io.scopegate.authn.SharedLookup.Failed;
import io.scopegate.authn.SharedLookup.Found;
import io.scopegate.authn.SharedLookup.Outcome;
import io.scopegate.event.GatewayEvents;
import io.scopegate.policy.Caller;
import io.scopegate.policy.Policy;
import io.scopegate.policy.Principal;
import io.scopegate.route.CredentialKind;
import io.scopegate.store.IdentityStore;
import io.scopegate.store.LastUse;
import io.scopegate.store.StoreFailure;
import io.scopegate.store.StoredToken;
import io.scopegate.store.TokenDigest;
import io.scopegate.store.TokenUse;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Knows personal access tokens. What a token is and what a subject holds is cached, never what
 * follows from it; expiry is compared on every request. A bearer's SHA-256 is computed anew each
 * time, so that no value stays in memory. Sessions are none of its business: for it they are
 * invalid. Safe from any thread; never blocks.
 */
public final class TokenAuthenticator implements Authenticator, Subjects, AutoCloseable {
  private static final int LOADERS = 4;
  private static final Caller INVALID = new Caller.Invalid();
  private static final Caller UNAVAILABLE = new Caller.Unavailable();

  /** As long a value as is written into the same array again and again. */
  private static final int USUAL = 256;

  private static final ThreadLocal<byte[]> VALUE = ThreadLocal.withInitial(() -> new byte[USUAL]);

  private final IdentityStore store;
  private final LastUse lastUse;
  private final Clock clock;
  private final GatewayEvents events;
  private final ScheduledThreadPoolExecutor loaders;
  private final Ticker ticker;
  private final SharedLookup<TokenDigest, KnownToken> tokens;
  private final Interner<Issue> issues = Interner.newWeakInterner();

  /** Per subject what it holds; empty if it is disabled. */
  private final SharedLookup<String, Optional<Principal>> subjects;

  /**
   * Digests that are no token's, each with the state of {@link #tokenChanges} before it was looked
   * up: any change of a token since then takes it out of force. A cache of its own, so that rubbish
   * cannot push out the good.
   */
  private final Cache<TokenDigest, Long> unknown;

  private final AtomicLong tokenChanges = new AtomicLong();

  /** Reads this store, and hears of its changes from now on. */
  public TokenAuthenticator(
      IdentityStore store, LastUse lastUse, CacheLimits limits, Clock clock, GatewayEvents events) {
    this(store, lastUse, limits, clock, events, Ticker.systemTicker());
  }

  TokenAuthenticator(
      IdentityStore store,
      LastUse lastUse,
      CacheLimits limits,
      Clock clock,
      GatewayEvents events,
      Ticker ticker) {
    this.store = store;
    this.lastUse = lastUse;
    this.clock = clock;
    this.events = events;
    this.loaders = newLoaders();
    this.ticker = ticker;
    this.tokens =
        new SharedLookup<>(
            this::readTokens, loaders, limits.tokens(), limits, store::silenceNanos, ticker);
    this.subjects =
        new SharedLookup<>(
            this::readSubjects, loaders, limits.subjects(), limits, store::silenceNanos, ticker);
    this.unknown =
        Caffeine.newBuilder()
            .maximumSize(limits.unknown())
            .expireAfterWrite(limits.unknownFor())
            .ticker(ticker)
            .executor(Runnable::run)
            .recordStats()
            .build();
    store.onChange(new Forgetting());
  }

  private static ScheduledThreadPoolExecutor newLoaders() {
    ScheduledThreadPoolExecutor executor =
        new ScheduledThreadPoolExecutor(
            LOADERS,
            task -> {
              Thread thread = new Thread(task, "identities");
              thread.setDaemon(true);
              return thread;
            });
    executor.setKeepAliveTime(1, TimeUnit.MINUTES);
    executor.allowCoreThreadTimeOut(true);
    return executor;
  }

  @Override
  public CompletableFuture<Caller> authenticate(
      Credential credential, Policy policy, String address) {
    if (credential instanceof Credential.Bearer bearer) {
      return known(bearer, policy, address);
    }
    if (credential instanceof Credential.Certificate certificate) {
      return authenticate(certificate);
    }
    return CompletableFuture.completedFuture(withoutLookup(credential));
  }

  private static Caller withoutLookup(Credential credential) {
    if (credential instanceof Credential.None) {
      return new Caller.Anonymous();
    }
    return credential instanceof Credential.Ambiguous ambiguous
        ? new Caller.Ambiguous(ambiguous.detail())
        : INVALID;
  }

  private CompletableFuture<Caller> authenticate(Credential.Certificate certificate) {
    if (!clock.instant().isBefore(certificate.expires())) {
      return CompletableFuture.completedFuture(INVALID);
    }
    return subjects.find(certificate.subject()).thenApply(held -> caller(certificate, held));
  }

  private static Caller caller(
      Credential.Certificate certificate, Outcome<Optional<Principal>> outcome) {
    if (!(outcome instanceof Found<Optional<Principal>> found)) {
      return refusal(outcome);
    }
    return found
        .value()
        .<Caller>map(
            principal ->
                new Caller.Authenticated(
                    principal,
                    certificate.delegation(),
                    CredentialKind.CERTIFICATE,
                    CredentialKind.CERTIFICATE.word()))
        .orElse(INVALID);
  }

  private CompletableFuture<Caller> known(Credential.Bearer bearer, Policy policy, String address) {
    TokenDigest digest = digest(bearer);
    if (digest == null) {
      return CompletableFuture.completedFuture(INVALID);
    }
    CompletableFuture<Outcome<KnownToken>> token = tokens.known(digest);
    if (token == null) {
      Long unknownSince = unknown.getIfPresent(digest);
      if (unknownSince != null && unknownSince == tokenChanges.get()) {
        return CompletableFuture.completedFuture(INVALID);
      }
      token = tokens.start(digest);
    }
    return token.isDone()
        ? caller(token.getNow(SharedLookup.failed()), policy, address)
        : token.thenCompose(outcome -> caller(outcome, policy, address));
  }

  /** Returns the digest of a bearer that may be a token's; null if it cannot be one. */
  private @Nullable TokenDigest digest(Credential.Bearer bearer) {
    int length = bearer.length();
    byte[] value = length <= USUAL ? VALUE.get() : new byte[length];
    bearer.copyTo(value);
    boolean mayBeKnown =
        TokenFormat.isClaimedBy(bearer)
            ? TokenFormat.isWellFormed(value, length)
            : store.hasImportedTokens();
    TokenDigest digest = mayBeKnown ? TokenDigest.of(value, length) : null;
    Arrays.fill(value, 0, length, (byte) 0); // no value stays
    return digest;
  }

  private CompletableFuture<Caller> caller(
      Outcome<KnownToken> outcome, Policy policy, String address) {
    if (!(outcome instanceof Found<KnownToken> found)) {
      return CompletableFuture.completedFuture(refusal(outcome));
    }
    KnownToken token = found.value();
    long now = clock.millis();
    if (token.isExpired(now)) {
      return CompletableFuture.completedFuture(INVALID);
    }
    CompletableFuture<Outcome<Optional<Principal>>> subject = subjects.find(token.subject());
    return subject.isDone()
        ? caller(token, now, address, subject.getNow(SharedLookup.failed()), policy)
        : subject.thenCompose(held -> caller(token, now, address, held, policy));
  }

  private CompletableFuture<Caller> caller(
      KnownToken token,
      long now,
      String address,
      Outcome<Optional<Principal>> outcome,
      Policy policy) {
    if (!(outcome instanceof Found<Optional<Principal>> found)) {
      return CompletableFuture.completedFuture(refusal(outcome));
    }
    if (found.value().isEmpty()) {
      return CompletableFuture.completedFuture(INVALID);
    }
    if (token.notesUse(now)) {
      lastUse.note(token.id(), new TokenUse(Instant.ofEpochMilli(now), address));
    }
    return token.caller(found.value().get(), policy);
  }

  @Override
  public CompletableFuture<Caller> caller(String subject, Function<Principal, Caller> made) {
    CompletableFuture<Outcome<Optional<Principal>>> held = subjects.find(subject);
    return held.isDone()
        ? CompletableFuture.completedFuture(caller(held.getNow(SharedLookup.failed()), made))
        : held.thenApply(outcome -> caller(outcome, made));
  }

  private static Caller caller(
      Outcome<Optional<Principal>> outcome, Function<Principal, Caller> made) {
    if (!(outcome instanceof Found<Optional<Principal>> found)) {
      return refusal(outcome);
    }
    return found.value().isEmpty() ? INVALID : made.apply(found.value().get());
  }

  private static Caller refusal(Outcome<?> outcome) {
    return outcome instanceof Failed ? UNAVAILABLE : INVALID;
  }

  private Map<TokenDigest, Outcome<KnownToken>> readTokens(Set<TokenDigest> digests) {
    // Before the look-up: a token made while it runs must not be remembered as unknown.
    long changes = tokenChanges.get();
    long start = ticker.read();
    Optional<Map<TokenDigest, StoredToken>> read = timed(() -> store.tokens(digests));
    Map<TokenDigest, Outcome<KnownToken>> outcomes = new HashMap<>();
    if (read.isEmpty()) {
      return outcomes;
    }
    for (TokenDigest digest : digests) {
      StoredToken token = read.get().get(digest);
      if (token == null) {
        unknown.put(digest, changes);
        outcomes.put(digest, new Absent<>());
      } else {
        Issue issue = issues.intern(new Issue(token.scopes(), token.bounds()));
        outcomes.put(digest, new Found<>(new KnownToken(token, issue), start));
      }
    }
    return outcomes;
  }

  private Map<String, Outcome<Optional<Principal>>> readSubjects(Set<String> names) {
    long start = ticker.read();
    Map<String, Outcome<Optional<Principal>>> outcomes = new HashMap<>();
    timed(() -> store.principals(names))
        .ifPresent(
            read -> read.forEach((name, held) -> outcomes.put(name, new Found<>(held, start))));
    return outcomes;
  }

  private <T> Optional<T> timed(Supplier<T> read) {
    long start = System.nanoTime();
    boolean ok = false;
    try {
      T value = read.get();
      ok = true;
      return Optional.of(value);
    } catch (StoreFailure e) {
      return Optional.empty();
    } finally {
      events.storeRead(ok, Duration.ofNanos(System.nanoTime() - start));
    }
  }

  /** Returns how the caches do. */
  public List<CacheFigures> figures() {
    var stats = unknown.stats();
    return List.of(
        tokens.figures("tokens"),
        subjects.figures("subjects"),
        new CacheFigures(
            "unknown",
            unknown.estimatedSize(),
            stats.hitCount(),
            stats.missCount(),
            stats.evictionCount()));
  }

  /** Returns how many look-ups wait for a thread. */
  public int waitingLoads() {
    return tokens.waiting() + subjects.waiting();
  }

  /** Stops looking up; what is not cached cannot be told from then on. */
  @Override
  public void close() {
    loaders.shutdownNow();
  }

  /** Forgets what a change has made untrue. */
  private final class Forgetting implements IdentityStore.Listener {
    @Override
    public void tokenChanged(TokenDigest digest) {
      tokenChanges.incrementAndGet();
      tokens.forget(digest);
    }

    @Override
    public void subjectChanged(String subject) {
      subjects.forget(subject);
    }

    @Override
    public void everythingChanged() {
      subjects.forgetAll();
    }

    @Override
    public void changesMissed() {
      tokenChanges.incrementAndGet();
      tokens.forgetAll();
      subjects.forgetAll();
    }
  }
}
