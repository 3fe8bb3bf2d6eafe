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
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A backend on loopback that keeps every request it gets and answers as the test says. Safe from
 * any thread.
 */
public final class RecordingBackend implements AutoCloseable {
  private final ServerSocket listener;
  private final Script script;
  private final BlockingQueue<Received> received = new LinkedBlockingQueue<>();
  private final List<Socket> sockets = new CopyOnWriteArrayList<>();
  private final AtomicInteger requests = new AtomicInteger();
  private final BlockingQueue<String> brokenOff = new LinkedBlockingQueue<>();

  /**
   * A request as it came. Immutable.
   *
   * @param lines the field lines
   * @param connection counts the connections, from 1
   */
  public record Received(
      String startLine, List<String> lines, String body, List<String> trailers, int connection) {

    /** Returns the values of a field by its exact name, but for case. */
    public List<String> values(String name) {
      String start = name.toLowerCase(Locale.ROOT) + ":";
      return lines.stream()
          .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(start))
          .map(line -> line.substring(start.length()).strip())
          .toList();
    }

    /** Returns the value of a field. */
    public Optional<String> value(String name) {
      return values(name).stream().findFirst();
    }
  }

  /** What is done on a connection, again and again until it says so. */
  public interface Script {
    /** Serves one request; returns false to close the connection. */
    boolean serve(Conversation conversation) throws IOException, InterruptedException;
  }

  private RecordingBackend(Script script) throws IOException {
    this.script = script;
    // Some tests connect hundreds at once, faster than the threads below start on a busy machine.
    this.listener = new ServerSocket(0, 1_024, InetAddress.getLoopbackAddress());
    Thread thread = new Thread(this::accept, "recording-backend");
    thread.setDaemon(true);
    thread.start();
  }

  /** Starts one that answers each request with 200 and {@code ok}. */
  public static RecordingBackend start() throws IOException {
    return answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
  }

  /** Starts one that answers each request with these bytes, less the body if it is a HEAD. */
  public static RecordingBackend answering(String answer) throws IOException {
    return scripted(
        conversation -> {
          Optional<Received> request = conversation.request();
          if (request.isEmpty()) {
            return false;
          }
          boolean head = request.get().startLine().startsWith("HEAD ");
          conversation.send(head ? answer.substring(0, answer.indexOf("\r\n\r\n") + 4) : answer);
          return !answer.contains("Connection: close");
        });
  }

  /** Starts one that does as it is told. */
  public static RecordingBackend scripted(Script script) throws IOException {
    return new RecordingBackend(script);
  }

  private void accept() {
    int count = 0;
    while (!listener.isClosed()) {
      try {
        Socket socket = listener.accept();
        sockets.add(socket);
        int number = ++count;
        Thread thread = new Thread(() -> serve(socket, number), "recording-backend-" + number);
        thread.setDaemon(true);
        thread.start();
      } catch (IOException e) {
        return; // closed
      }
    }
  }

  private void serve(Socket socket, int number) {
    try (socket) {
      Conversation conversation = new Conversation(socket, number);
      boolean goesOn = true;
      while (goesOn) {
        goesOn = script.serve(conversation);
      }
    } catch (EOFException e) {
      brokenOff.add(String.valueOf(e.getMessage()));
    } catch (IOException | InterruptedException e) {
      brokenOff.add(String.valueOf(e));
    }
  }

  /** One connection to the backend. Confined to its thread. */
  public final class Conversation {
    private final InputStream in;
    private final OutputStream out;
    private final int number;

    Conversation(Socket socket, int number) throws IOException {
      this.in = new BufferedInputStream(socket.getInputStream());
      this.out = socket.getOutputStream();
      this.number = number;
    }

    /** Returns the number of the connection, from 1. */
    public int number() {
      return number;
    }

    /** Reads the next request and keeps it; empty if the gateway has closed. */
    public Optional<Received> request() throws IOException {
      Optional<Wire.Message> head = head();
      return head.isEmpty() ? Optional.empty() : Optional.of(rest(head.get()));
    }

    /** Reads a head only, which counts as a request. */
    Optional<Wire.Message> head() throws IOException {
      Optional<Wire.Message> head = Wire.head(in);
      if (head.isPresent()) {
        requests.incrementAndGet();
      }
      return head;
    }

    /** Reads the body of a head and keeps the request. */
    Received rest(Wire.Message head) throws IOException {
      Wire.Message whole = Wire.body(in, head, false);
      Received request =
          new Received(whole.startLine(), whole.lines(), whole.body(), whole.trailers(), number);
      received.add(request);
      return request;
    }

    /** Says whether bytes have come that were not read. */
    boolean hasBytes() throws IOException {
      return in.available() > 0;
    }

    /** Reads a single byte, or -1. */
    public int read() throws IOException {
      return in.read();
    }

    /** Sends these characters as bytes. */
    public void send(byte[] bytes) throws IOException {
      out.write(bytes);
      out.flush();
    }

    /** Sends these characters as bytes. */
    public void send(String bytes) throws IOException {
      out.write(bytes.getBytes(StandardCharsets.ISO_8859_1));
      out.flush();
    }
  }

  /** Returns its URL. */
  public String url() {
    return "http://127.0.0.1:" + listener.getLocalPort();
  }

  /** Returns how many heads came. */
  public int requests() {
    return requests.get();
  }

  /** Waits for the next whole request. */
  public Received next() throws InterruptedException {
    Received request = received.poll(10, TimeUnit.SECONDS);
    if (request == null) {
      throw new AssertionError("no request came to the backend");
    }
    return request;
  }

  /** Returns the whole requests that nobody has waited for. */
  public List<Received> rest() {
    return List.copyOf(received);
  }

  /** Waits for a request that broke off; returns what the connection said. */
  public String nextBrokenOff() throws InterruptedException {
    String reason = brokenOff.poll(10, TimeUnit.SECONDS);
    if (reason == null) {
      throw new AssertionError("no request broke off");
    }
    return reason;
  }

  @Override
  public void close() throws IOException {
    listener.close();
    for (Socket socket : sockets) {
      socket.close();
    }
  }
}
