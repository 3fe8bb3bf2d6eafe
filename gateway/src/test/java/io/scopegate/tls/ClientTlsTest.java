package io.scopegate.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ClientTlsTest {
  private static final TestAuthority AUTHORITY = new TestAuthority("authority");
  private static final TestAuthority FOREIGN = new TestAuthority("foreign authority");
  private static final EventLoopGroup LOOPS =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());

  @TempDir private Path folder;

  /** What a backend saw of a connection. */
  private record Seen(String names, String protocol, String peer, String session) {}

  /** A backend that shakes hands and then waits for the end. Safe from any thread. */
  private static final class HandshakingBackend implements AutoCloseable {
    private final ServerSocket listener;
    private final BlockingQueue<Seen> seen = new LinkedBlockingQueue<>();

    HandshakingBackend(SSLContext context) throws IOException {
      SSLServerSocket socket =
          (SSLServerSocket)
              context
                  .getServerSocketFactory()
                  .createServerSocket(0, 10, InetAddress.getLoopbackAddress());
      socket.setWantClientAuth(true);
      socket.setEnabledProtocols(new String[] {"TLSv1.2"});
      SSLParameters parameters = socket.getSSLParameters();
      parameters.setApplicationProtocols(new String[] {"h2", "http/1.1"});
      socket.setSSLParameters(parameters);
      this.listener = socket;
      Thread thread = new Thread(this::accept, "handshaking-backend");
      thread.setDaemon(true);
      thread.start();
    }

    private void accept() {
      while (!listener.isClosed()) {
        try {
          serve((SSLSocket) listener.accept());
        } catch (IOException e) {
          // The client did not like us, or the test is over.
        }
      }
    }

    private void serve(SSLSocket socket) throws IOException {
      socket.startHandshake();
      ExtendedSSLSession session = (ExtendedSSLSession) socket.getSession();
      String peer;
      try {
        peer = session.getPeerPrincipal().getName();
      } catch (SSLPeerUnverifiedException e) {
        peer = "nobody";
      }
      seen.add(
          new Seen(
              session.getRequestedServerNames().toString(),
              socket.getApplicationProtocol(),
              peer,
              HexFormat.of().formatHex(session.getId())));
      socket.getOutputStream().write('!');
      socket.close();
    }

    Seen seen() throws InterruptedException {
      Seen one = seen.poll(10, TimeUnit.SECONDS);
      if (one == null) {
        throw new AssertionError("no handshake came to its end");
      }
      return one;
    }

    int port() {
      return listener.getLocalPort();
    }

    @Override
    public void close() throws IOException {
      listener.close();
    }
  }

  private ClientTls tls(TlsLibrary library, Optional<KeyFiles> key, Optional<String> name)
      throws IOException {
    return new ClientTls(
        new BackendTls(Optional.of(AUTHORITY.write(folder.resolve("ca.crt"))), key, name),
        List.of("http/1.1"),
        library,
        Clock.systemUTC());
  }

  private static Channel connect(ClientTls tls, String host, int port) throws Exception {
    ChannelFuture connecting =
        new Bootstrap()
            .group(LOOPS)
            .channel(NioSocketChannel.class)
            .handler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    tls.secure(channel.pipeline(), host, port, Duration.ofMillis(500));
                  }
                })
            .connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
            .await();
    if (!connecting.isSuccess()) {
      assertThat(connecting.channel().closeFuture().await(5_000)).isTrue();
      throw (Exception) connecting.cause();
    }
    return connecting.channel();
  }

  @ParameterizedTest
  @EnumSource
  void a_backend_is_asked_for_by_name_and_may_be_shown_a_certificate(TlsLibrary library)
      throws Exception {
    X509Bundle own =
        AUTHORITY.issue("CN=gateway", builder -> builder.addExtendedKeyUsageClientAuth());
    KeyFiles key = TestAuthority.write(folder, "gateway", own);
    try (HandshakingBackend backend =
        new HandshakingBackend(AUTHORITY.showing(AUTHORITY.server("core.example")))) {
      connect(tls(library, Optional.of(key), Optional.empty()), "core.example", backend.port());
      Seen seen = backend.seen();
      assertThat(seen.names()).contains("core.example");
      assertThat(seen.protocol()).isEqualTo("http/1.1");
      assertThat(seen.peer()).isEqualTo("CN=gateway");
      connect(tls(library, Optional.empty(), Optional.of("core.example")), "x", backend.port());
      assertThat(backend.seen().peer()).isEqualTo("nobody");
      // Its certificate has the address, too.
      connect(tls(library, Optional.empty(), Optional.empty()), "127.0.0.1", backend.port());
      assertThat(backend.seen().names()).isEqualTo("[]");
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_backend_that_is_not_who_it_should_be_is_not_connected_to(TlsLibrary library)
      throws Exception {
    ClientTls tls = tls(library, Optional.empty(), Optional.empty());
    try (HandshakingBackend backend =
            new HandshakingBackend(AUTHORITY.showing(AUTHORITY.server("core.example")));
        HandshakingBackend foreign =
            new HandshakingBackend(FOREIGN.showing(FOREIGN.server("core.example")))) {
      assertThatThrownBy(() -> connect(tls, "other.example", backend.port()))
          .isInstanceOf(SSLHandshakeException.class);
      assertThatThrownBy(() -> connect(tls, "core.example", foreign.port()))
          .isInstanceOf(SSLHandshakeException.class);
      ClientTls platform =
          new ClientTls(BackendTls.DEFAULT, List.of("http/1.1"), library, Clock.systemUTC());
      assertThatThrownBy(() -> connect(platform, "core.example", backend.port()))
          .isInstanceOf(SSLHandshakeException.class);
    }
  }

  @Test
  void a_backend_that_does_not_speak_tls_is_not_connected_to() throws Exception {
    ClientTls tls = tls(TlsLibrary.best(), Optional.empty(), Optional.empty());
    try (ServerSocket silent = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
      assertThatThrownBy(() -> connect(tls, "core.example", silent.getLocalPort()))
          .isInstanceOf(SSLException.class)
          .hasMessageContaining("timed out");
      CompletableFuture<Void> answer =
          CompletableFuture.runAsync(
              () -> {
                try (Socket first = silent.accept();
                    Socket socket = silent.accept()) {
                  socket
                      .getOutputStream()
                      .write(
                          "HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                  first.getInputStream().readAllBytes();
                } catch (IOException e) {
                  throw new AssertionError(e);
                }
              });
      assertThatThrownBy(() -> connect(tls, "core.example", silent.getLocalPort()))
          .isInstanceOf(SSLException.class);
      answer.get(10, TimeUnit.SECONDS);
    }
  }

  @Test
  void a_session_with_a_backend_is_taken_up_again_by_the_jdks_library() throws Exception {
    ClientTls tls = tls(TlsLibrary.JDK, Optional.empty(), Optional.empty());
    try (HandshakingBackend backend =
        new HandshakingBackend(AUTHORITY.showing(AUTHORITY.server("core.example")))) {
      connect(tls, "core.example", backend.port());
      String first = backend.seen().session();
      connect(tls, "core.example", backend.port());
      assertThat(backend.seen().session()).isEqualTo(first);
    }
  }
}
