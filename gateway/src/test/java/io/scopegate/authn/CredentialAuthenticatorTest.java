package io.scopegate.authn;

import static org.assertj.core.api.Assertions.assertThat;

import io.scopegate.Policies;
import io.scopegate.policy.Caller;
import io.scopegate.policy.Policy;
import io.scopegate.policy.Principal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class CredentialAuthenticatorTest {
  private static final Policy POLICY = Policies.bare(false);
  private static final Caller INVALID = new Caller.Invalid();
  private static final Caller UNAVAILABLE = new Caller.Unavailable();
  private static final Caller ANN = Caller.Authenticated.session(new Principal("ann", List.of()));
  private static final String PAT = "sgat_" + "a".repeat(49);

  private final List<String> asked = new ArrayList<>();
  private final Map<String, Caller> answers = new HashMap<>();

  private Authenticator named(String name, boolean later) {
    return (credential, policy, address) -> {
      asked.add(name);
      Caller answer = answers.getOrDefault(name, INVALID);
      return later
          ? CompletableFuture.supplyAsync(() -> answer)
          : CompletableFuture.completedFuture(answer);
    };
  }

  private Caller ask(Credential credential) throws Exception {
    Caller now = ask(credential, false);
    List<String> first = List.copyOf(asked);
    assertThat(ask(credential, true)).as("the same when it takes longer").isEqualTo(now);
    assertThat(asked).isEqualTo(first);
    return now;
  }

  private Caller ask(Credential credential, boolean later) throws Exception {
    asked.clear();
    return new CredentialAuthenticator(
            named("tokens", later), named("jwts", later), named("opaque", later))
        .authenticate(credential, POLICY)
        .get();
  }

  @Test
  void what_is_shaped_like_a_personal_access_token_is_one_or_nothing() throws Exception {
    answers.put("jwts", ANN);
    answers.put("opaque", ANN);
    assertThat(ask(Credential.bearer(PAT))).isEqualTo(INVALID);
    assertThat(asked).containsExactly("tokens");
  }

  @Test
  void another_bearer_is_a_jwt_then_imported_then_opaque() throws Exception {
    assertThat(ask(Credential.bearer("x"))).isEqualTo(INVALID);
    assertThat(asked).containsExactly("jwts", "tokens", "opaque");
    answers.put("tokens", ANN);
    assertThat(ask(Credential.bearer("x"))).isEqualTo(ANN);
    assertThat(asked).containsExactly("jwts", "tokens");
  }

  @Test
  void who_cannot_tell_now_has_the_last_word() throws Exception {
    answers.put("jwts", UNAVAILABLE);
    answers.put("tokens", ANN);
    assertThat(ask(Credential.bearer("x"))).isEqualTo(UNAVAILABLE);
    assertThat(asked).containsExactly("jwts");
  }

  @Test
  void the_cookie_carries_sessions_only() throws Exception {
    answers.put("tokens", ANN);
    assertThat(ask(new Credential.SessionCookie(PAT))).isEqualTo(INVALID);
    assertThat(asked).containsExactly("jwts", "opaque");
  }

  @Test
  void what_is_no_credential_is_none_of_the_issuers_business() throws Exception {
    ask(new Credential.None());
    assertThat(asked).containsExactly("tokens");
    ask(new Credential.Unusable());
    assertThat(asked).containsExactly("tokens");
  }
}
