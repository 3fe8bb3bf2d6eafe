package io.scopegate.config;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Somebody who vouches for sessions. Immutable.
 *
 * @param name what logs and metrics call them
 * @param issuer what their tokens call them
 * @param jwks where their keys are; without it and {@code introspection}, where their discovery
 *     document says
 * @param introspection how they are asked, if their tokens are opaque
 * @param audiences of which a token must name one
 * @param algorithms the only ones
 * @param types the values of {@code typ} that count, lower-cased
 * @param leeway how far the clocks may be apart
 * @param delegatesFully whether a session hands over everything rather than its scopes
 * @param prefix what goes before their subjects; may be empty
 * @param subject the claim with the subject
 * @param memberships the claims with the roles; without them the store has the roles
 * @param authorities the file of the only authorities that count where they are asked
 */
public record IssuerConfig(
    String name,
    String issuer,
    Optional<URI> jwks,
    Optional<Introspection> introspection,
    Set<String> audiences,
    Set<String> algorithms,
    Set<String> types,
    Duration leeway,
    boolean delegatesFully,
    String prefix,
    String subject,
    Optional<Claims> memberships,
    Optional<Path> authorities) {

  /** Copies what it is given. */
  public IssuerConfig {
    audiences = Set.copyOf(audiences);
    algorithms = Set.copyOf(algorithms);
    types = Set.copyOf(types);
  }

  /**
   * How an issuer is asked (RFC 7662).
   *
   * @param freshFor how long an answer counts
   * @param staleIfError how long beyond that while they cannot be asked
   */
  public record Introspection(
      URI url, String clientId, String clientSecret, Duration freshFor, Duration staleIfError) {
    @Override
    public String toString() {
      return "Introspection[" + url + "]";
    }
  }

  /**
   * Which claims have the roles, each by its name or as a JSON Pointer.
   *
   * @param organizations the one with everything, by organization
   * @param organization the one with the only organization
   * @param onlyOrganization the only organization itself
   * @param roles the one with the roles there
   * @param teams the one with the roles per team there
   * @param projects the one with the roles per project there
   * @param names the roles that words in these claims stand for
   */
  public record Claims(
      Optional<String> organizations,
      Optional<String> organization,
      Optional<String> onlyOrganization,
      Optional<String> roles,
      Optional<String> teams,
      Optional<String> projects,
      Map<String, String> names) {
    /** Copies what it is given. */
    public Claims {
      names = Map.copyOf(names);
    }
  }
}
