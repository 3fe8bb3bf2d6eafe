package io.scopegate.authn.session;

import io.scopegate.authn.TokenFormat;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks one issuer which session a token is (RFC 7662). Safe from any thread; never blocks. */
final class Introspection implements Verification {
  private static final Logger LOG = LoggerFactory.getLogger(Introspection.class);
  private static final int MAX_LENGTH = 4 * 1024;
  private static final int MAX_ASKING = 256;

  /** An issuer that does not answer is left alone for so long. */
  private static final Duration REST = Duration.ofSeconds(1);

  private final Issuer issuer;
  private final Issuer.Introspection settings;
  private final ClaimReader reader;
  private final IssuerClient client;
  private final IssuerFigures figures;
  private final Clock clock;
  private final Semaphore asking = new Semaphore(MAX_ASKING);
  private volatile Instant restsUntil = Instant.MIN;

  /** An answer, which is good for a while. */
  private record Answered(Instant at, Duration freshFor, Duration staleFor) implements Proof {
    @Override
    public boolean holds(Instant now) {
      return now.isBefore(at.plus(freshFor));
    }

    @Override
    public boolean holdsInNeed(Instant now) {
      return now.isBefore(at.plus(freshFor).plus(staleFor));
    }
  }

  Introspection(
      Issuer issuer,
      Issuer.Introspection settings,
      ClaimReader reader,
      IssuerClient client,
      IssuerFigures figures,
      Clock clock) {
    this.issuer = issuer;
    this.settings = settings;
    this.reader = reader;
    this.client = client;
    this.figures = figures;
    this.clock = clock;
  }

  @Override
  public boolean mayKnow(String token) {
    return !token.isEmpty()
        && token.length() <= MAX_LENGTH
        && !TokenFormat.isClaimedBy(token)
        && token.chars().allMatch(c -> c > 0x20 && c < 0x7F);
  }

  @Override
  public CompletableFuture<Verdict> verify(String token) {
    Instant now = clock.instant();
    if (now.isBefore(restsUntil) || !asking.tryAcquire()) {
      return CompletableFuture.completedFuture(figures.told(Verdict.UNAVAILABLE));
    }
    return client
        .text(request(token))
        .thenApply(answer -> verdict(answer, now))
        .exceptionally(this::failed)
        .thenApply(figures::told)
        .whenComplete((verdict, failure) -> asking.release());
  }

  private HttpRequest.Builder request(String token) {
    String client = encoded(settings.clientId()) + ":" + encoded(settings.clientSecret());
    String basic = Base64.getEncoder().encodeToString(client.getBytes(StandardCharsets.US_ASCII));
    return HttpRequest.newBuilder(settings.endpoint())
        .header("Accept", "application/json")
        .header("Content-Type", "application/x-www-form-urlencoded")
        .header("Authorization", "Basic " + basic)
        .POST(BodyPublishers.ofString("token=" + encoded(token) + "&token_type_hint=access_token"));
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private Verdict failed(Throwable failure) {
    // Its cause says what went wrong, and never what was asked.
    Throwable cause = failure.getCause() == null ? failure : failure.getCause();
    LOG.warn("cannot ask the issuer `{}`: {}", issuer.name(), cause.toString());
    restsUntil = clock.instant().plus(REST);
    return Verdict.UNAVAILABLE;
  }

  private Verdict verdict(String text, Instant asked) {
    Optional<Map<String, Object>> answer = StrictJson.object(text.getBytes(StandardCharsets.UTF_8));
    if (answer.isEmpty() || !(answer.get().get("active") instanceof Boolean active)) {
      LOG.warn("the issuer `{}` answers a question for a token with something else", issuer.name());
      return Verdict.UNAVAILABLE;
    }
    return active ? verdict(answer.get(), asked) : Verdict.REFUSED_FOR_GOOD;
  }

  private Verdict verdict(Map<String, Object> claims, Instant asked) {
    if (!isOurs(claims)) {
      return Verdict.REFUSED_FOR_GOOD;
    }
    Answered proof = new Answered(asked, settings.freshFor(), settings.staleFor());
    return TokenRules.span(issuer, claims, true)
        .flatMap(span -> reader.session(claims, span, proof))
        .<Verdict>map(Verdict.Valid::new)
        .orElse(Verdict.REFUSED_FOR_GOOD);
  }

  /** An issuer also knows tokens that are no session: of others, for others, to refresh with. */
  private boolean isOurs(Map<String, Object> claims) {
    boolean bearer =
        !claims.containsKey("token_type")
            || (claims.get("token_type") instanceof String type
                && type.toLowerCase(Locale.ROOT).equals("bearer"));
    boolean typed =
        issuer.types().isEmpty()
            || (claims.get("typ") instanceof String type
                && issuer.types().contains(type.toLowerCase(Locale.ROOT)));
    return bearer
        && typed
        && (!claims.containsKey("iss") || issuer.url().equals(claims.get("iss")))
        && TokenRules.isForHere(issuer, claims);
  }

  /** Asks several issuers, one after the other, of tokens that are not signed by a known one. */
  record Round(List<Introspection> issuers, SignatureVerification signed) implements Verification {
    /** Copies what it is given. */
    Round {
      issuers = List.copyOf(issuers);
    }

    @Override
    public boolean mayKnow(String token) {
      return issuers.stream().anyMatch(one -> one.mayKnow(token));
    }

    @Override
    public CompletableFuture<Verdict> verify(String token) {
      // It would tell one issuer the secret of another.
      return signed.isClaimedBy(token)
          ? CompletableFuture.completedFuture(Verdict.REFUSED_FOR_GOOD)
          : verify(token, 0, Verdict.REFUSED_FOR_GOOD);
    }

    private CompletableFuture<Verdict> verify(String token, int index, Verdict before) {
      if (index == issuers.size()) {
        return CompletableFuture.completedFuture(before);
      }
      return issuers
          .get(index)
          .verify(token)
          .thenCompose(
              verdict ->
                  verdict instanceof Verdict.Valid
                      ? CompletableFuture.completedFuture(verdict)
                      : verify(
                          token,
                          index + 1,
                          before instanceof Verdict.Unavailable ? before : verdict));
    }
  }
}
