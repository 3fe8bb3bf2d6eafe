package io.scopegate.authn.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.pkitesting.X509Bundle;
import io.scopegate.Policies;
import io.scopegate.TestSubjects;
import io.scopegate.authn.CacheLimits;
import io.scopegate.authn.Credential;
import io.scopegate.policy.Caller;
import io.scopegate.tls.TestAuthority;
import io.scopegate.tls.TrustedAuthorities;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An issuer whose certificate comes from an authority of the house. */
@Timeout(30)
class IssuerTlsTest {
  @TempDir private Path folder;
  private final TestAuthority authority = new TestAuthority("house");
  private final TestAuthority stranger = new TestAuthority("stranger");
  private final TestSubjects subjects = new TestSubjects();

  private TestIssuer shown(TestAuthority by, String name) throws Exception {
    X509Bundle certificate = by.server(name);
    return TestIssuer.secured(by.showing(certificate));
  }

  private Caller caller(TestIssuer idp, Optional<SSLContext> tls) throws Exception {
    Issuer issuer =
        new Issuer(
            "idp",
            idp.url(),
            new Issuer.Signature(Set.of("ES256"), Optional.empty()),
            Set.of("gw"),
            Set.of("at+jwt"),
            Duration.ZERO,
            false,
            "",
            ClaimPath.parse("sub"),
            Optional.empty(),
            tls);
    String token =
        idp.ecToken(
            Map.of(
                "iss",
                idp.url(),
                "aud",
                "gw",
                "sub",
                "ann",
                "exp",
                Clock.systemUTC().instant().plusSeconds(60).getEpochSecond()));
    try (Sessions sessions =
        new Sessions(List.of(issuer), Set.of(), CacheLimits.embedded(), Clock.systemUTC())) {
      Caller last = new Caller.Unavailable();
      // The first handshake of a process may take longer than a request waits.
      for (int i = 0; i < 5 && last instanceof Caller.Unavailable; i++) {
        last =
            sessions
                .jwts(subjects, subjects)
                .authenticate(Credential.bearer(token), Policies.bare(false))
                .get(20, TimeUnit.SECONDS);
      }
      return last;
    }
  }

  @Test
  void its_keys_count_where_its_authority_is_named_and_nowhere_else() throws Exception {
    TrustedAuthorities house = new TrustedAuthorities(authority.write(folder.resolve("ca.pem")));
    try (TestIssuer idp = shown(authority, "localhost")) {
      assertThat(caller(idp, Optional.of(house.context())))
          .isInstanceOf(Caller.Authenticated.class);
      assertThat(caller(idp, Optional.empty())).isInstanceOf(Caller.Unavailable.class);
    }
    try (TestIssuer idp = shown(stranger, "localhost")) {
      assertThat(caller(idp, Optional.of(house.context()))).isInstanceOf(Caller.Unavailable.class);
    }
    try (TestIssuer idp = shown(authority, "elsewhere.test")) {
      assertThat(caller(idp, Optional.of(house.context())))
          .as("a certificate for another name")
          .isInstanceOf(Caller.Unavailable.class);
    }
  }

  @Test
  void a_changed_file_counts_after_it_was_read_again_and_a_broken_one_never() throws Exception {
    Path file = stranger.write(folder.resolve("ca.pem"));
    TrustedAuthorities trusted = new TrustedAuthorities(file);
    try (TestIssuer idp = shown(authority, "localhost")) {
      assertThat(caller(idp, Optional.of(trusted.context())))
          .isInstanceOf(Caller.Unavailable.class);
      authority.write(file);
      assertThat(trusted.reload()).isEmpty();
      assertThat(caller(idp, Optional.of(trusted.context())))
          .isInstanceOf(Caller.Authenticated.class);
      Files.writeString(file, "nothing");
      assertThat(trusted.reload()).singleElement().asString().contains("stays in force");
      assertThat(caller(idp, Optional.of(trusted.context())))
          .isInstanceOf(Caller.Authenticated.class);
    }
  }
}
