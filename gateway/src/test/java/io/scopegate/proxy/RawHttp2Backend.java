package io.scopegate.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;

/**
 * A backend on loopback that speaks HTTP/2, keeps what it gets and sends exactly the frames that
 * the test says. Safe from any thread.
 */
final class RawHttp2Backend implements AutoCloseable {
  private static final int PREFACE = 24;
  private static final int DATA = 0;
  private static final int HEADERS = 1;
  private static final int RST_STREAM = 3;
  private static final int SETTINGS = 4;
  private static final int PING = 6;
  private static final int GOAWAY = 7;
  private static final int WINDOW_UPDATE = 8;

  private final ServerSocket listener;
  private final Script script;
  private final byte[] settings;
  private final List<Connection> connections = new CopyOnWriteArrayList<>();
  private final BlockingQueue<Stream> requests = new LinkedBlockingQueue<>();
  private final AtomicInteger heads = new AtomicInteger();

  /** What is done with each stream. */
  interface Script {
    /** Answers a request; called when its head is there, and again when its end is. */
    void serve(Stream stream) throws IOException;
  }

  private RawHttp2Backend(Script script, byte[] settings) throws IOException {
    this(script, settings, new ServerSocket(0, 128, InetAddress.getLoopbackAddress()));
  }

  private RawHttp2Backend(Script script, byte[] settings, ServerSocket listener) {
    this.script = script;
    this.settings = settings;
    this.listener = listener;
    Thread thread = new Thread(this::accept, "http2-backend");
    thread.setDaemon(true);
    thread.start();
  }

  /** Starts one that answers each whole request with 200 and {@code ok}. */
  static RawHttp2Backend start() throws IOException {
    return answering(stream -> stream.head(false, ":status", "200").data(true, "ok"));
  }

  /** Starts one that does this at the end of each request. */
  static RawHttp2Backend answering(Script script) throws IOException {
    return scripted(
        stream -> {
          if (stream.isEnded()) {
            script.serve(stream);
          }
        });
  }

  /** Starts one that does as it is told, at the head and at the end of each request. */
  static RawHttp2Backend scripted(Script script) throws IOException {
    return new RawHttp2Backend(script, new byte[0]);
  }

  /** Starts one that says so in its first SETTINGS. */
  static RawHttp2Backend scripted(Script script, int setting, int value) throws IOException {
    return new RawHttp2Backend(
        script, new byte[] {0, (byte) setting, 0, 0, (byte) (value >> 8), (byte) value});
  }

  /** Starts one that speaks TLS and agrees on {@code h2}; answers 200 and {@code ok}. */
  static RawHttp2Backend secured(SSLContext context) throws IOException {
    SSLServerSocket listener =
        (SSLServerSocket)
            context
                .getServerSocketFactory()
                .createServerSocket(0, 128, InetAddress.getLoopbackAddress());
    SSLParameters parameters = listener.getSSLParameters();
    parameters.setApplicationProtocols(new String[] {"h2", "http/1.1"});
    listener.setSSLParameters(parameters);
    return new RawHttp2Backend(
        stream -> {
          if (stream.isEnded()) {
            stream.head(false, ":status", "200").data(true, "ok");
          }
        },
        new byte[0],
        listener);
  }

  int port() {
    return listener.getLocalPort();
  }

  String url() {
    return "h2c://127.0.0.1:" + listener.getLocalPort();
  }

  int connections() {
    return connections.size();
  }

  /** Returns how many heads came. */
  int heads() {
    return heads.get();
  }

  /** Waits for the next whole request. */
  Stream next() throws InterruptedException {
    Stream stream = requests.poll(10, TimeUnit.SECONDS);
    if (stream == null) {
      throw new AssertionError("no request came to the backend");
    }
    return stream;
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Connection connection = new Connection(listener.accept());
        connections.add(connection);
        Thread thread = new Thread(connection::read, "http2-backend-" + connections.size());
        thread.setDaemon(true);
        thread.start();
      } catch (IOException e) {
        return; // closed
      }
    }
  }

  /** One connection. Safe from any thread. */
  final class Connection {
    private final Socket socket;
    private final OutputStream out;
    private final Map<Integer, Stream> streams = new ConcurrentHashMap<>();

    Connection(Socket socket) throws IOException {
      this.socket = socket;
      this.out = socket.getOutputStream();
      frame(SETTINGS, 0, 0, settings);
    }

    private synchronized void frame(int type, int flags, int stream, byte[] payload)
        throws IOException {
      ByteBuf frame = Unpooled.buffer(9 + payload.length);
      frame.writeMedium(payload.length).writeByte(type).writeByte(flags).writeInt(stream);
      frame.writeBytes(payload);
      out.write(frame.array(), 0, frame.readableBytes());
      out.flush();
    }

    /** Says that streams above this one were not looked at. */
    void goAway(int lastStream) throws IOException {
      frame(GOAWAY, 0, 0, Unpooled.buffer(8).writeInt(lastStream).writeInt(0).array());
    }

    void close() throws IOException {
      socket.close();
    }

    private void window(int stream, int increment) throws IOException {
      frame(WINDOW_UPDATE, 0, stream, Unpooled.buffer(4).writeInt(increment).array());
    }

    private void read() {
      DefaultHttp2HeadersDecoder decoder = new DefaultHttp2HeadersDecoder(false);
      try (socket) {
        DataInputStream in = new DataInputStream(socket.getInputStream());
        in.readFully(new byte[PREFACE]);
        while (true) {
          int head = in.readInt();
          int flags = in.readUnsignedByte();
          int id = in.readInt() & 0x7fffffff;
          byte[] payload = new byte[head >>> 8];
          in.readFully(payload);
          take(head & 0xff, flags, id, payload, decoder);
        }
      } catch (IOException | Http2Exception e) {
        streams.values().forEach(stream -> stream.news.add("closed"));
      }
    }

    private void take(
        int type, int flags, int id, byte[] payload, DefaultHttp2HeadersDecoder decoder)
        throws IOException, Http2Exception {
      switch (type) {
        case HEADERS -> {
          Http2Headers headers = decoder.decodeHeaders(id, Unpooled.wrappedBuffer(payload));
          Stream stream = streams.computeIfAbsent(id, key -> new Stream(this, key));
          stream.take(headers, (flags & 1) != 0);
        }
        case DATA -> {
          Stream stream = streams.get(id);
          if (stream != null) {
            stream.take(payload, (flags & 1) != 0);
          }
          if (payload.length > 0) {
            window(0, payload.length);
            if ((flags & 1) == 0) {
              window(id, payload.length);
            }
          }
        }
        case RST_STREAM -> {
          Stream stream = streams.get(id);
          if (stream != null) {
            stream.news.add("reset " + Unpooled.wrappedBuffer(payload).readInt());
          }
        }
        case SETTINGS, PING -> {
          if ((flags & 1) == 0) {
            frame(type, 1, 0, type == PING ? payload : new byte[0]);
          }
        }
        default -> {
          // Nothing that a test looks at.
        }
      }
    }
  }

  /** One request and its answer. Safe from any thread. */
  final class Stream {
    private final Connection connection;
    private final int id;
    private final Map<String, String> fields = new HashMap<>();
    private final Map<String, String> trailers = new HashMap<>();
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();
    private final BlockingQueue<String> news = new LinkedBlockingQueue<>();
    private volatile boolean ended;
    private volatile int number;

    Stream(Connection connection, int id) {
      this.connection = connection;
      this.id = id;
    }

    private void take(Http2Headers headers, boolean end) throws IOException {
      Map<String, String> into = fields.isEmpty() ? fields : trailers;
      headers.forEach(field -> into.put(field.getKey().toString(), field.getValue().toString()));
      if (into == fields) {
        number = heads.incrementAndGet();
        if (!end) {
          script.serve(this);
        }
      }
      endIf(end);
    }

    private void take(byte[] data, boolean end) throws IOException {
      synchronized (body) {
        body.write(data);
      }
      endIf(end);
    }

    private void endIf(boolean end) throws IOException {
      if (end) {
        ended = true;
        requests.add(this);
        script.serve(this);
      }
    }

    boolean isEnded() {
      return ended;
    }

    Connection connection() {
      return connection;
    }

    int id() {
      return id;
    }

    /** Returns how many heads had come with this one. */
    int number() {
      return number;
    }

    Optional<String> value(String name) {
      return Optional.ofNullable(fields.get(name));
    }

    Optional<String> trailer(String name) {
      return Optional.ofNullable(trailers.get(name));
    }

    String body() {
      synchronized (body) {
        return body.toString(StandardCharsets.ISO_8859_1);
      }
    }

    /** Waits for what the gateway did to it: {@code reset CODE} or {@code closed}. */
    String news() throws InterruptedException {
      String first = news.poll(10, TimeUnit.SECONDS);
      return first == null ? "nothing" : first;
    }

    /** Sends a head, or trailers, of these names and values. */
    Stream head(boolean end, String... namesAndValues) throws IOException {
      ByteArrayOutputStream block = new ByteArrayOutputStream();
      for (int i = 0; i < namesAndValues.length; i += 2) {
        block.write(0x10); // a literal that is never indexed (RFC 7541 §6.2.3)
        literal(block, namesAndValues[i]);
        literal(block, namesAndValues[i + 1]);
      }
      connection.frame(HEADERS, end ? 5 : 4, id, block.toByteArray());
      return this;
    }

    private void literal(ByteArrayOutputStream out, String text) throws IOException {
      if (text.length() >= 127) {
        throw new IllegalArgumentException("too long for this test");
      }
      out.write(text.length());
      out.write(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    Stream data(boolean end, String data) throws IOException {
      connection.frame(DATA, end ? 1 : 0, id, data.getBytes(StandardCharsets.ISO_8859_1));
      return this;
    }

    Stream reset(int code) throws IOException {
      connection.frame(RST_STREAM, 0, id, Unpooled.buffer(4).writeInt(code).array());
      return this;
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
    for (Connection connection : connections) {
      connection.close();
    }
  }
}
