package io.scopegate;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A name server for which every name is 127.0.0.1. Safe from any thread. */
final class NameServer implements AutoCloseable {
  private static final byte[] ANSWER = {
    (byte) 0xc0, 0x0c, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 127, 0, 0, 1
  };

  private final DatagramSocket socket;
  private final Set<String> asked = ConcurrentHashMap.newKeySet();

  /** Starts one at the port that {@code resolv.conf} cannot change. */
  NameServer(String address) throws IOException {
    socket = new DatagramSocket(53, InetAddress.getByName(address));
    Thread thread = new Thread(this::serve, "name-server");
    thread.setDaemon(true);
    thread.start();
  }

  private void serve() {
    byte[] buffer = new byte[512];
    while (!socket.isClosed()) {
      try {
        DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
        socket.receive(packet);
        byte[] reply = reply(Arrays.copyOf(buffer, packet.getLength()));
        socket.send(new DatagramPacket(reply, reply.length, packet.getSocketAddress()));
      } catch (IOException closed) {
        return;
      }
    }
  }

  /** Header, question and, where an IPv4 address is asked for, the address (RFC 1035 §4.1). */
  private byte[] reply(byte[] query) {
    StringBuilder name = new StringBuilder();
    int at = 12;
    while (query[at] != 0) {
      name.append(new String(query, at + 1, query[at], StandardCharsets.US_ASCII)).append('.');
      at += query[at] + 1;
    }
    asked.add(name.toString());
    int end = at + 5;
    boolean address = query[at + 2] == 1;
    byte[] reply = Arrays.copyOf(query, end + (address ? ANSWER.length : 0));
    reply[2] = (byte) 0x81;
    reply[3] = (byte) 0x80;
    reply[7] = (byte) (address ? 1 : 0);
    Arrays.fill(reply, 8, 12, (byte) 0);
    if (address) {
      System.arraycopy(ANSWER, 0, reply, end, ANSWER.length);
    }
    return reply;
  }

  /** Returns the names that somebody has asked for, with the dot at their end. */
  Set<String> asked() {
    return Set.copyOf(asked);
  }

  @Override
  public void close() {
    socket.close();
  }
}
