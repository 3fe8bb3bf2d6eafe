package io.scopegate.authn.session;

import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.SSLContext;

/**
 * Who vouches for sessions, and what a token of theirs must say. Immutable.
 *
 * @param name what files, logs and metrics call it
 * @param url what its tokens call it ({@code iss}), to the letter
 * @param proof how a token of theirs is told from others
 * @param audiences of which a token must name at least one; empty asks for none
 * @param types which values of {@code typ} count, lower-cased; empty asks for none
 * @param leeway how far the clocks may be apart
 * @param delegatesFully whether a session hands over all that its subject holds, rather than its
 *     scopes
 * @param prefix what goes before its subjects
 * @param subject the claim that names the subject
 * @param memberships where the roles come from; empty for the store
 * @param tls how it is asked over TLS; empty for what the platform trusts
 */
public record Issuer(
    String name,
    String url,
    Proof proof,
    Set<String> audiences,
    Set<String> types,
    Duration leeway,
    boolean delegatesFully,
    String prefix,
    ClaimPath subject,
    Optional<ClaimedMemberships> memberships,
    Optional<SSLContext> tls) {

  /** Copies what it is given. */
  public Issuer {
    audiences = Set.copyOf(audiences);
    types = Set.copyOf(types);
  }

  /** How a token is told to be of its issuer. */
  public sealed interface Proof {}

  /**
   * By its signature (RFC 7519).
   *
   * @param algorithms the only ones, by their names of RFC 7518 §3.1
   * @param keys where the keys are; empty for where the discovery document says
   */
  public record Signature(Set<String> algorithms, Optional<URI> keys) implements Proof {
    /** Copies what it is given. */
    public Signature {
      algorithms = Set.copyOf(algorithms);
    }
  }

  /**
   * By asking them (RFC 7662).
   *
   * @param endpoint where
   * @param freshFor how long an answer counts without asking again
   * @param staleFor how long it counts beyond that while they cannot be asked
   */
  public record Introspection(
      URI endpoint, String clientId, String clientSecret, Duration freshFor, Duration staleFor)
      implements Proof {
    @Override
    public String toString() {
      return "Introspection[" + endpoint + "]";
    }
  }

  /**
   * Which claims say what a subject holds, instead of the store.
   *
   * @param organizations the claim with everything: per organization its {@code roles}, {@code
   *     teams} and {@code projects}
   * @param organization the one organization, if there is but one: a claim, or itself
   * @param roles the claim with the roles there
   * @param teams the claim with the roles per team there
   * @param projects the claim with the roles per project there
   * @param names the roles that words in claims stand for; empty if they are role names
   */
  public record ClaimedMemberships(
      Optional<ClaimPath> organizations,
      Optional<ClaimPath> organization,
      Optional<String> onlyOrganization,
      Optional<ClaimPath> roles,
      Optional<ClaimPath> teams,
      Optional<ClaimPath> projects,
      Map<String, String> names) {
    /** Copies what it is given. */
    public ClaimedMemberships {
      names = Map.copyOf(names);
    }
  }
}
