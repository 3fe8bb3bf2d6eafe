package io.scopegate.authn.session;

import io.scopegate.authn.Authenticator;
import io.scopegate.authn.CacheFigures;
import io.scopegate.authn.CacheLimits;
import io.scopegate.authn.Organizations;
import io.scopegate.authn.Subjects;
import io.scopegate.event.GatewayEvents;
import java.net.http.HttpClient;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The sessions of all issuers, with the threads that verify them. A reload of the gateway makes it
 * look at the issuers' keys again. Safe from any thread; never blocks.
 */
public final class Sessions implements GatewayEvents, AutoCloseable {
  private static final int THREADS = 2;
  private static final int WAITING = 4_096;
  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  private final List<LiveKeys> keys = new ArrayList<>();
  private final List<IssuerFigures> issuerFigures = new ArrayList<>();
  private final ThreadPoolExecutor verifiers =
      threads("sessions", new ArrayBlockingQueue<>(WAITING));
  private final ThreadPoolExecutor askers = threads("issuers", new LinkedBlockingQueue<>());
  private final SessionLookup signed;
  private final SessionLookup opaque;
  private final Clock clock;

  /** Knows the sessions of these issuers, and begins to fetch their keys. */
  public Sessions(
      List<Issuer> issuers, Set<String> otherPrefixes, CacheLimits limits, Clock clock) {
    this(issuers, otherPrefixes, limits, clock, TIMEOUT);
  }

  Sessions(
      List<Issuer> issuers,
      Set<String> otherPrefixes,
      CacheLimits limits,
      Clock clock,
      Duration timeout) {
    this.clock = clock;
    // What is asked of issuers is bounded where it is asked, so these threads' queue need not be.
    HttpClient trusting = IssuerClient.over(askers, Optional.empty());
    List<SignatureVerification.Signer> signers = new ArrayList<>();
    List<Introspection> introspections = new ArrayList<>();
    for (Issuer issuer : issuers) {
      IssuerFigures figures = new IssuerFigures(issuer.name());
      issuerFigures.add(figures);
      HttpClient http = issuer.tls().isEmpty() ? trusting : IssuerClient.over(askers, issuer.tls());
      IssuerClient client = new IssuerClient(http, timeout, figures);
      ClaimReader reader = new ClaimReader(issuer, foreignPrefixes(issuer, issuers, otherPrefixes));
      if (issuer.proof() instanceof Issuer.Signature signature) {
        KeySource source = new PublishedKeys(client, issuer.url(), signature.keys());
        LiveKeys live = new LiveKeys(issuer.name(), source, clock);
        keys.add(live);
        signers.add(SignatureVerification.Signer.of(issuer, signature, live, reader, figures));
      } else {
        introspections.add(
            new Introspection(
                issuer, (Issuer.Introspection) issuer.proof(), reader, client, figures, clock));
      }
    }
    SignatureVerification signatures = new SignatureVerification(signers, verifiers, clock);
    this.signed = new SessionLookup("sessions", signatures, limits, clock);
    this.opaque =
        new SessionLookup(
            "opaque-sessions", new Introspection.Round(introspections, signatures), limits, clock);
    for (LiveKeys live : keys) {
      var unused = live.renewed();
    }
  }

  private static Set<String> foreignPrefixes(
      Issuer issuer, List<Issuer> issuers, Set<String> others) {
    return Stream.concat(issuers.stream().map(Issuer::prefix), others.stream())
        .filter(prefix -> !prefix.isEmpty() && !prefix.equals(issuer.prefix()))
        .collect(Collectors.toSet());
  }

  private static ThreadPoolExecutor threads(String name, BlockingQueue<Runnable> waiting) {
    ThreadPoolExecutor executor =
        new ThreadPoolExecutor(
            THREADS,
            THREADS,
            1,
            TimeUnit.MINUTES,
            waiting,
            task -> {
              Thread thread = new Thread(task, name);
              thread.setDaemon(true);
              return thread;
            });
    executor.allowCoreThreadTimeOut(true);
    return executor;
  }

  /** Returns who knows the sessions that are JWTs. */
  public Authenticator jwts(Subjects subjects, Organizations organizations) {
    return new SessionAuthenticator(signed, subjects, organizations, clock);
  }

  /** Returns who knows the other sessions. */
  public Authenticator opaque(Subjects subjects, Organizations organizations) {
    return new SessionAuthenticator(opaque, subjects, organizations, clock);
  }

  /** Returns how the caches do. */
  public List<CacheFigures> figures() {
    return Stream.of(signed, opaque).flatMap(lookup -> lookup.figures().stream()).toList();
  }

  /** Returns how the issuers do; always the same ones. */
  public List<IssuerFigures> issuerFigures() {
    return List.copyOf(issuerFigures);
  }

  @Override
  public void reloaded(boolean ok, long generation) {
    keys.forEach(LiveKeys::demand);
  }

  /** Stops verifying; what is not cached cannot be told from then on. */
  @Override
  public void close() {
    verifiers.shutdown();
    askers.shutdown();
  }
}
