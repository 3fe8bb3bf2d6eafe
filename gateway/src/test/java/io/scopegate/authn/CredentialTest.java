package io.scopegate.authn;

import static org.assertj.core.api.Assertions.assertThat;

import io.scopegate.authn.Credential.Ambiguous;
import io.scopegate.authn.Credential.Bearer;
import io.scopegate.authn.Credential.None;
import io.scopegate.authn.Credential.SessionCookie;
import io.scopegate.authn.Credential.Unusable;
import io.scopegate.route.HttpFields;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CredentialTest {
  private static Credential authorization(String... values) {
    return Credential.from(HttpFields.of(Map.of("Authorization", List.of(values))));
  }

  private static String bearer(Credential credential) {
    return ((Bearer) credential).value();
  }

  private static Credential cookies(String... fields) {
    return Credential.from(HttpFields.of(Map.of("Cookie", List.of(fields))));
  }

  private static Credential both(String authorization, String... cookies) {
    return Credential.from(
        HttpFields.of(Map.of("Authorization", List.of(authorization), "Cookie", List.of(cookies))));
  }

  @Test
  void nothing_is_no_credential() {
    assertThat(Credential.from(HttpFields.none())).isEqualTo(new None());
    assertThat(cookies("a=b; c=d")).isEqualTo(new None());
  }

  @ParameterizedTest
  @ValueSource(strings = {"Bearer abc", "bearer abc", "BEARER abc", "Bearer   abc"})
  void a_bearer_is_read_whatever_the_case_of_its_scheme(String value) {
    assertThat(bearer(authorization(value))).isEqualTo("abc");
  }

  @Test
  void a_bearer_takes_every_character_that_the_standard_has() {
    assertThat(bearer(authorization("Bearer azAZ09-._~+/=="))).isEqualTo("azAZ09-._~+/==");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "Bearer",
        "Bearer ",
        "Bearer =",
        "Bearer a=b",
        "Bearer a b",
        "Bearer a ",
        "Bearer a, Bearer b",
        "Bearer\ta",
        "Bearer a\t",
        "Bearerabc",
        " Bearer a",
        "Bearer ä",
        "Bearer \"a\"",
        "Basic YWxpY2U6c2VjcmV0",
        "Negotiate abc",
        "abc"
      })
  void anything_else_in_authorization_is_unusable_and_never_falls_back_to_the_cookie(String value) {
    assertThat(authorization(value)).isEqualTo(new Unusable());
    assertThat(both(value, "__Host-scopegate=session")).isEqualTo(new Unusable());
  }

  @Test
  void of_bearer_and_cookie_the_bearer_counts() {
    assertThat(bearer(both("Bearer abc", "__Host-scopegate=session"))).isEqualTo("abc");
  }

  @Test
  void two_authorization_fields_are_ambiguous_even_if_they_are_equal() {
    assertThat(authorization("Bearer a", "Bearer a"))
        .isEqualTo(new Ambiguous("more than one `Authorization` field"));
    assertThat(authorization("Basic a", "Bearer a")).isInstanceOf(Ambiguous.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "__Host-scopegate=s",
        "a=b; __Host-scopegate=s",
        "a=b;__Host-scopegate=s;c=d",
        " __Host-scopegate = s ; c",
        ";;__Host-scopegate=s;"
      })
  void the_session_cookie_is_found_among_others(String field) {
    assertThat(cookies(field)).isEqualTo(new SessionCookie("s"));
    assertThat(cookies("x=y", field)).isEqualTo(new SessionCookie("s"));
  }

  @Test
  void a_cookie_of_another_name_is_none() {
    assertThat(cookies("x__Host-scopegate=s; __Host-scopegatex=s; a=__Host-scopegate=s"))
        .isEqualTo(new None());
  }

  @Test
  void a_session_cookie_without_a_value_is_one_all_the_same() {
    assertThat(cookies("__Host-scopegate")).isEqualTo(new SessionCookie(""));
    assertThat(cookies("__Host-scopegate=")).isEqualTo(new SessionCookie(""));
  }

  @Test
  void two_session_cookies_are_ambiguous_in_one_field_or_in_two() {
    Ambiguous ambiguous = new Ambiguous("more than one `__Host-scopegate` cookie");

    assertThat(cookies("__Host-scopegate=a; __Host-scopegate=a")).isEqualTo(ambiguous);
    assertThat(cookies("__Host-scopegate=a", "x=y; __Host-scopegate=b")).isEqualTo(ambiguous);
    assertThat(both("Bearer abc", "__Host-scopegate=a; __Host-scopegate")).isEqualTo(ambiguous);
  }

  @Test
  void a_credential_is_never_printed() {
    assertThat(authorization("Bearer secret").toString()).doesNotContain("secret");
    assertThat(cookies("__Host-scopegate=secret").toString()).doesNotContain("secret");
  }
}
