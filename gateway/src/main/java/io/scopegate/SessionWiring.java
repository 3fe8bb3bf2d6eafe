package io.scopegate;

import io.scopegate.authn.Authenticator;
import io.scopegate.authn.CacheLimits;
import io.scopegate.authn.CredentialAuthenticator;
import io.scopegate.authn.Organizations;
import io.scopegate.authn.StoredOrganizations;
import io.scopegate.authn.TokenAuthenticator;
import io.scopegate.authn.assertion.AssertionKeys;
import io.scopegate.authn.assertion.FleetKeys;
import io.scopegate.authn.assertion.SignedAssertions;
import io.scopegate.authn.session.ClaimPath;
import io.scopegate.authn.session.Issuer;
import io.scopegate.authn.session.Sessions;
import io.scopegate.config.AssertionConfig;
import io.scopegate.config.GatewayConfig;
import io.scopegate.config.IssuerConfig;
import io.scopegate.store.IdentityStore;
import io.scopegate.tls.SubjectRule;
import io.scopegate.tls.TrustedAuthorities;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** Makes of the configuration of sessions and assertions what the parts take. */
final class SessionWiring {
  private static final Duration KEYS_PERIOD = Duration.ofSeconds(3);

  private SessionWiring() {}

  static Sessions sessions(GatewayConfig config, TlsWiring tls, Clock clock) {
    return new Sessions(
        config.issuers().stream().map(one -> issuer(one, tls)).toList(),
        config.listeners().stream()
            .flatMap(listener -> listener.tls().stream())
            .flatMap(secured -> secured.clientCertificates().stream())
            .flatMap(certificates -> certificates.subject().stream())
            .map(SubjectRule::prefix)
            .collect(Collectors.toSet()),
        CacheLimits.embedded(),
        clock);
  }

  private static Issuer issuer(IssuerConfig config, TlsWiring tls) {
    return new Issuer(
        config.name(),
        config.issuer(),
        proof(config),
        config.audiences(),
        config.types(),
        config.leeway(),
        config.delegatesFully(),
        config.prefix(),
        ClaimPath.parse(config.subject()),
        config.memberships().map(SessionWiring::memberships),
        tls.issuer(config.name()).map(TrustedAuthorities::context));
  }

  private static Issuer.Proof proof(IssuerConfig config) {
    return config
        .introspection()
        .<Issuer.Proof>map(
            asked ->
                new Issuer.Introspection(
                    asked.url(),
                    asked.clientId(),
                    asked.clientSecret(),
                    asked.freshFor(),
                    asked.staleIfError()))
        .orElseGet(() -> new Issuer.Signature(config.algorithms(), config.jwks()));
  }

  private static Issuer.ClaimedMemberships memberships(IssuerConfig.Claims claims) {
    return new Issuer.ClaimedMemberships(
        claims.organizations().map(ClaimPath::parse),
        claims.organization().map(ClaimPath::parse),
        claims.onlyOrganization(),
        claims.roles().map(ClaimPath::parse),
        claims.teams().map(ClaimPath::parse),
        claims.projects().map(ClaimPath::parse),
        claims.names());
  }

  /** Returns the public keys of all gateways that share the store, from now on. */
  static FleetKeys fleetKeys(AssertionKeys own, IdentityStore store, Clock clock) {
    FleetKeys keys = new FleetKeys(own, store, clock);
    keys.start(KEYS_PERIOD);
    return keys;
  }

  /** Every backend is told, by its own name if it has no other. */
  static SignedAssertions.Settings assertions(AssertionConfig config, Set<String> backends) {
    Map<String, String> audiences = new TreeMap<>();
    backends.forEach(name -> audiences.put(name, config.audiences().getOrDefault(name, name)));
    return new SignedAssertions.Settings(config.issuer(), config.lifetime(), audiences);
  }

  /** Returns who knows tokens and sessions; without issuers there are no sessions to know. */
  static Authenticator authenticator(
      TokenAuthenticator tokens,
      Optional<Sessions> sessions,
      IdentityStore store,
      CacheLimits limits,
      Supplier<Executor> executor) {
    if (sessions.isEmpty()) {
      return tokens;
    }
    Organizations organizations = new StoredOrganizations(store, limits, executor.get());
    return new CredentialAuthenticator(
        tokens,
        sessions.get().jwts(tokens, organizations),
        sessions.get().opaque(tokens, organizations));
  }
}
