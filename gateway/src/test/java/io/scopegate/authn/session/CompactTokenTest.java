package io.scopegate.authn.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CompactTokenTest {
  private static String encoded(String text) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  private static Optional<CompactToken> withHeader(String header) {
    return CompactToken.parse(encoded(header) + "." + encoded("{}") + "." + encoded("signature"));
  }

  @Test
  void a_plain_token_is_read() {
    CompactToken token =
        withHeader("{\"alg\":\"RS256\",\"kid\":\"k\",\"typ\":\"application/AT+JWT\"}")
            .orElseThrow();
    assertThat(token.algorithm()).isEqualTo("RS256");
    assertThat(token.keyId()).contains("k");
    assertThat(token.type()).contains("at+jwt");
    assertThat(token.payload()).asString().isEqualTo("{}");
    assertThat(withHeader("{\"alg\":\"RS256\"}").orElseThrow().type()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "[]",
        "{\"alg\":null}",
        "{\"alg\":5}",
        "{\"alg\":\"RS256\",\"alg\":\"RS256\"}",
        "{\"alg\":\"RS256\"}{}",
        "{\"alg\":\"RS256\",\"kid\":5}",
        "{\"alg\":\"RS256\",\"typ\":[\"JWT\"]}",
        "{\"alg\":\"RS256\",\"crit\":[]}",
        "{\"alg\":\"RS256\",\"crit\":[\"exp\"],\"exp\":1}",
        "{\"alg\":\"RS256\",\"b64\":true}",
        "{\"alg\":\"RS256\",\"zip\":\"DEF\"}",
        "{\"alg\":\"dir\",\"enc\":\"A128GCM\"}",
        "{\"alg\":\"RS256\",\"jwk\":{}}",
        "{\"alg\":\"RS256\",\"jku\":\"https://idp.test\"}",
        "{\"alg\":\"RS256\",\"x5u\":\"https://idp.test\"}",
        "{\"alg\":\"RS256\",\"x5c\":[]}",
        "{\"alg\":\"RS256\",\"cty\":\"JWT\"}",
        "{\"alg\":\"RS256\",\"cty\":\"application/jwt\"}",
        "{\"alg\":\"RS256\",\"x\":{\"a\":1,\"a\":2}}",
        "{\"alg\":\"RS256\",\"x\":[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]}",
        "{alg:\"RS256\"}",
        "{\"alg\":\"RS256\",}",
        "\ufeff{\"alg\":\"RS256\"}",
      })
  void a_header_that_is_more_than_plain_is_refused(String header) {
    assertThat(withHeader(header)).isEmpty();
  }

  @Test
  void a_token_has_one_spelling() {
    String header = encoded("{\"alg\":\"RS256\"}");
    String good = header + ".e30.AA";
    assertThat(CompactToken.parse(good)).isPresent();
    for (String bad :
        new String[] {
          header + ".e30.AB", // unused bits
          header + ".e30.AA==",
          header + ".e30.AA=",
          header + ".e30.A",
          header + ".e30.A+",
          header + ".e30.A/",
          header + ".e30.A A",
          header + ".e30.AA\n",
          header + ".e30.AA.",
          header + ".e30.AA.AA",
          header + ".e30.AA.AA.AA",
          header + ".e30",
          header,
          "." + good,
          ".e30.AA",
          "",
          header + ".e30." + "AAAA".repeat(2_048),
        }) {
      assertThat(CompactToken.parse(bad)).as(bad).isEmpty();
    }
  }

  @Test
  void json_in_another_encoding_is_refused() {
    byte[] wide = "{\"alg\":\"RS256\"}".getBytes(StandardCharsets.UTF_16BE);
    String header = Base64.getUrlEncoder().withoutPadding().encodeToString(wide);
    assertThat(CompactToken.parse(header + ".e30.AA")).isEmpty();
    assertThat(StrictJson.object(new byte[] {'{', '"', (byte) 0xff, '"', ':', '1', '}'})).isEmpty();
  }
}
