package io.scopegate.backend;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** A name server on loopback that says what a test wants. Safe from any thread. */
public final class FakeNameServer implements AutoCloseable {
  private static final int TYPE_A = 1;

  private final DatagramSocket socket;
  private final Map<String, List<String>> addresses = new ConcurrentHashMap<>();
  private final AtomicInteger questions = new AtomicInteger();
  private volatile Mood mood = Mood.ANSWERING;

  /** What it does with a question. */
  public enum Mood {
    ANSWERING,
    SILENT,
    FAILING
  }

  /** Starts one that knows no name. */
  public FakeNameServer() throws IOException {
    this.socket = new DatagramSocket(0, InetAddress.getLoopbackAddress());
    Thread thread = new Thread(this::serve, "fake-name-server");
    thread.setDaemon(true);
    thread.start();
  }

  /** Returns where it is. */
  public InetSocketAddress address() {
    return (InetSocketAddress) socket.getLocalSocketAddress();
  }

  /** Lets a name stand for these addresses, each for a second; none: there is no such name. */
  public FakeNameServer name(String name, String... digits) {
    addresses.put(name, List.of(digits));
    return this;
  }

  /** Behaves so from now on. */
  public void mood(Mood what) {
    mood = what;
  }

  /** Returns how many questions came. */
  public int questions() {
    return questions.get();
  }

  private void serve() {
    byte[] buffer = new byte[1500];
    while (!socket.isClosed()) {
      try {
        DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
        socket.receive(packet);
        questions.incrementAndGet();
        if (mood != Mood.SILENT) {
          byte[] answer = answer(Arrays.copyOf(buffer, packet.getLength()));
          socket.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
        }
      } catch (IOException e) {
        return; // closed
      }
    }
  }

  private byte[] answer(byte[] question) throws IOException {
    StringBuilder name = new StringBuilder();
    int at = 12;
    while (question[at] != 0) {
      name.append(new String(question, at + 1, question[at], StandardCharsets.US_ASCII))
          .append('.');
      at += question[at] + 1;
    }
    int type = ByteBuffer.wrap(question).getShort(at + 1);
    List<String> known = addresses.getOrDefault(name.substring(0, name.length() - 1), List.of());
    List<String> told = type == TYPE_A && mood == Mood.ANSWERING ? known : List.of();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.write(question, 0, 2);
    out.writeShort(0x8180 | (mood == Mood.FAILING ? 2 : known.isEmpty() ? 3 : 0));
    out.writeShort(1);
    out.writeShort(told.size());
    out.writeInt(0);
    out.write(question, 12, at + 5 - 12);
    for (String digits : told) {
      out.writeShort(0xc00c);
      out.writeShort(TYPE_A);
      out.writeShort(1);
      out.writeInt(1);
      out.writeShort(4);
      out.write(InetAddress.getByName(digits).getAddress());
    }
    return bytes.toByteArray();
  }

  @Override
  public void close() {
    socket.close();
  }
}
