package io.scopegate.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HostPatternTest {

  @ParameterizedTest
  @CsvSource(
      nullValues = "no",
      value = {
        "api.example.com,   api.example.com,     ''",
        "API.example.com,   api.example.com,     ''",
        "api.example.com,   xapi.example.com,    no",
        "{org}.example.com, acme.example.com,    acme",
        "{org}.example.com, a.b.example.com,     no",
        "{org}.example.com, example.com,         no",
        "{org}.example.com, acme.xexample.com,   no",
        "[::1],             [::1],               ''",
      })
  void a_host_matches_whole_or_with_one_label(String pattern, String host, String label) {
    assertThat(HostPattern.parse(pattern).match(host).orElse(null)).isEqualTo(label);
  }

  @ParameterizedTest
  @CsvSource({
    "'', no host",
    "example.com:80, no host",
    "example..com, no host",
    "example.com., no host",
    "'a b', no host",
    "*.example.com, no host",
    "{org}, needs a literal host",
    "{org}example.com, needs a literal host",
    "{org}., no host",
    "{org.example.com, without its",
    "{}.example.com, has no name",
    "api.{org}.com, only as its whole first label",
    "{a}.{b}.com, only as its whole first label",
    "x{org}.example.com, only as its whole first label",
  })
  void a_broken_host_is_refused_with_what_is_wrong(String pattern, String message) {
    assertThatThrownBy(() -> HostPattern.parse(pattern))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  @Test
  void the_label_is_a_name() {
    assertThat(HostPattern.parse("{org}.example.com").label()).contains("org");
  }
}
