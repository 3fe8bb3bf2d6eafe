package io.scopegate.route;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Which pages of other sites may read the answers of a row, and what they may send it (WHATWG Fetch
 * §3.2). Immutable.
 *
 * @param everywhere whether any page may, wherever it comes from; never together with credentials
 * @param origins those whose pages may, as browsers write them (RFC 6454 §6.2); none at all if both
 *     this is empty and {@code everywhere} is false
 * @param credentials whether a page may use the session of whoever looks at it
 * @param allowedHeaders what a request may carry, as the value of its field; empty for nothing more
 *     than what any page may send
 * @param exposedHeaders what a page may read of an answer, as the value of its field; empty for
 *     nothing more than what any page may read
 * @param maxAge how long a browser may remember the answer to a preflight
 */
public record Cors(
    boolean everywhere,
    Set<String> origins,
    boolean credentials,
    String allowedHeaders,
    String exposedHeaders,
    Duration maxAge) {
  /** What stands for any origin. */
  public static final String ANY = "*";

  /** The origin of pages that have none: a sandbox, a file, a redirect. It is nobody's. */
  private static final String NOBODY = "null";

  /**
   * Copies what it is given.
   *
   * @throws IllegalArgumentException if any page could use the session of whoever looks at it
   */
  public Cors {
    if (everywhere && credentials) {
      throw new IllegalArgumentException("credentials for any origin");
    }
    origins = Collections.unmodifiableSet(new LinkedHashSet<>(origins));
  }

  /**
   * Returns what the page that a request comes from is told as the origin that may read the answer;
   * empty if it may not. A request without an origin, or with several, comes from none that may.
   */
  public Optional<String> origin(HttpFields fields) {
    List<String> values = fields.values("origin");
    if (values.size() != 1 || values.get(0).equalsIgnoreCase(NOBODY)) {
      return Optional.empty();
    }
    String origin = values.get(0);
    return everywhere
        ? Optional.of(ANY)
        : origins.contains(origin) ? Optional.of(origin) : Optional.empty();
  }

  /** Says whether a page of this origin may use the session of whoever looks at it. */
  public boolean trusts(String origin) {
    return credentials && origins.contains(origin);
  }
}
