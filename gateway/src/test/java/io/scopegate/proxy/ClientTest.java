package io.scopegate.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.scopegate.authn.Credential;
import io.scopegate.route.HttpFields;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ClientTest {
  private static Client client(String address) {
    return Client.of(
        new InetSocketAddress(address, 1),
        TrustedProxies.parse(List.of("10.0.0.0/8")),
        false,
        new Credential.None());
  }

  private static HttpFields forwarded(String... values) {
    return HttpFields.of(Map.of("X-Forwarded-For", List.of(values)));
  }

  @Test
  void where_a_request_comes_from_is_the_word_of_a_trusted_proxy_only() {
    assertThat(client("192.0.2.1").origin(forwarded("192.0.2.7"))).isEqualTo("192.0.2.1");
    assertThat(client("10.0.0.1").origin(forwarded("192.0.2.7"))).isEqualTo("192.0.2.7");
    assertThat(client("10.0.0.1").origin(forwarded())).isEqualTo("10.0.0.1");
  }

  @Test
  void what_the_trusted_proxy_saw_itself_counts_and_nothing_made_up() {
    assertThat(client("10.0.0.1").origin(forwarded("203.0.113.9, 192.0.2.7")))
        .isEqualTo("192.0.2.7");
    assertThat(client("10.0.0.1").origin(forwarded("203.0.113.9", "2001:db8::1")))
        .isEqualTo("2001:db8::1");
    assertThat(client("10.0.0.1").origin(forwarded("<script>"))).isEqualTo("10.0.0.1");
  }
}
