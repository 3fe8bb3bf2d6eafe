package io.scopegate.authn;

import static org.assertj.core.api.Assertions.assertThat;

import io.scopegate.SettableClock;
import io.scopegate.authn.UncachedOracle.Moment;
import io.scopegate.event.GatewayEvents;
import io.scopegate.file.FileSource;
import io.scopegate.file.PolicyReader;
import io.scopegate.guard.Gatekeeper;
import io.scopegate.guard.LivePolicy;
import io.scopegate.guard.PolicySource;
import io.scopegate.policy.Authorizer;
import io.scopegate.policy.Caller;
import io.scopegate.policy.Code;
import io.scopegate.policy.Decision;
import io.scopegate.policy.Delegation;
import io.scopegate.policy.Policy;
import io.scopegate.policy.Principal;
import io.scopegate.route.CredentialKind;
import io.scopegate.route.HttpFields;
import io.scopegate.route.RequestLine;
import io.scopegate.store.IdentityStore;
import io.scopegate.store.LastUse;
import io.scopegate.store.StoredToken;
import io.scopegate.store.TokenDigest;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Requests, revocations, role changes, reloads and outages of the store in any order: what is
 * decided is what could be known without a cache.
 */
class InterleavingTest {
  private static final String TABLE =
      """
      apiVersion: scopegate/v1
      emptyScopes: %1$s
      permissions: { work:read: Read, work:write: Write }
      roles:
        organization: { READER: { grants: [work:read] }, WRITER: { grants: [work:write] } }
        project: { READER: { grants: [work:read] }, WRITER: { grants: [work:write] } }
      places: { organization: { path: org }, project: { path: project } }
      backend: core
      routes:
        - { match: "GET /first/{org}", require: %2$s }
        - { match: "GET /second/{org}", require: %3$s }
        - { match: "GET /third/{org}/{project}", require: %2$s }
        - { match: "GET /me", access: authenticated }
      """;

  private static final List<String> PATHS =
      List.of("/first/acme", "/second/acme", "/third/acme/api", "/me");
  private static final long FRESH = Duration.ofMinutes(10).toMillis();

  @TempDir private Path folder;

  @Test
  void whatever_comes_in_between_what_is_decided_could_be_known() throws Exception {
    new Run(folder.resolve("some"), 20_261_121, Duration.ofSeconds(30)).steps(4_000);
    new Run(folder.resolve("none"), 7, Duration.ZERO).steps(1_000);
  }

  @Test
  @Tag("long")
  void in_a_million_steps_what_is_decided_could_be_known() throws Exception {
    long start = System.nanoTime();
    Run run = new Run(folder, 42, Duration.ofSeconds(30));
    run.steps(1_000_000);
    System.out.printf(
        "1,000,000 steps against an uncached oracle in %d s: %s%n",
        (System.nanoTime() - start) / 1_000_000_000, run.counts);
  }

  /** What is compared of a decision. */
  private record Said(boolean allows, Optional<Code> code, Caller caller) {
    static Said of(Decision decision) {
      return new Said(
          decision instanceof Decision.Allow,
          decision instanceof Decision.Deny deny ? Optional.of(deny.code()) : Optional.empty(),
          decision.caller());
    }

    boolean isUnavailable() {
      return code.equals(Optional.of(Code.IDENTITY_UNAVAILABLE));
    }
  }

  /**
   * What a cache must know, if it keeps what it reads.
   *
   * @param read not before this
   * @param certain true at that time for certain
   */
  private record Known(long read, long certain) {}

  /** One run with its gateway. Confined to its thread. */
  private static final class Run {
    private static final Policy FIRST = policy("none", "work:write", "work:read");
    private static final Policy SECOND = policy("full", "work:read", "work:write");

    private final Random random;
    private final long stale;
    private final SettableClock clock = new SettableClock(Instant.parse("2026-11-21T12:00:00Z"));
    private final long begin = clock.millis();
    private final TokenFormat format;
    private final ShakyStore store;
    private final LastUse lastUse;
    private final TokenAuthenticator authenticator;
    private final LivePolicy live;
    private final Gatekeeper gatekeeper;
    private final Map<TokenDigest, Known> knownTokens = new HashMap<>();
    private final Map<String, Known> knownSubjects = new HashMap<>();
    private final Map<String, AtomicInteger> counts = new HashMap<>();

    private Optional<Policy> next;
    private long step;

    Run(Path folder, long seed, Duration staleIfError) {
      random = new Random(seed);
      stale = staleIfError.toMillis();
      format = new TokenFormat(new Random(seed + 1));
      store = new ShakyStore(folder, clock, random, format, staleIfError);
      lastUse = new LastUse(store.shown(), Duration.ofHours(1));
      CacheLimits limits =
          new CacheLimits(
              1_000,
              1_000,
              1_000,
              Duration.ofMillis(FRESH),
              ShakyStore.TRUSTED,
              staleIfError,
              ShakyStore.UNKNOWN,
              Duration.ofMinutes(1),
              Duration.ZERO);
      authenticator =
          new TokenAuthenticator(
              store.shown(),
              lastUse,
              limits,
              clock,
              GatewayEvents.NONE,
              () -> (clock.millis() - begin) * 1_000_000);
      store.shown().onChange(new Forgetting());
      next = Optional.of(FIRST);
      live = new LivePolicy(loaded(), this::loaded, GatewayEvents.NONE);
      gatekeeper = new Gatekeeper(live, authenticator, GatewayEvents.NONE);
    }

    private static Policy policy(String emptyScopes, String first, String second) {
      PolicyReader.Outcome outcome =
          PolicyReader.read(
              "routes.yaml",
              FileSource.of(Map.of("routes.yaml", TABLE.formatted(emptyScopes, first, second))),
              Optional.empty());
      return outcome.policy().orElseThrow(() -> new AssertionError(outcome.problems().toString()));
    }

    private PolicySource.Loaded loaded() {
      return new PolicySource.Loaded(next, List.of(), Set.of());
    }

    /** What the gateway is told to forget, it need not know. */
    private final class Forgetting implements IdentityStore.Listener {
      @Override
      public void tokenChanged(TokenDigest digest) {
        knownTokens.remove(digest);
      }

      @Override
      public void subjectChanged(String subject) {
        knownSubjects.remove(subject);
      }

      @Override
      public void everythingChanged() {
        knownSubjects.clear();
      }

      @Override
      public void changesMissed() {
        knownTokens.clear();
        knownSubjects.clear();
      }
    }

    void steps(int count) throws InterruptedException {
      for (String what :
          List.of("allowed", "allowed while away", "must go on", "unavailable", "outrun")) {
        counts.put(what, new AtomicInteger());
      }
      try {
        for (step = 0; step < count; step++) {
          step();
        }
        for (String what : List.of("allowed", "allowed while away", "must go on", "unavailable")) {
          int least = stale == 0 ? 0 : count / 200;
          assertThat(counts.get(what)).as("%s of %s", what, counts).hasValueGreaterThan(least);
        }
      } finally {
        authenticator.close();
        lastUse.close();
        store.close();
      }
    }

    private void step() throws InterruptedException {
      int what = random.nextInt(100);
      if (what < 76) {
        request();
      } else if (what < 80) {
        overtaken();
      } else if (what < 84) {
        store.change();
      } else if (what < 94) {
        store.pass();
      } else if (what < 97) {
        store.relink();
      } else {
        reload();
      }
    }

    private void count(String what) {
      counts.computeIfAbsent(what, same -> new AtomicInteger()).incrementAndGet();
    }

    private void reload() {
      next =
          switch (random.nextInt(3)) {
            case 0 -> Optional.empty();
            case 1 -> Optional.of(FIRST);
            default -> Optional.of(SECOND);
          };
      Policy before = live.current();
      assertThat(live.reload().ok()).isEqualTo(next.isPresent());
      assertThat(live.current().emptyScopesFull()).isEqualTo(next.orElse(before).emptyScopesFull());
    }

    private CompletableFuture<Decision> judge(String value, String path) {
      return gatekeeper.judge(
          "GET",
          path,
          "localhost",
          HttpFields.of(Map.of("Authorization", List.of("Bearer " + value))));
    }

    private String path() {
      return PATHS.get(random.nextInt(PATHS.size()));
    }

    private void request() {
      request(random.nextInt(20) == 0 ? format.generate() : store.value());
    }

    private void request(String value) {
      String path = path();
      boolean mustGoOn = mustGoOn(value);

      Said said = Said.of(judge(value, path).join());

      check(said, value, path, store.now());
      if (store.isAway() && mustGoOn) {
        count("must go on");
        assertThat(said.isUnavailable()).as("step %d: it is known", step).isFalse();
      }
      remember(value, said);
      count(said.allows() ? "allowed" : said.isUnavailable() ? "unavailable" : "refused");
      if (said.allows() && store.isAway()) {
        count("allowed while away");
      }
    }

    /** A change overtakes the look-up of a request. */
    private void overtaken() throws InterruptedException {
      if (store.isAway()) {
        return;
      }
      String value = store.value();
      String path = path();
      Object held = TokenDigest.of(value);
      int subjectReads = store.shown().subjectReads.get();
      String subject = store.token(TokenDigest.of(value)).map(StoredToken::subject).orElse("alice");
      PausableStore.Pause pause = store.shown().holdNext();
      Moment start = store.now();
      CompletableFuture<Decision> early = judge(value, path);
      if (!early.isDone()) {
        pause.awaitHeld();
        count("overtaken");
        held = store.shown().subjectReads.get() > subjectReads ? subject : held;
      }
      store.changeOf(value, subject);
      if (random.nextBoolean()) {
        CompletableFuture<Decision> later = judge(value, path);
        if (!early.isDone() && store.hasTold(held)) {
          // Its own look-up is not held: what the other one has read comes after it.
          later.join();
          count("outrun");
        }
        pause.release();
        check(Said.of(later.join()), value, path, store.now());
      }
      pause.release();
      check(Said.of(early.join()), value, path, start);
      request(value);
    }

    private void check(Said said, String value, String path, Moment start) {
      Set<Said> expected = new HashSet<>();
      if (store.isAway()) {
        expected.add(decided(path, new Caller.Unavailable()));
      }
      for (Caller caller : callers(TokenDigest.of(value), start)) {
        expected.add(decided(path, caller));
      }
      assertThat(said).as("step %d, %s", step, store).isIn(expected);
    }

    private Said decided(String path, Caller caller) {
      return Said.of(
          Authorizer.decide(
              live.current(),
              RequestLine.parse("GET", path, "localhost"),
              HttpFields.none(),
              caller));
    }

    /** Returns who it may be, by anything that could be known. */
    private Set<Caller> callers(TokenDigest digest, Moment start) {
      Set<Caller> callers = new HashSet<>();
      List<Optional<StoredToken>> found = store.admissibleTokens(digest, start);
      if (store.token(digest).isEmpty() && found.isEmpty()) {
        callers.add(new Caller.Invalid());
      }
      for (Optional<StoredToken> token : found) {
        if (token.isEmpty() || token.get().isExpired(clock.instant())) {
          callers.add(new Caller.Invalid());
          continue;
        }
        for (Optional<Principal> held : store.admissibleSubjects(token.get().subject(), start)) {
          callers.add(
              held.<Caller>map(who -> caller(token.get(), who)).orElse(new Caller.Invalid()));
        }
      }
      return callers;
    }

    private Caller caller(StoredToken token, Principal who) {
      return new Caller.Authenticated(
          who,
          Delegation.of(token.scopes(), token.bounds(), live.current()),
          CredentialKind.TOKEN,
          token.id());
    }

    /** Says whether a token and its subject were read before, and recently enough to go on. */
    private boolean mustGoOn(String value) {
      Known token = knownTokens.get(TokenDigest.of(value));
      Optional<StoredToken> stored = store.token(TokenDigest.of(value));
      return token != null
          && stored.isPresent()
          && goesOn(token)
          && knownSubjects.containsKey(stored.get().subject())
          && goesOn(knownSubjects.get(stored.get().subject()));
    }

    private boolean goesOn(Known known) {
      long now = clock.millis();
      long certain = Math.max(known.certain(), store.toldMillis());
      return now - known.read() < FRESH
          && (certain > now - stale || certain >= now - ShakyStore.TRUSTED.toMillis());
    }

    private void remember(String value, Said said) {
      TokenDigest digest = TokenDigest.of(value);
      Optional<String> subject = store.token(digest).map(StoredToken::subject);
      if (!(said.caller() instanceof Caller.Authenticated who)) {
        knownTokens.remove(digest);
        if (said.isUnavailable()) {
          subject.ifPresent(knownSubjects::remove);
        }
        return;
      }
      if (!store.isAway()) {
        knownTokens.compute(digest, (same, before) -> known(before));
        knownSubjects.compute(who.principal().subject(), (same, before) -> known(before));
      }
    }

    private Known known(@Nullable Known before) {
      long now = clock.millis();
      if (before == null) {
        return new Known(now, now);
      }
      return store.isUp() ? new Known(before.read(), now) : before;
    }
  }
}
