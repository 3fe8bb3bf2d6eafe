package io.scopegate.authn.session;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.ECKey;
import io.scopegate.Policies;
import io.scopegate.SettableClock;
import io.scopegate.TestSubjects;
import io.scopegate.authn.Authenticator;
import io.scopegate.authn.CacheLimits;
import io.scopegate.authn.Credential;
import io.scopegate.policy.Caller;
import io.scopegate.policy.Delegation;
import io.scopegate.policy.Membership;
import io.scopegate.policy.Policy;
import io.scopegate.route.CredentialKind;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class SessionsTest {
  private static final Policy POLICY = Policies.bare(false);
  private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");

  private final SettableClock clock = new SettableClock(NOW);
  private final TestSubjects subjects = new TestSubjects();
  private TestIssuer idp;
  private Sessions sessions;

  @BeforeEach
  void start() throws IOException {
    idp = TestIssuer.start();
    sessions = sessions(issuer(Optional.empty()));
  }

  @AfterEach
  void stop() {
    sessions.close();
    idp.close();
  }

  private Sessions sessions(Issuer... issuers) {
    return new Sessions(
        List.of(issuers), Set.of("cert:"), CacheLimits.embedded(), clock, Duration.ofSeconds(2));
  }

  private Issuer issuer(Optional<Issuer.ClaimedMemberships> memberships) {
    return new Issuer(
        "idp",
        idp.url(),
        new Issuer.Signature(Set.of("RS256", "ES256"), Optional.empty()),
        Set.of("gw"),
        Set.of("at+jwt"),
        Duration.ZERO,
        false,
        "",
        ClaimPath.parse("sub"),
        memberships,
        Optional.empty());
  }

  private Issuer asked(Duration freshFor, Duration staleFor) {
    return new Issuer(
        "idp",
        idp.url(),
        new Issuer.Introspection(
            URI.create(idp.url() + "/introspect"), "gate:way", "s e", freshFor, staleFor),
        Set.of(),
        Set.of(),
        Duration.ZERO,
        true,
        "o:",
        ClaimPath.parse("sub"),
        Optional.empty(),
        Optional.empty());
  }

  private Map<String, Object> claims() {
    Map<String, Object> claims = new HashMap<>();
    claims.put("iss", idp.url());
    claims.put("aud", "gw");
    claims.put("sub", "ann");
    claims.put("exp", NOW.plusSeconds(3_600).getEpochSecond());
    claims.put("scope", "work:read");
    return claims;
  }

  private Map<String, Object> claims(String name, Object value) {
    Map<String, Object> claims = claims();
    claims.put(name, value);
    return claims;
  }

  private CompletableFuture<Caller> asking(Authenticator authenticator, String token) {
    return authenticator.authenticate(Credential.bearer(token), POLICY);
  }

  private Caller jwt(String token) throws Exception {
    return asking(sessions.jwts(subjects, subjects), token).get(20, TimeUnit.SECONDS);
  }

  private Caller opaque(String token) throws Exception {
    return asking(sessions.opaque(subjects, subjects), token).get(20, TimeUnit.SECONDS);
  }

  private Caller.Authenticated session(String token) throws Exception {
    Caller caller = jwt(token);
    assertThat(caller).isInstanceOf(Caller.Authenticated.class);
    return (Caller.Authenticated) caller;
  }

  @Test
  void a_signed_token_is_a_session_of_its_subject_with_its_scopes() throws Exception {
    for (String token : List.of(idp.rsaToken(claims()), idp.ecToken(claims()))) {
      Caller.Authenticated caller = session(token);
      assertThat(caller.principal().subject()).isEqualTo("ann");
      assertThat(caller.kind()).isEqualTo(CredentialKind.SESSION);
      assertThat(caller.tokenId()).isEqualTo("session");
      assertThat(caller.delegation().scopes()).containsExactly("work:read");
    }
    assertThat(idp.keyFetches()).isEqualTo(1);
  }

  @Test
  void scopes_restrict_whatever_they_are() throws Exception {
    Map<String, Object> none = claims();
    none.remove("scope");
    assertThat(session(idp.ecToken(none)).delegation())
        .isInstanceOf(Delegation.Restricted.class)
        .extracting(Delegation::scopes)
        .isEqualTo(List.of());
    assertThat(session(idp.ecToken(claims("scope", "* a,b openid"))).delegation())
        .isInstanceOf(Delegation.Restricted.class)
        .extracting(Delegation::scopes)
        .isEqualTo(List.of("openid"));
    none.put("scp", List.of("b", "a"));
    assertThat(session(idp.ecToken(none)).delegation().scopes()).containsExactly("a", "b");
    Map<String, Object> both = claims("scp", "work:read work:write");
    assertThat(jwt(idp.ecToken(both))).isInstanceOf(Caller.Invalid.class);
  }

  @Test
  void claims_of_the_wrong_type_or_value_are_worth_nothing() throws Exception {
    Map<String, List<Object>> wrong =
        Map.of(
            "iss", List.of("https://other.test", List.of(idp.url()), 1),
            "aud",
                List.of("other", 7, Map.of("gw", true), List.of(List.of("gw")), List.of("gw", 1)),
            "sub", List.of("", "two words", 5, "x".repeat(256), "\u00e9"),
            "exp", List.of("4102444800", NOW.getEpochSecond(), -1, 1e300, true),
            "nbf", List.of(NOW.plusSeconds(1).getEpochSecond(), "now"),
            "iat", List.of("now"),
            "scope", List.of(List.of("work:read"), 1, Map.of()));
    for (Map.Entry<String, List<Object>> entry : wrong.entrySet()) {
      for (Object value : entry.getValue()) {
        assertThat(jwt(idp.ecToken(claims(entry.getKey(), value))))
            .as("%s = %s", entry.getKey(), value)
            .isInstanceOf(Caller.Invalid.class);
      }
      Map<String, Object> without = claims();
      without.remove(entry.getKey());
      boolean needed = Set.of("iss", "aud", "sub", "exp").contains(entry.getKey());
      assertThat(jwt(idp.ecToken(without)) instanceof Caller.Invalid)
          .as("without %s", entry.getKey())
          .isEqualTo(needed);
    }
    assertThat(jwt(idp.ecToken(claims("aud", List.of("other", "gw")))))
        .isInstanceOf(Caller.Authenticated.class);
  }

  @Test
  void headers_and_algorithms_are_the_ones_that_are_configured() throws Exception {
    assertThat(jwt(TestIssuer.signed(idp.rsaKey(), JWSAlgorithm.PS256, "at+jwt", claims())))
        .isInstanceOf(Caller.Invalid.class);
    assertThat(jwt(TestIssuer.signed(idp.rsaKey(), JWSAlgorithm.RS256, "JWT", claims())))
        .isInstanceOf(Caller.Invalid.class);
    assertThat(
            jwt(TestIssuer.signed(idp.ecKey(), JWSAlgorithm.ES256, "application/AT+jwt", claims())))
        .isInstanceOf(Caller.Authenticated.class);
    ECKey foreign = TestIssuer.ec("es1");
    assertThat(jwt(TestIssuer.signed(foreign, JWSAlgorithm.ES256, "at+jwt", claims())))
        .isInstanceOf(Caller.Invalid.class);
  }

  @Test
  void an_end_is_compared_on_every_request_with_the_leeway_of_the_issuer() throws Exception {
    String token = idp.ecToken(claims("exp", NOW.plusSeconds(10).getEpochSecond()));
    assertThat(jwt(token)).isInstanceOf(Caller.Authenticated.class);
    clock.advance(Duration.ofSeconds(10));
    assertThat(jwt(token)).isInstanceOf(Caller.Invalid.class);
    Issuer strict = issuer(Optional.empty());
    Issuer lenient =
        new Issuer(
            strict.name(),
            strict.url(),
            strict.proof(),
            strict.audiences(),
            strict.types(),
            Duration.ofSeconds(60),
            false,
            "",
            strict.subject(),
            strict.memberships(),
            strict.tls());
    sessions.close();
    sessions = sessions(lenient);
    assertThat(jwt(token)).isInstanceOf(Caller.Authenticated.class);
    clock.advance(Duration.ofSeconds(59));
    assertThat(jwt(token)).isInstanceOf(Caller.Authenticated.class);
    clock.advance(Duration.ofSeconds(1));
    assertThat(jwt(token)).isInstanceOf(Caller.Invalid.class);
  }

  @Test
  void a_verified_token_is_not_verified_again_until_the_keys_change() throws Exception {
    String token = idp.ecToken(claims());
    Caller first = jwt(token);
    CompletableFuture<Caller> second = asking(sessions.jwts(subjects, subjects), token);
    assertThat(second).isCompletedWithValue(first);
    idp.publish(idp.rsaKey());
    assertThat(jwt(token)).isSameAs(first);
    sessions.reloaded(true, 2);
    assertThat(jwt(token)).isInstanceOf(Caller.Invalid.class);
    idp.publish(idp.rsaKey(), idp.ecKey());
    clock.advance(LiveKeys.PAUSE);
    assertThat(jwt(token)).isInstanceOf(Caller.Authenticated.class);
  }

  @Test
  void any_number_of_unknown_keys_costs_one_fetch_in_thirty_seconds() throws Exception {
    jwt(idp.ecToken(claims()));
    clock.advance(LiveKeys.PAUSE);
    List<CompletableFuture<Caller>> asked = new ArrayList<>();
    Authenticator authenticator = sessions.jwts(subjects, subjects);
    for (int i = 0; i < 300; i++) {
      ECKey unknown = new ECKey.Builder(idp.ecKey()).keyID("unknown-" + i).build();
      asked.add(
          asking(
              authenticator, TestIssuer.signed(unknown, JWSAlgorithm.ES256, "at+jwt", claims())));
    }
    for (CompletableFuture<Caller> one : asked) {
      assertThat(one.get(20, TimeUnit.SECONDS)).isInstanceOf(Caller.Invalid.class);
    }
    assertThat(idp.keyFetches()).isEqualTo(2);
  }

  @Test
  void a_slow_issuer_keeps_nobody_waiting_but_those_who_need_it() throws Exception {
    CountDownLatch latch = new CountDownLatch(1);
    sessions.close();
    idp.holdUntil(latch);
    sessions = sessions(issuer(Optional.empty()));
    Authenticator authenticator = sessions.jwts(subjects, subjects);
    long start = System.nanoTime();
    CompletableFuture<Caller> waiting = asking(authenticator, idp.ecToken(claims()));
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofMillis(500));
    assertThat(waiting).isNotDone();
    assertThat(jwt("eyJ.e30.x")).isInstanceOf(Caller.Invalid.class);
    latch.countDown();
    assertThat(waiting.get(20, TimeUnit.SECONDS)).isInstanceOf(Caller.Authenticated.class);
  }

  @Test
  void without_keys_nobody_can_be_told() throws Exception {
    idp.away(true);
    sessions.close();
    sessions = sessions(issuer(Optional.empty()));
    assertThat(jwt(idp.ecToken(claims()))).isInstanceOf(Caller.Unavailable.class);
    idp.away(false);
    clock.advance(LiveKeys.FIRST_PAUSE);
    assertThat(jwt(idp.ecToken(claims()))).isInstanceOf(Caller.Authenticated.class);
  }

  @Test
  void a_disabled_subject_has_no_session_at_once() throws Exception {
    String token = idp.ecToken(claims());
    assertThat(jwt(token)).isInstanceOf(Caller.Authenticated.class);
    subjects.disable("ann");
    assertThat(jwt(token)).isInstanceOf(Caller.Invalid.class);
    subjects.lose("ann");
    assertThat(jwt(token)).isInstanceOf(Caller.Unavailable.class);
  }

  @Test
  void roles_come_from_the_claims_that_are_configured_and_no_others() throws Exception {
    Map<String, Object> claims = claims("roles", List.of("admin"));
    claims.put("realm_access", Map.of("roles", List.of("boss", "offline_access")));
    claims.put("projects", Map.of("api", List.of("VIEWER")));
    assertThat(session(idp.ecToken(claims)).principal().memberships()).isEmpty();
    sessions.close();
    sessions =
        sessions(
            issuer(
                Optional.of(
                    new Issuer.ClaimedMemberships(
                        Optional.empty(),
                        Optional.empty(),
                        Optional.of("acme"),
                        Optional.of(ClaimPath.parse("/realm_access/roles")),
                        Optional.empty(),
                        Optional.of(ClaimPath.parse("projects")),
                        Map.of("boss", "OWNER", "VIEWER", "VIEWER")))));
    Membership acme = session(idp.ecToken(claims)).principal().memberships().get(0);
    assertThat(acme.organization().id()).isEqualTo("acme");
    assertThat(acme.roles()).containsExactly("OWNER");
    assertThat(acme.projects()).containsExactly(Map.entry("api", Set.of("VIEWER")));
    claims.put("projects", List.of("api"));
    assertThat(jwt(idp.ecToken(claims))).isInstanceOf(Caller.Invalid.class);
  }

  @Test
  void roles_by_organization_meet_the_organization_that_the_store_has() throws Exception {
    sessions.close();
    sessions =
        sessions(
            issuer(
                Optional.of(
                    new Issuer.ClaimedMemberships(
                        Optional.of(ClaimPath.parse("orgs")),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Map.of()))));
    subjects.organization("acme", "4711", "api");
    Map<String, Object> claims =
        claims(
            "orgs",
            Map.of(
                "4711",
                Map.of("roles", "MEMBER", "projects", Map.of("api", "VIEWER", "none", "VIEWER"))));
    Membership acme = session(idp.ecToken(claims)).principal().memberships().get(0);
    assertThat(acme.organization().id()).isEqualTo("acme");
    assertThat(acme.roles()).containsExactly("MEMBER");
    assertThat(acme.projects()).containsOnlyKeys("api");
  }

  @Test
  void an_opaque_token_is_what_its_issuer_says_for_a_while() throws Exception {
    sessions.close();
    sessions = sessions(asked(Duration.ofSeconds(10), Duration.ZERO));
    idp.knows("good", "{\"active\":true,\"sub\":\"ann\",\"scope\":\"x\"}");
    for (int i = 0; i < 3; i++) {
      Caller.Authenticated caller = (Caller.Authenticated) opaque("good");
      assertThat(caller.principal().subject()).isEqualTo("o:ann");
      assertThat(caller.delegation()).isInstanceOf(Delegation.Full.class);
      assertThat(caller.kind()).isEqualTo(CredentialKind.SESSION);
      assertThat(opaque("bad")).isInstanceOf(Caller.Invalid.class);
    }
    assertThat(idp.questions()).isEqualTo(2);
    // RFC 6749 §2.3.1: each part form-encoded, then both in base64.
    assertThat(idp.authorizations()).containsOnly("Basic Z2F0ZSUzQXdheTpzK2U=");
    idp.forgets("good");
    clock.advance(Duration.ofSeconds(10));
    assertThat(opaque("good")).isInstanceOf(Caller.Invalid.class);
  }

  @Test
  void what_an_issuer_says_of_tokens_that_are_no_session_of_its_is_refused() throws Exception {
    sessions.close();
    sessions = sessions(asked(Duration.ofSeconds(10), Duration.ZERO));
    long past = NOW.getEpochSecond();
    List<String> answers =
        List.of(
            "{\"active\":true}",
            "{\"active\":true,\"sub\":\"ann\",\"exp\":" + past + "}",
            "{\"active\":true,\"sub\":\"ann\",\"iss\":\"https://other.test\"}",
            "{\"active\":true,\"sub\":\"ann\",\"token_type\":\"refresh_token\"}",
            "{\"active\":true,\"sub\":\"two words\"}");
    for (int i = 0; i < answers.size(); i++) {
      idp.knows("token-" + i, answers.get(i));
      assertThat(opaque("token-" + i)).as(answers.get(i)).isInstanceOf(Caller.Invalid.class);
    }
    idp.knows("twice", "{\"active\":false,\"active\":true,\"sub\":\"ann\"}");
    assertThat(opaque("twice")).isInstanceOf(Caller.Unavailable.class);
  }

  @Test
  void while_the_issuer_is_away_known_sessions_go_on_for_so_long_and_no_longer() throws Exception {
    sessions.close();
    sessions = sessions(asked(Duration.ofSeconds(10), Duration.ofSeconds(30)));
    idp.knows("good", "{\"active\":true,\"sub\":\"ann\"}");
    assertThat(opaque("good")).isInstanceOf(Caller.Authenticated.class);
    idp.away(true);
    clock.advance(Duration.ofSeconds(39));
    assertThat(opaque("good")).isInstanceOf(Caller.Authenticated.class);
    assertThat(opaque("other")).isInstanceOf(Caller.Unavailable.class);
    clock.advance(Duration.ofSeconds(1));
    assertThat(opaque("good")).isInstanceOf(Caller.Unavailable.class);
    idp.away(false);
    clock.advance(Duration.ofSeconds(1));
    assertThat(opaque("good")).isInstanceOf(Caller.Authenticated.class);
  }

  @Test
  void no_issuer_is_shown_the_token_of_another() throws Exception {
    Issuer other = asked(Duration.ofSeconds(10), Duration.ZERO);
    sessions.close();
    sessions = sessions(issuer(Optional.empty()), other);
    Map<String, Object> expired = claims("exp", NOW.getEpochSecond());
    assertThat(opaque(idp.ecToken(expired))).isInstanceOf(Caller.Invalid.class);
    assertThat(opaque("sgat_" + "a".repeat(49))).isInstanceOf(Caller.Invalid.class);
    assertThat(idp.questions()).isZero();
    assertThat(jwt(idp.ecToken(claims("sub", "o:ann"))))
        .as("a subject of another issuer")
        .isInstanceOf(Caller.Invalid.class);
    assertThat(jwt(idp.ecToken(claims("sub", "cert:ann"))))
        .as("a subject of a client certificate")
        .isInstanceOf(Caller.Invalid.class);
  }
}
