package io.scopegate.guard;

import io.scopegate.authn.Credential;
import io.scopegate.route.Cors;
import io.scopegate.route.HttpFields;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Tells requests that a page of another site may have made a browser send: a browser adds the
 * cookie of a session, and shows a client certificate, whoever asks it to. Only what changes
 * something and what opens a WebSocket matters, because the answer to anything else is kept from
 * that page. Immutable.
 */
public final class SiteCheck {
  private static final Set<String> SAFE = Set.of("GET", "HEAD", "OPTIONS");
  private static final Set<String> OWN = Set.of("same-origin", "none");

  private final Set<String> origins;

  /**
   * Trusts these origins besides the gateway's own.
   *
   * @param origins as browsers write them (RFC 6454 §6.2); {@code null} is nobody's
   */
  public SiteCheck(Set<String> origins) {
    this.origins = Set.copyOf(origins);
  }

  /**
   * Returns why a request may come from another site though it has such a credential; empty if it
   * does not, or could do no harm. With a cookie, what does not say where it comes from may come
   * from anywhere; with a certificate it comes from a program, because browsers do say it.
   *
   * @param authority the value of {@code Host} as sent
   * @param cors which pages the rows of the request let use a session
   */
  public Optional<String> objection(
      Credential credential,
      String method,
      String authority,
      HttpFields fields,
      Optional<Cors> cors) {
    boolean asked =
        credential instanceof Credential.SessionCookie
            || (credential instanceof Credential.Certificate && saysSomething(fields));
    return asked ? objection(method, authority, fields, cors) : Optional.empty();
  }

  private static boolean saysSomething(HttpFields fields) {
    return !fields.values("origin").isEmpty() || !fields.values("sec-fetch-site").isEmpty();
  }

  private Optional<String> objection(
      String method, String authority, HttpFields fields, Optional<Cors> cors) {
    if (SAFE.contains(method) && !opensWebSocket(fields)) {
      return Optional.empty();
    }
    List<String> origin = fields.values("origin");
    List<String> site = fields.values("sec-fetch-site");
    if (origin.size() > 1 || site.size() > 1) {
      return Optional.of("`Origin` or `Sec-Fetch-Site` is there more than once");
    }
    boolean saysOwn = !site.isEmpty() && OWN.contains(site.get(0));
    if (origin.isEmpty()) {
      return saysOwn
          ? Optional.empty()
          : Optional.of("the request does not say that it comes from this site");
    }
    boolean trusted =
        origins.contains(origin.get(0))
            || isTrusted(origin.get(0), fields, cors)
            || ((site.isEmpty() || saysOwn) && isOwn(origin.get(0), authority));
    return trusted
        ? Optional.empty()
        : Optional.of("the request comes from a page of another site");
  }

  /** No preflight comes before a WebSocket, so what is said of pages does not speak of it. */
  private static boolean isTrusted(String origin, HttpFields fields, Optional<Cors> cors) {
    return cors.isPresent() && cors.get().trusts(origin) && !opensWebSocket(fields);
  }

  private static boolean opensWebSocket(HttpFields fields) {
    for (String upgrade : fields.values("upgrade")) {
      if (upgrade.toLowerCase(Locale.ROOT).contains("websocket")) {
        return true;
      }
    }
    return false;
  }

  /** Compares host and port: who ends TLS in front of the gateway has changed the scheme. */
  private static boolean isOwn(String origin, String authority) {
    return isOwn(origin, "https://", ":443", authority)
        || isOwn(origin, "http://", ":80", authority);
  }

  private static boolean isOwn(String origin, String scheme, String port, String authority) {
    return origin.startsWith(scheme)
        && without(port, origin.substring(scheme.length()))
            .equalsIgnoreCase(without(port, authority));
  }

  private static String without(String port, String authority) {
    return authority.endsWith(port)
        ? authority.substring(0, authority.length() - port.length())
        : authority;
  }
}
