package io.scopegate.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.scopegate.proxy.RawHttp2Client.Exchange;
import io.scopegate.tls.BackendTls;
import io.scopegate.tls.ClientTls;
import io.scopegate.tls.TestAuthority;
import io.scopegate.tls.TlsLibrary;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Backends over TLS: what is agreed on, and where an answer ends. */
@Timeout(30)
// Text blocks have no CR.
@SuppressWarnings("StringConcatToTextBlock")
class SecuredBackendTest {
  private static final TestAuthority AUTHORITY = new TestAuthority("authority");
  private static final SSLContext SERVER = AUTHORITY.showing(AUTHORITY.server("localhost"));
  private static final String GET = "GET /a HTTP/1.1\r\nHost: gw.test\r\n\r\n";

  @TempDir private Path folder;

  private TestGateway gateway(String url, TlsLibrary library) throws IOException {
    BackendTls settings =
        new BackendTls(
            Optional.of(AUTHORITY.write(folder.resolve("ca.crt"))),
            Optional.empty(),
            Optional.empty());
    List<String> protocols = List.of(url.startsWith("h2") ? "h2" : "http/1.1");
    return TestGateway.with(TestGateway.OPEN)
        .backend("core", url)
        .tls(new ClientTls(settings, protocols, library, Clock.systemUTC()))
        .start();
  }

  /** A backend that shakes hands, and says what came then. Safe from any thread. */
  private static final class Secured implements AutoCloseable {
    private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final BlockingQueue<String> came = new LinkedBlockingQueue<>();
    private final String[] protocols;
    private final String answer;
    private final boolean announcesEnd;

    /**
     * Starts one.
     *
     * @param announcesEnd whether it says that nothing more follows its answer (close_notify)
     */
    Secured(String answer, boolean announcesEnd, String... protocols) throws IOException {
      this.answer = answer;
      this.announcesEnd = announcesEnd;
      this.protocols = protocols;
      Thread thread = new Thread(this::accept, "secured-backend");
      thread.setDaemon(true);
      thread.start();
    }

    private void accept() {
      while (!listener.isClosed()) {
        try (Socket socket = listener.accept()) {
          serve(socket);
        } catch (IOException e) {
          came.add("failed"); // the gateway did not like us, or the test is over
        }
      }
    }

    private void serve(Socket socket) throws IOException {
      SSLSocket secured =
          (SSLSocket) SERVER.getSocketFactory().createSocket(socket, "", socket.getPort(), false);
      secured.setUseClientMode(false);
      SSLParameters parameters = secured.getSSLParameters();
      parameters.setApplicationProtocols(protocols);
      secured.setSSLParameters(parameters);
      secured.startHandshake();
      byte[] bytes = new byte[4096];
      int length = secured.getInputStream().read(bytes);
      came.add(length < 0 ? "end" : new String(bytes, 0, length, StandardCharsets.ISO_8859_1));
      secured.getOutputStream().write(answer.getBytes(StandardCharsets.ISO_8859_1));
      if (announcesEnd) {
        secured.close();
      }
    }

    String came() throws InterruptedException {
      return String.valueOf(came.poll(10, TimeUnit.SECONDS));
    }

    String url(String scheme) {
      return scheme + "://localhost:" + listener.getLocalPort();
    }

    @Override
    public void close() throws IOException {
      listener.close();
    }
  }

  @ParameterizedTest
  @EnumSource
  void http_2_over_tls_is_agreed_on_and_spoken(TlsLibrary library) throws Exception {
    try (RawHttp2Backend backend = RawHttp2Backend.secured(SERVER);
        TestGateway gateway = gateway("h2://localhost:" + backend.port(), library);
        RawClient client = gateway.connect();
        RawHttp2Client http2 = new RawHttp2Client(gateway.address())) {
      assertThat(client.send(GET).answer().body()).isEqualTo("ok");
      RawHttp2Backend.Stream first = backend.next();
      assertThat(first.value(":scheme")).hasValue("https");
      assertThat(http2.answer(http2.get("/b")).body()).isEqualTo("ok");
      assertThat(backend.next().value(":path")).hasValue("/b");
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_backend_that_says_nothing_of_http_2_is_not_spoken_to_in_it(TlsLibrary library)
      throws Exception {
    try (Secured backend = new Secured("", true);
        TestGateway gateway = gateway(backend.url("h2"), library);
        RawClient client = gateway.connect()) {
      RawClient.Answer answer = client.send(GET).answer();
      assertThat(answer.status()).isEqualTo(502);
      assertThat(answer.body()).contains("\"code\":\"backend_unreachable\"");
      assertThat(backend.came()).isEqualTo("end");
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_backend_that_speaks_http_1_alone_is_not_spoken_to_in_http_2(TlsLibrary library)
      throws Exception {
    try (Secured backend = new Secured("", true, "http/1.1");
        TestGateway gateway = gateway(backend.url("h2"), library);
        RawClient client = gateway.connect()) {
      assertThat(client.send(GET).answer().status()).isEqualTo(502);
      assertThat(backend.came()).isEqualTo("failed");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "Transfer-Encoding: chunked\r\n", "Content-Length: 9\r\n"})
  void an_answer_whose_end_nobody_announced_never_looks_whole(String framing) throws Exception {
    String answer = "HTTP/1.1 200 OK\r\n" + framing + "\r\n" + "4\r\npart";
    for (TlsLibrary library : TlsLibrary.values()) {
      try (Secured backend = new Secured(answer, false, "http/1.1");
          TestGateway gateway = gateway(backend.url("https"), library);
          RawClient client = gateway.connect();
          RawHttp2Client http2 = new RawHttp2Client(gateway.address())) {
        assertThatThrownBy(() -> wholeOf(client)).isInstanceOf(IOException.class);
        assertThat(backend.came()).startsWith("GET /a HTTP/1.1");
        Exchange cut = http2.answer(http2.get("/a"));
        assertThat(cut.isEnded() && cut.status() == 200).isFalse();
        assertThat(cut.reset() > 0 || cut.status() == 502).isTrue();
      }
    }
  }

  private static RawClient.Answer wholeOf(RawClient client) throws IOException {
    RawClient.Answer answer = client.send(GET).answer();
    if (answer.status() == 502) {
      throw new IOException("refused as a whole");
    }
    return answer;
  }

  @Test
  void an_answer_whose_end_is_announced_is_whole() throws Exception {
    String answer = "HTTP/1.1 200 OK\r\n\r\nall of it";
    try (Secured backend = new Secured(answer, true, "http/1.1");
        TestGateway gateway = gateway(backend.url("https"), TlsLibrary.best());
        RawClient client = gateway.connect();
        RawHttp2Client http2 = new RawHttp2Client(gateway.address())) {
      assertThat(client.send(GET).answer().body()).isEqualTo("all of it");
      Exchange whole = http2.answer(http2.get("/a"));
      assertThat(whole.body()).isEqualTo("all of it");
      assertThat(whole.isEnded()).isTrue();
    }
  }
}
