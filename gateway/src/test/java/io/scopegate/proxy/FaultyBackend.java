package io.scopegate.proxy;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A backend on loopback that mistreats every fifth request in one way and answers the others with
 * the name of what was asked for. Safe from any thread.
 */
final class FaultyBackend implements AutoCloseable {
  /** One request in so many meets the fault: 20 %. */
  private static final int ONE_IN = 5;

  private static final int INTERIMS = 100_000;
  private static final int PADDING = 2_000;

  private final ServerSocket listener;
  private final Fault fault;
  private final AtomicInteger arrivals = new AtomicInteger();
  private final AtomicInteger faults = new AtomicInteger();
  private final Map<String, AtomicInteger> sent = new ConcurrentHashMap<>();
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();

  /** What is done instead of answering well. */
  enum Fault {
    NONE,
    RESET_BEFORE_HEAD,
    RESET_IN_HEAD,
    RESET_AFTER_HEAD,
    SLOW_HEAD,
    HALF_CLOSE,
    HALF_CLOSE_IN_BODY,
    EARLY_FIN,
    BAD_CHUNKING,
    CUT_CHUNKS,
    SHORT_BODY,
    LONG_BODY,
    ENDLESS_HEAD,
    ENDLESS_INTERIMS
  }

  FaultyBackend(Fault fault) throws IOException {
    this.fault = fault;
    this.listener = new ServerSocket(0, 512, InetAddress.getLoopbackAddress());
    Thread thread = new Thread(this::accept, "faulty-backend");
    thread.setDaemon(true);
    thread.start();
  }

  /** Returns its URL. */
  String url() {
    return "http://127.0.0.1:" + listener.getLocalPort();
  }

  /** Returns how many requests met the fault. */
  int faults() {
    return faults.get();
  }

  /** Returns how often a request came, by its start line. */
  int sent(String startLine) {
    AtomicInteger count = sent.get(startLine);
    return count == null ? 0 : count.get();
  }

  /** Returns how many requests came. */
  int arrivals() {
    return arrivals.get();
  }

  /** Returns the body of a good answer to this target. */
  static String body(String target) {
    return target + "|" + "x".repeat(PADDING) + "|" + target;
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket socket = listener.accept();
        socket.setTcpNoDelay(true);
        sockets.add(socket);
        Thread thread = new Thread(() -> serve(socket), "faulty-connection");
        thread.setDaemon(true);
        thread.start();
      } catch (IOException e) {
        return; // closed
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      InputStream in = new BufferedInputStream(socket.getInputStream());
      boolean goesOn = true;
      while (goesOn) {
        Optional<Wire.Message> head = Wire.head(in);
        if (head.isEmpty()) {
          return;
        }
        sent.computeIfAbsent(head.get().startLine(), key -> new AtomicInteger()).incrementAndGet();
        Wire.body(in, head.get(), false);
        String target = head.get().startLine().split(" ", -1)[1];
        if (arrivals.incrementAndGet() % ONE_IN == 0 && fault != Fault.NONE) {
          faults.incrementAndGet();
          goesOn = mistreat(socket, in, target);
        } else {
          send(socket, good(target));
        }
      }
    } catch (EOFException e) {
      // The gateway gave the request up.
    } catch (IOException e) {
      // The gateway closed.
    } finally {
      sockets.remove(socket);
    }
  }

  private static String good(String target) {
    String body = body(target);
    // By turns with a length and in chunks.
    return target.hashCode() % 2 == 0
        ? fixed(body.length()) + body
        : "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
            + Integer.toHexString(body.length())
            + "\r\n"
            + body
            + "\r\n0\r\n\r\n";
  }

  private static String fixed(int length) {
    return "HTTP/1.1 200 OK\r\nContent-Length: " + length + "\r\n\r\n";
  }

  private static void send(Socket socket, String bytes) throws IOException {
    OutputStream out = socket.getOutputStream();
    out.write(bytes.getBytes(StandardCharsets.ISO_8859_1));
    out.flush();
  }

  /** Does what it should not; returns whether the connection goes on. */
  private boolean mistreat(Socket socket, InputStream in, String target) throws IOException {
    String body = body(target);
    switch (fault) {
      case RESET_BEFORE_HEAD -> socket.setSoLinger(true, 0);
      case RESET_IN_HEAD -> reset(socket, in, "HTTP/1.1 200 OK\r\nContent-Le");
      case RESET_AFTER_HEAD -> reset(socket, in, fixed(body.length()) + body.substring(0, 500));
      case SLOW_HEAD -> {
        send(socket, "HTTP/1.1 2");
        untilClosed(in);
      }
      case HALF_CLOSE -> {
        socket.shutdownOutput();
        untilClosed(in);
      }
      case HALF_CLOSE_IN_BODY -> {
        send(socket, fixed(body.length()) + body.substring(0, 500));
        socket.shutdownOutput();
        untilClosed(in);
      }
      case EARLY_FIN -> send(socket, good(target));
      case BAD_CHUNKING ->
          send(
              socket,
              "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhelloXX\r\n0\r\n\r\n");
      case CUT_CHUNKS ->
          send(socket, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n");
      case SHORT_BODY -> send(socket, fixed(body.length()) + body.substring(0, 500));
      case LONG_BODY -> {
        send(
            socket,
            fixed(body.length()) + body + "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nbad");
        return true;
      }
      case ENDLESS_HEAD -> pour(socket, "HTTP/1.1 200 OK\r\n", "X-More: of the same\r\n", INTERIMS);
      case ENDLESS_INTERIMS ->
          pour(socket, "", "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n", INTERIMS);
      case NONE -> throw new IllegalStateException("there is no fault");
    }
    return false;
  }

  /** Resets the connection, not before the other side has had a chance to read what was sent. */
  private static void reset(Socket socket, InputStream in, String bytes) throws IOException {
    send(socket, bytes);
    socket.setSoTimeout(5);
    try {
      untilClosed(in);
    } catch (IOException waitedEnough) {
      socket.setSoLinger(true, 0);
    }
  }

  private static void untilClosed(InputStream in) throws IOException {
    while (in.read() >= 0) {
      // What comes does not matter.
    }
  }

  private static void pour(Socket socket, String first, String again, int times)
      throws IOException {
    send(socket, first);
    String many = again.repeat(100);
    for (int i = 0; i < times / 100; i++) {
      send(socket, many);
    }
  }

  /** Is gone from now on, with all its connections. */
  void die() throws IOException {
    listener.close();
    for (Socket socket : sockets) {
      socket.close();
    }
  }

  @Override
  public void close() throws IOException {
    die();
  }
}
