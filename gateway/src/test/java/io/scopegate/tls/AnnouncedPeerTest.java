package io.scopegate.tls;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a listener makes of PROXY protocol headers. */
class AnnouncedPeerTest {
  private static final int LOCAL = 0x20;
  private static final int PROXY = 0x21;
  private static final byte[] ADDRESSES = {
    (byte) 203, 0, 113, 7, (byte) 198, 51, 100, 1, 0x30, 0x39, 0x01, (byte) 0xbb
  };

  private final TestListener listener =
      new TestListener(
          new Threshold(Optional.empty(), Optional.of(InetAddress::isLoopbackAddress)));

  @AfterEach
  void close() {
    listener.close();
  }

  private static byte[] v2(int command, int transport, byte[] addresses) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(new byte[] {13, 10, 13, 10, 0, 13, 10, 'Q', 'U', 'I', 'T', 10});
    out.write(command);
    out.write(transport);
    out.write(addresses.length >> 8);
    out.write(addresses.length);
    out.writeBytes(addresses);
    return out.toByteArray();
  }

  private static byte[] v1(String header) {
    return header.getBytes(StandardCharsets.US_ASCII);
  }

  /** Returns the answer to one byte after the header; empty if the connection is closed. */
  private String answer(TestListener to, byte[] header) throws IOException {
    try (Socket socket = new Socket(to.address().getAddress(), to.address().getPort())) {
      socket.setSoTimeout(5_000);
      socket.getOutputStream().write(header);
      socket.getOutputStream().write('?');
      socket.shutdownOutput();
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
    } catch (SocketException e) {
      return ""; // reset
    }
  }

  @Test
  void the_announced_address_is_the_clients() throws IOException {
    assertThat(answer(listener, v1("PROXY TCP4 203.0.113.7 198.51.100.1 12345 443\r\n")))
        .isEqualTo("203.0.113.7 clear http/1.1");
    assertThat(answer(listener, v1("PROXY TCP6 2001:db8::7 2001:db8::1 12345 443\r\n")))
        .isEqualTo("2001:db8:0:0:0:0:0:7 clear http/1.1");
    assertThat(answer(listener, v2(PROXY, 0x11, ADDRESSES)))
        .isEqualTo("203.0.113.7 clear http/1.1");
  }

  @Test
  void what_the_proxy_says_of_itself_leaves_its_own_address() throws IOException {
    for (byte[] header :
        List.of(
            v1("PROXY UNKNOWN\r\n"),
            v1("PROXY UNKNOWN ffff::1 ffff::2 1 2\r\n"),
            v2(LOCAL, 0x00, new byte[0]),
            v2(LOCAL, 0x11, ADDRESSES),
            v2(PROXY, 0x00, new byte[0]))) {
      assertThat(answer(listener, header)).isEqualTo("127.0.0.1 clear http/1.1");
    }
  }

  @Test
  void a_header_in_pieces_is_one_header() throws Exception {
    try (Socket socket =
        new Socket(listener.address().getAddress(), listener.address().getPort())) {
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(5_000);
      for (byte piece : v2(PROXY, 0x11, ADDRESSES)) {
        socket.getOutputStream().write(piece);
      }
      socket.getOutputStream().write('?');
      assertThat(new String(socket.getInputStream().readNBytes(11), StandardCharsets.US_ASCII))
          .isEqualTo("203.0.113.7");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
        "PROXY TCP4 203.0.113.7 198.51.100.1 12345\r\n",
        "PROXY TCP4 203.0.113.7 198.51.100.1 12345 443 1\r\n",
        "PROXY TCP4 203.0.113.700 198.51.100.1 12345 443\r\n",
        "PROXY TCP4 2001:db8::7 2001:db8::1 12345 443\r\n",
        "PROXY TCP6 203.0.113.7 198.51.100.1 12345 443\r\n",
        "PROXY TCP4 203.0.113.7 198.51.100.1 123456 443\r\n",
        "PROXY TCP4 localhost localhost 12345 443\r\n",
        "PROXY  TCP4 203.0.113.7 198.51.100.1 12345 443\r\n",
        "proxy TCP4 203.0.113.7 198.51.100.1 12345 443\r\n",
        "PROXY UDP4 203.0.113.7 198.51.100.1 12345 443\r\n",
        "PROXY TCP4 203.0.113.7 198.51.100.1 12345 443 and so on and so on and so on and so on and"
            + " so on and so on and so on"
      })
  void a_header_that_is_none_closes(String header) throws IOException {
    assertThat(answer(listener, v1(header))).isEmpty();
  }

  @Test
  void a_binary_header_that_is_none_closes() throws IOException {
    assertThat(answer(listener, v2(0x31, 0x11, ADDRESSES))).as("version").isEmpty();
    assertThat(answer(listener, v2(0x22, 0x11, ADDRESSES))).as("command").isEmpty();
    assertThat(answer(listener, v2(PROXY, 0x12, ADDRESSES))).as("datagrams").isEmpty();
    assertThat(answer(listener, v2(PROXY, 0x31, new byte[216]))).as("UNIX").isEmpty();
    assertThat(answer(listener, v2(PROXY, 0x11, new byte[4]))).as("too short").isEmpty();
    assertThat(answer(listener, v2(PROXY, 0x11, new byte[60_000]))).as("too long").isEmpty();
  }

  @Test
  void a_second_header_is_no_header() throws IOException {
    ByteArrayOutputStream two = new ByteArrayOutputStream();
    two.writeBytes(v1("PROXY TCP4 203.0.113.7 198.51.100.1 12345 443\r\n"));
    String second = "PROXY TCP4 203.0.113.9 198.51.100.1 12345 443\r\n";
    two.writeBytes(v1(second));
    assertThat(answer(listener, two.toByteArray()))
        .doesNotContain("203.0.113.9")
        .hasLineCount(second.length() + 1);
  }

  @Test
  void who_is_not_trusted_is_closed_whatever_it_says() throws IOException {
    try (TestListener wary =
        new TestListener(new Threshold(Optional.empty(), Optional.of(address -> false)))) {
      assertThat(answer(wary, v1("PROXY TCP4 203.0.113.7 198.51.100.1 12345 443\r\n"))).isEmpty();
      assertThat(answer(wary, v1("GET / HTTP/1.1\r\n\r\n"))).isEmpty();
    }
  }
}
