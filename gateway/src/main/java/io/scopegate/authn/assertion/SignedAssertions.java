package io.scopegate.authn.assertion;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.scopegate.policy.Decision;
import io.scopegate.policy.Decision.Listing;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.random.RandomGenerator;

/**
 * Assertions as JWTs (RFC 7519), each for one backend. Requests with the same facts share one for
 * half of its life; then the next one is signed meanwhile, so no request pays for a signature but
 * the first. Safe from any thread.
 */
public final class SignedAssertions implements Assertions {
  private static final int SIZE = 50_000;
  private static final int ID_BYTES = 16;

  private final Settings settings;
  private final AssertionKeys keys;
  private final Clock clock;
  private final RandomGenerator random;
  private final Executor executor;
  private final Cache<Facts, Kept> cache;

  /**
   * What they say of the gateway and the backends. Immutable.
   *
   * @param issuer what the gateway calls itself
   * @param lifetime how long one counts
   * @param audiences per backend what it is called; one that is not there is told nothing
   */
  public record Settings(String issuer, Duration lifetime, Map<String, String> audiences) {
    /** Copies what it is given. */
    public Settings {
      audiences = Map.copyOf(audiences);
    }
  }

  /** An assertion, signed or about to be. */
  private static final class Kept {
    final CompletableFuture<String> text = new CompletableFuture<>();
    final Instant half;
    final Instant lastUse;
    final AtomicBoolean followed = new AtomicBoolean();

    /** A backend gets none that ends while it still looks at it: the last quarter is not used. */
    Kept(Instant made, Duration lifetime) {
      this.half = made.plus(lifetime.dividedBy(2));
      this.lastUse = made.plus(lifetime.multipliedBy(3).dividedBy(4));
    }
  }

  /**
   * Signs with these keys.
   *
   * @param random for the ids of assertions
   * @param executor where they are signed
   */
  public SignedAssertions(
      Settings settings,
      AssertionKeys keys,
      Clock clock,
      RandomGenerator random,
      Executor executor) {
    this.settings = settings;
    this.keys = keys;
    this.clock = clock;
    this.random = random;
    this.executor = executor;
    this.cache =
        Caffeine.newBuilder()
            .maximumSize(SIZE)
            .expireAfterWrite(settings.lifetime())
            .executor(Runnable::run)
            .build();
  }

  @Override
  public Optional<CompletableFuture<String>> prepared(Decision.Allow allow) {
    return facts(allow).map(this::prepared);
  }

  private CompletableFuture<String> prepared(Facts facts) {
    Instant now = clock.instant();
    Kept known = cache.getIfPresent(facts);
    if (known == null || !now.isBefore(known.lastUse)) {
      Kept fresh = new Kept(now, settings.lifetime());
      Kept other =
          cache
              .asMap()
              .compute(facts, (same, there) -> there == known || there == null ? fresh : there);
      return other == fresh ? start(facts, fresh, now).text : other.text;
    }
    if (!now.isBefore(known.half) && known.followed.compareAndSet(false, true)) {
      follow(facts, known, now);
    }
    return known.text;
  }

  /** Signs the next one meanwhile; the one at hand stays until it is there. */
  private void follow(Facts facts, Kept known, Instant now) {
    Kept next = new Kept(now, settings.lifetime());
    var unused =
        start(facts, next, now)
            .text
            .whenComplete(
                (text, failure) -> {
                  if (failure == null) {
                    cache.asMap().replace(facts, known, next);
                  } else {
                    known.followed.set(false);
                  }
                });
  }

  private Kept start(Facts facts, Kept kept, Instant now) {
    try {
      executor.execute(() -> sign(facts, kept, now));
    } catch (RejectedExecutionException e) {
      // Too many wait already.
      fail(facts, kept, e);
    }
    return kept;
  }

  private void sign(Facts facts, Kept kept, Instant now) {
    try {
      kept.text.complete(signed(facts, now));
    } catch (RuntimeException e) {
      fail(facts, kept, e);
    }
  }

  private void fail(Facts facts, Kept kept, RuntimeException failure) {
    cache.asMap().remove(facts, kept);
    kept.text.completeExceptionally(failure);
  }

  @Override
  public Optional<String> text(Decision.Allow allow) {
    return facts(allow).map(this::text);
  }

  private Optional<Facts> facts(Decision.Allow allow) {
    return settings.audiences().containsKey(allow.row().forwarding().backend())
        ? Facts.of(allow)
        : Optional.empty();
  }

  private String text(Facts facts) {
    CompletableFuture<String> known = prepared(facts);
    // It is at hand, unless it was pushed out since it was prepared.
    return known.isDone() && !known.isCompletedExceptionally()
        ? known.getNow("")
        : signed(facts, clock.instant());
  }

  private String signed(Facts facts, Instant now) {
    JWTClaimsSet.Builder claims =
        new JWTClaimsSet.Builder()
            .issuer(settings.issuer())
            .subject(facts.subject())
            .audience(settings.audiences().get(facts.backend()))
            .issueTime(Date.from(now))
            .expirationTime(Date.from(now.plus(settings.lifetime())))
            .jwtID(id())
            .claim("token", facts.token());
    facts.organization().ifPresent(id -> claims.claim("organization", id));
    facts.permissions().ifPresent(set -> claims.claim("permissions", set.names()));
    facts.listing().ifPresent(listing -> claims.claim(name(listing), ids(listing)));
    ECKey key = keys.signing();
    JWSHeader header =
        new JWSHeader.Builder(JWSAlgorithm.ES256)
            .keyID(key.getKeyID())
            .type(JOSEObjectType.JWT)
            .build();
    SignedJWT jwt = new SignedJWT(header, claims.build());
    try {
      jwt.sign(new ECDSASigner(key));
    } catch (JOSEException e) {
      throw new IllegalStateException("an assertion cannot be signed", e);
    }
    return jwt.serialize();
  }

  private static String name(Listing listing) {
    return listing.kind() == Listing.Kind.PROJECTS ? "projects" : "organizations";
  }

  private static Object ids(Listing listing) {
    return listing.everywhere() ? "*" : listing.ids();
  }

  private String id() {
    byte[] bytes = new byte[ID_BYTES];
    random.nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
