package io.scopegate.proxy;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** A client that sends exactly the bytes it is given, for tests. Confined to the test's thread. */
public final class RawClient implements AutoCloseable {
  private final Socket socket;
  private final InputStream in;

  /**
   * An answer as it came. Immutable.
   *
   * @param lines the field lines
   */
  public record Answer(
      int status, String startLine, List<String> lines, String body, List<String> trailers) {

    /** Returns the values of a field by its name. */
    public List<String> values(String name) {
      return new Wire.Message(startLine, lines, body, trailers).values(name);
    }

    /** Returns the value of a field. */
    public Optional<String> value(String name) {
      return values(name).stream().findFirst();
    }
  }

  /** Connects. */
  public RawClient(InetSocketAddress address) throws IOException {
    this(address, 0);
  }

  RawClient(InetSocketAddress address, int receiveBuffer) throws IOException {
    this.socket = new Socket();
    if (receiveBuffer > 0) {
      socket.setReceiveBufferSize(receiveBuffer);
    }
    socket.setTcpNoDelay(true);
    socket.connect(address, 5_000);
    socket.setSoTimeout(10_000);
    this.in = new BufferedInputStream(socket.getInputStream());
  }

  /** Sends these characters as bytes. */
  public RawClient send(String bytes) throws IOException {
    return send(bytes.getBytes(StandardCharsets.ISO_8859_1));
  }

  /** Sends these bytes. */
  public RawClient send(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
    socket.getOutputStream().flush();
    return this;
  }

  /** Reads the next answer with its body. */
  public Answer answer() throws IOException {
    return answer(false);
  }

  /** Reads the next answer, which has no body whatever its fields say. */
  public Answer answerToHead() throws IOException {
    return answer(true);
  }

  /** Reads a head and leaves what follows it. */
  Answer head() throws IOException {
    return answer(true);
  }

  private Answer answer(boolean toHead) throws IOException {
    Wire.Message head =
        Wire.head(in).orElseThrow(() -> new IOException("closed without an answer"));
    int status = Integer.parseInt(head.startLine().substring(9, 12));
    boolean bodyless = toHead || status < 200 || status == 204 || status == 304;
    Wire.Message whole = bodyless ? head : Wire.body(in, head, true);
    return new Answer(status, whole.startLine(), whole.lines(), whole.body(), whole.trailers());
  }

  /** Reads some of the bytes that come. */
  public byte[] bytes(int length) throws IOException {
    return in.readNBytes(length);
  }

  /** Says whether the connection ends here; throws if more bytes or none at all come in time. */
  public boolean isClosed() throws IOException {
    try {
      int next = in.read();
      if (next >= 0) {
        throw new AssertionError(
            "more came: " + (char) next + Wire.latin1(in.readNBytes(in.available())));
      }
      return true;
    } catch (SocketException e) {
      return true; // reset
    }
  }

  /** Says whether bytes have come that were not read. */
  boolean hasBytes() throws IOException {
    return in.available() > 0;
  }

  /** Waits for the end, however it comes. */
  void untilClosed() throws IOException {
    isReset();
  }

  /** Says whether the connection ended with a reset instead of an orderly end. */
  boolean isReset() throws IOException {
    try {
      in.readAllBytes();
      return false;
    } catch (SocketException e) {
      return true;
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
