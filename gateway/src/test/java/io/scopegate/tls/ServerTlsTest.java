package io.scopegate.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.pkitesting.X509Bundle;
import io.scopegate.file.Problem;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ServerTlsTest {
  private static final TestAuthority AUTHORITY = new TestAuthority("authority");
  private static final TestAuthority CLIENTS = new TestAuthority("authority of clients");

  /** Of the same name, so that clients show its certificates, and with another key. */
  private static final TestAuthority FOREIGN = new TestAuthority("authority of clients");

  private static final Duration PATIENCE = Duration.ofSeconds(10);

  @TempDir private Path folder;

  private ListenerTls settings(String... names) throws IOException {
    List<KeyFiles> pairs = new ArrayList<>();
    for (String name : names) {
      String file = name.replace("*", "any");
      pairs.add(TestAuthority.write(folder, file, AUTHORITY.server(name)));
    }
    return new ListenerTls(pairs, TlsVersion.TLS_1_2, PATIENCE, Optional.empty());
  }

  private static ServerTls tls(ListenerTls settings, TlsLibrary library) throws IOException {
    return new ServerTls(settings, List.of("h2", "http/1.1"), library, Clock.systemUTC());
  }

  private static TestListener listener(ServerTls tls) {
    return new TestListener(new Threshold(Optional.of(tls), Optional.empty()));
  }

  /** A client's connection after its handshake. Confined to the test's thread. */
  private static final class Client implements AutoCloseable {
    private final SSLSocket socket;
    private final BufferedReader in;

    Client(TestListener listener, SSLContext context, Consumer<SSLParameters> change)
        throws IOException {
      this.socket = (SSLSocket) context.getSocketFactory().createSocket();
      socket.connect(listener.address(), 5_000);
      socket.setSoTimeout(10_000);
      SSLParameters parameters = socket.getSSLParameters();
      change.accept(parameters);
      socket.setSSLParameters(parameters);
      socket.startHandshake();
      this.in =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
    }

    Client(TestListener listener, String... names) throws IOException {
      this(
          listener,
          AUTHORITY.client(),
          parameters ->
              parameters.setServerNames(
                  Arrays.stream(names)
                      .<javax.net.ssl.SNIServerName>map(SNIHostName::new)
                      .toList()));
    }

    String ask() throws IOException {
      socket.getOutputStream().write('?');
      return String.valueOf(in.readLine());
    }

    String shown() throws IOException {
      X509Certificate certificate = (X509Certificate) socket.getSession().getPeerCertificates()[0];
      return certificate.getSubjectX500Principal().getName().substring("CN=".length());
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }

  @Test
  void boringssl_is_there_on_this_platform() {
    assertThat(TlsLibrary.best()).isEqualTo(TlsLibrary.BORINGSSL);
  }

  @ParameterizedTest
  @EnumSource
  void tls_1_2_and_1_3_are_spoken_and_a_protocol_is_agreed_on(TlsLibrary library)
      throws IOException {
    ServerTls tls = tls(settings("a.example"), library);
    try (TestListener listener = listener(tls)) {
      for (String version : List.of("TLSv1.2", "TLSv1.3")) {
        try (Client client =
            new Client(
                listener,
                AUTHORITY.client(),
                parameters -> {
                  parameters.setProtocols(new String[] {version});
                  parameters.setApplicationProtocols(new String[] {"http/1.1", "h2"});
                })) {
          assertThat(client.socket.getSession().getProtocol()).isEqualTo(version);
          assertThat(client.ask()).isEqualTo("127.0.0.1 secure h2");
        }
      }
      try (Client client = new Client(listener)) {
        assertThat(client.ask()).isEqualTo("127.0.0.1 secure http/1.1");
      }
    }
    assertThat(tls.handshakes()).isEqualTo(3);
    assertThat(tls.failedHandshakes()).isZero();
  }

  @ParameterizedTest
  @EnumSource
  void what_is_weaker_than_the_settings_is_refused(TlsLibrary library) throws IOException {
    ListenerTls lax = settings("a.example");
    ListenerTls strict =
        new ListenerTls(lax.certificates(), TlsVersion.TLS_1_3, PATIENCE, Optional.empty());
    try (TestListener listener = listener(tls(strict, library))) {
      refused(listener, parameters -> parameters.setProtocols(new String[] {"TLSv1.2"}));
    }
    try (TestListener listener = listener(tls(lax, library))) {
      refused(
          listener,
          parameters -> {
            parameters.setProtocols(new String[] {"TLSv1.2"});
            parameters.setCipherSuites(new String[] {"TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256"});
          });
    }
  }

  private static void refused(TestListener listener, Consumer<SSLParameters> change) {
    assertThatThrownBy(() -> new Client(listener, AUTHORITY.client(), change))
        .isInstanceOf(SSLException.class);
  }

  @ParameterizedTest
  @EnumSource
  void the_certificate_is_chosen_by_the_name_that_the_client_asks_for(TlsLibrary library)
      throws IOException {
    ServerTls tls = tls(settings("a.example", "*.b.example", "c.b.example"), library);
    try (TestListener listener = listener(tls)) {
      assertThat(shown(listener, "a.example")).isEqualTo("a.example");
      assertThat(shown(listener, "A.Example")).isEqualTo("a.example");
      assertThat(shown(listener, "x.b.example")).isEqualTo("*.b.example");
      assertThat(shown(listener, "c.b.example")).isEqualTo("c.b.example");
      assertThat(shown(listener)).isEqualTo("a.example");
      for (String unknown : List.of("b.example", "x.y.b.example", "localhost")) {
        assertThatThrownBy(() -> shown(listener, unknown))
            .as(unknown)
            .isInstanceOf(SSLException.class)
            .hasMessageContaining("unrecognized_name");
      }
    }
    assertThat(tls.failedHandshakes()).isEqualTo(3);
  }

  @Test
  void a_single_certificate_is_shown_whatever_the_name() throws IOException {
    try (TestListener listener = listener(tls(settings("a.example"), TlsLibrary.best()))) {
      assertThat(shown(listener, "other.example")).isEqualTo("a.example");
    }
  }

  private static String shown(TestListener listener, String... names) throws IOException {
    try (Client client = new Client(listener, names)) {
      assertThat(client.ask()).startsWith("127.0.0.1 secure");
      return client.shown();
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_changed_certificate_is_shown_to_new_connections_and_old_ones_live_on(TlsLibrary library)
      throws IOException {
    ListenerTls settings = settings("a.example");
    ServerTls tls = tls(settings, library);
    try (TestListener listener = listener(tls);
        Client old = new Client(listener)) {
      TestAuthority.write(folder, "a.example", AUTHORITY.server("new.example"));
      assertThat(tls.reload()).isEmpty();
      assertThat(shown(listener)).isEqualTo("new.example");
      assertThat(old.ask()).startsWith("127.0.0.1 secure");
      assertThat(old.shown()).isEqualTo("a.example");
    }
  }

  @Test
  void a_broken_pair_leaves_the_old_one_in_force_and_is_told() throws IOException {
    ListenerTls settings = settings("a.example");
    ServerTls tls = tls(settings, TlsLibrary.best());
    Path key = settings.certificates().get(0).key();
    try (TestListener listener = listener(tls)) {
      Files.writeString(key, AUTHORITY.server("other.example").getPrivateKeyPEM());
      assertThat(tls.reload())
          .extracting(Problem::toString)
          .containsExactly(
              key
                  + ":1:1: warning: the file has another key than the certificate in `"
                  + settings.certificates().get(0).certificate()
                  + "`: what was read before stays in force");
      assertThat(tls.failedReloads()).isEqualTo(1);
      assertThat(shown(listener)).isEqualTo("a.example");
    }
  }

  private ListenerTls asking(boolean required, Optional<SubjectRule> subject) throws IOException {
    return new ListenerTls(
        settings("a.example").certificates(),
        TlsVersion.TLS_1_2,
        PATIENCE,
        Optional.of(
            new ClientCertificates(CLIENTS.write(folder.resolve("ca.crt")), required, subject)));
  }

  private static X509Bundle certificate(TestAuthority authority, String name) {
    return authority.issue(
        "CN=client",
        builder ->
            builder
                .addSanUriName(URI.create("spiffe://example.org/" + name))
                .addExtendedKeyUsageClientAuth());
  }

  private static String asked(TestListener listener, SSLContext context, String version)
      throws IOException {
    try (Client client =
        new Client(
            listener, context, parameters -> parameters.setProtocols(new String[] {version}))) {
      return client.ask();
    }
  }

  /** Trusts the authority of servers and shows a certificate of another one. */
  private static SSLContext showing(TestAuthority issuer, String name) throws Exception {
    SSLContext context = SSLContext.getInstance("TLS");
    javax.net.ssl.KeyManagerFactory keys = certificate(issuer, name).toKeyManagerFactory();
    context.init(keys.getKeyManagers(), AUTHORITY.trust(), null);
    return context;
  }

  @ParameterizedTest
  @EnumSource
  void a_client_certificate_is_verified_and_says_who_the_client_is(TlsLibrary library)
      throws Exception {
    SubjectRule rule = new SubjectRule(SubjectRule.From.URI, "x:", Optional.empty());
    ServerTls tls = tls(asking(true, Optional.of(rule)), library);
    try (TestListener listener = listener(tls)) {
      for (String version : List.of("TLSv1.2", "TLSv1.3")) {
        assertThat(asked(listener, showing(CLIENTS, "billing"), version))
            .isEqualTo("127.0.0.1 secure http/1.1 x:spiffe://example.org/billing");
        assertThatThrownBy(() -> asked(listener, AUTHORITY.client(), version))
            .isInstanceOf(IOException.class);
        assertThatThrownBy(() -> asked(listener, showing(FOREIGN, "billing"), version))
            .isInstanceOf(IOException.class);
      }
    }
    assertThat(tls.handshakes()).isEqualTo(2);
  }

  @ParameterizedTest
  @EnumSource
  void a_certificate_that_is_not_required_may_be_missing_but_not_be_foreign(TlsLibrary library)
      throws Exception {
    SubjectRule rule = new SubjectRule(SubjectRule.From.DNS, "", Optional.empty());
    try (TestListener listener = listener(tls(asking(false, Optional.of(rule)), library))) {
      assertThat(asked(listener, AUTHORITY.client(), "TLSv1.3"))
          .isEqualTo("127.0.0.1 secure http/1.1");
      assertThat(asked(listener, showing(CLIENTS, "billing"), "TLSv1.3"))
          .isEqualTo("127.0.0.1 secure http/1.1 nobody");
      assertThatThrownBy(() -> asked(listener, showing(FOREIGN, "billing"), "TLSv1.3"))
          .isInstanceOf(IOException.class);
    }
  }

  @Test
  void a_certificate_is_no_credential_unless_the_listener_says_so() throws Exception {
    try (TestListener listener = listener(tls(asking(true, Optional.empty()), TlsLibrary.best()))) {
      assertThat(asked(listener, showing(CLIENTS, "billing"), "TLSv1.3"))
          .isEqualTo("127.0.0.1 secure http/1.1");
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_session_is_taken_up_again_until_what_was_read_has_changed(TlsLibrary library)
      throws Exception {
    SSLContext context = AUTHORITY.client();
    ServerTls tls = tls(settings("a.example"), library);
    try (TestListener listener = listener(tls)) {
      byte[] first = sessionId(listener, context);
      assertThat(sessionId(listener, context)).isEqualTo(first);
      TestAuthority.write(folder, "a.example", AUTHORITY.server("a.example"));
      assertThat(tls.reload()).isEmpty();
      assertThat(sessionId(listener, context)).isNotEqualTo(first);
    }
  }

  private static byte[] sessionId(TestListener listener, SSLContext context) throws IOException {
    try (Client client =
        new Client(
            listener, context, parameters -> parameters.setProtocols(new String[] {"TLSv1.2"}))) {
      assertThat(client.ask()).startsWith("127.0.0.1 secure");
      return client.socket.getSession().getId();
    }
  }

  @Test
  void renegotiation_ends_the_connection() throws IOException {
    try (TestListener listener = listener(tls(settings("a.example"), TlsLibrary.BORINGSSL));
        Client client =
            new Client(
                listener,
                AUTHORITY.client(),
                parameters -> parameters.setProtocols(new String[] {"TLSv1.2"}))) {
      assertThat(client.ask()).startsWith("127.0.0.1 secure");
      assertThatThrownBy(
              () -> {
                client.socket.startHandshake();
                // The end shows at the latest when something is to be read.
                if (client.ask().equals("null")) {
                  throw new IOException("closed");
                }
              })
          .isInstanceOf(IOException.class);
    }
  }

  @Test
  void a_client_that_speaks_http_in_the_clear_is_told() throws IOException {
    ServerTls tls = tls(settings("a.example"), TlsLibrary.best());
    try (TestListener listener = listener(tls)) {
      assertThat(rawAnswer(listener, "GET / HTTP/1.1\r\nHost: a.example\r\n\r\n"))
          .isEqualTo(TestListener.CLEAR_TEXT_ANSWER);
      assertThat(rawAnswer(listener, "\u0000garbage")).isEmpty();
    }
    assertThat(tls.failedHandshakes()).isEqualTo(2);
  }

  private static String rawAnswer(TestListener listener, String bytes) throws IOException {
    try (Socket socket =
        new Socket(listener.address().getAddress(), listener.address().getPort())) {
      socket.setSoTimeout(10_000);
      socket.getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    }
  }

  @Test
  void a_handshake_that_takes_too_long_is_ended() throws IOException {
    ListenerTls hasty =
        new ListenerTls(
            settings("a.example").certificates(),
            TlsVersion.TLS_1_2,
            Duration.ofMillis(200),
            Optional.empty());
    try (TestListener listener = listener(tls(hasty, TlsLibrary.best()))) {
      for (String begun : List.of("", "\u0016\u0003\u0001\u0002")) {
        assertThat(rawAnswer(listener, begun)).isEmpty();
      }
    }
  }
}
