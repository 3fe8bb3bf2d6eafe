package io.scopegate.guard;

import static org.assertj.core.api.Assertions.assertThat;

import io.scopegate.authn.Credential;
import io.scopegate.policy.Bounds;
import io.scopegate.policy.Delegation;
import io.scopegate.route.Cors;
import io.scopegate.route.HttpFields;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SiteCheckTest {
  private static final SiteCheck SITES = new SiteCheck(Set.of("https://app.test"));

  /** Asks for a request to {@code gw.test}; several values are separated by blanks. */
  private static boolean passes(String method, String origin, String site, String upgrade) {
    Map<String, List<String>> fields = new HashMap<>();
    if (!origin.equals("-")) {
      fields.put("Origin", List.of(origin.split(" ")));
    }
    if (!site.equals("-")) {
      fields.put("Sec-Fetch-Site", List.of(site.split(" ")));
    }
    if (!upgrade.equals("-")) {
      fields.put("Upgrade", List.of(upgrade));
    }
    Credential cookie = new Credential.SessionCookie("a session");
    return SITES
        .objection(cookie, method, "gw.test", HttpFields.of(fields), Optional.empty())
        .isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    // what changes nothing
    "GET,     https://evil.test,         cross-site,  -,         true",
    "HEAD,    -,                         -,           -,         true",
    "OPTIONS, null,                      cross-site,  -,         true",
    // what may change something
    "POST,    https://gw.test,           same-origin, -,         true",
    "POST,    https://gw.test,           -,           -,         true",
    "POST,    https://gw.test:443,       -,           -,         true",
    "POST,    http://gw.test,            -,           -,         true",
    "POST,    https://app.test,          cross-site,  -,         true",
    "DELETE,  -,                         same-origin, -,         true",
    "DELETE,  -,                         none,        -,         true",
    "POST,    https://evil.test,         -,           -,         false",
    "POST,    https://evil.test,         same-origin, -,         false",
    "POST,    https://gw.test,           cross-site,  -,         false",
    "POST,    https://gw.test,           same-site,   -,         false",
    "POST,    https://gw.test.evil.test, -,           -,         false",
    "POST,    https://gw.test:8443,      -,           -,         false",
    "POST,    gw.test,                   -,           -,         false",
    "POST,    null,                      -,           -,         false",
    "POST,    null,                      same-origin, -,         false",
    "POST,    https://gw.test https://gw.test, -,     -,         false",
    "POST,    https://gw.test,           none none,   -,         false",
    "POST,    -,                         same-site,   -,         false",
    "POST,    -,                         cross-site,  -,         false",
    "POST,    -,                         -,           -,         false",
    "PROPFIND, -,                        -,           -,         false",
    "post,    https://evil.test,         -,           -,         false",
    // what opens a WebSocket
    "GET,     https://evil.test,         cross-site,  websocket, false",
    "GET,     https://evil.test,         -,           WebSocket, false",
    "GET,     -,                         -,           websocket, false",
    "GET,     https://gw.test,           same-origin, websocket, true",
    "GET,     https://evil.test,         -,           h2c,       true",
  })
  void a_request_with_a_cookie_passes_only_from_this_site_or_a_trusted_one(
      String method, String origin, String site, String upgrade, boolean expected) {
    assertThat(passes(method, origin, site, upgrade)).isEqualTo(expected);
  }

  @Test
  void an_origin_that_the_row_lets_use_a_session_is_trusted_there() {
    Credential cookie = new Credential.SessionCookie("a session");
    HttpFields named = HttpFields.of(Map.of("Origin", List.of("https://page.test")));
    HttpFields twice =
        HttpFields.of(Map.of("Origin", List.of("https://page.test", "https://page.test")));
    HttpFields opening =
        HttpFields.of(
            Map.of("Origin", List.of("https://page.test"), "Upgrade", List.of("websocket")));
    Set<String> pages = Set.of("https://page.test");
    Cors with = new Cors(false, pages, true, "", "", Duration.ofMinutes(1));
    Cors without = new Cors(false, pages, false, "", "", Duration.ofMinutes(1));
    Cors any = new Cors(true, Set.of(), false, "", "", Duration.ofMinutes(1));

    assertThat(SITES.objection(cookie, "POST", "gw.test", named, Optional.of(with))).isEmpty();
    assertThat(SITES.objection(cookie, "GET", "gw.test", opening, Optional.of(with))).isPresent();
    assertThat(SITES.objection(cookie, "POST", "gw.test", twice, Optional.of(with))).isPresent();
    assertThat(SITES.objection(cookie, "POST", "gw.test", named, Optional.of(without))).isPresent();
    assertThat(SITES.objection(cookie, "POST", "gw.test", named, Optional.of(any))).isPresent();
    assertThat(SITES.objection(cookie, "POST", "gw.test", named, Optional.empty())).isPresent();
  }

  @Test
  void a_certificate_that_a_browser_shows_counts_as_a_cookie_and_a_token_does_not() {
    HttpFields foreign = HttpFields.of(Map.of("Origin", List.of("https://evil.test")));
    HttpFields silent = HttpFields.of(Map.of());
    Credential certificate =
        new Credential.Certificate("bob", new Delegation.Full(Bounds.none()), Instant.MAX);
    assertThat(SITES.objection(certificate, "POST", "gw.test", foreign, Optional.empty()))
        .isPresent();
    assertThat(SITES.objection(certificate, "POST", "gw.test", silent, Optional.empty())).isEmpty();
    Credential bearer = Credential.bearer("a token");
    assertThat(SITES.objection(bearer, "POST", "gw.test", foreign, Optional.empty())).isEmpty();
  }
}
