package io.scopegate.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/**
 * A client that sends exactly the HTTP/2 frames it is given and keeps what comes back, for tests.
 * Safe from any thread.
 */
public final class RawHttp2Client implements AutoCloseable {
  static final int END_STREAM = 1;
  static final int END_HEADERS = 4;

  private static final int DATA = 0;
  private static final int HEADERS = 1;
  private static final int RST_STREAM = 3;
  private static final int SETTINGS = 4;
  private static final int PING = 6;
  private static final int GOAWAY = 7;
  private static final int WINDOW_UPDATE = 8;

  private final Socket socket;
  private final OutputStream out;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition news = lock.newCondition();
  private final Map<Integer, Exchange> exchanges = new ConcurrentHashMap<>();
  private final Map<Integer, Integer> settings = new ConcurrentHashMap<>();
  private final boolean givesWindow;
  private volatile int goAway = -1;
  private volatile boolean closed;
  private int nextStream = 1;
  private boolean together;

  /** What came back on one stream. Safe from any thread. */
  public static final class Exchange {
    private final Map<String, String> head = new LinkedHashMap<>();
    private final Map<String, String> trailers = new LinkedHashMap<>();
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();
    private int interim;
    private volatile int status;
    private volatile int reset = -1;
    private volatile boolean ended;

    /** Returns the status, or 0 if there is none. */
    public int status() {
      return status;
    }

    /** Returns the value of a field of the head. */
    public Optional<String> value(String name) {
      return Optional.ofNullable(head.get(name));
    }

    /** Returns the value of a trailer. */
    public Optional<String> trailer(String name) {
      return Optional.ofNullable(trailers.get(name));
    }

    /** Returns the body that came so far. */
    public synchronized String body() {
      return body.toString(StandardCharsets.ISO_8859_1);
    }

    synchronized int bodyLength() {
      return body.size();
    }

    /** Returns how many interim answers came. */
    public synchronized int interim() {
      return interim;
    }

    private synchronized void countInterim() {
      interim++;
    }

    /** Returns the code of the reset, or -1. */
    public int reset() {
      return reset;
    }

    /** Says whether the answer is whole. */
    public boolean isEnded() {
      return ended;
    }
  }

  /** Connects and sends the preface and empty settings. */
  public RawHttp2Client(InetSocketAddress address) throws IOException {
    this(address, new byte[0], true);
  }

  /**
   * Connects and sends the preface.
   *
   * @param settings the payload of the first SETTINGS frame
   * @param givesWindow whether what is read is given back to the peer's window
   */
  RawHttp2Client(InetSocketAddress address, byte[] settings, boolean givesWindow)
      throws IOException {
    this(connected(address), settings, givesWindow);
    Thread reader = new Thread(this::read, "http2-client");
    reader.setDaemon(true);
    reader.start();
  }

  private RawHttp2Client(Socket socket, byte[] settings, boolean givesWindow) throws IOException {
    this.givesWindow = givesWindow;
    this.socket = socket;
    this.out = new BufferedOutputStream(socket.getOutputStream(), 1 << 16);
    out.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    frame(SETTINGS, 0, 0, settings);
  }

  private static Socket connected(InetSocketAddress address) throws IOException {
    Socket socket = new Socket();
    socket.setTcpNoDelay(true);
    socket.connect(address, 5_000);
    return socket;
  }

  /** Returns one that never reads a byte. */
  static RawHttp2Client withoutReading(InetSocketAddress address) throws IOException {
    return new RawHttp2Client(connected(address), new byte[0], false);
  }

  /** Sends a frame. */
  synchronized RawHttp2Client frame(int type, int flags, int stream, byte[] payload)
      throws IOException {
    ByteBuf frame = Unpooled.buffer(9 + payload.length);
    frame.writeMedium(payload.length).writeByte(type).writeByte(flags).writeInt(stream);
    frame.writeBytes(payload);
    out.write(frame.array(), 0, frame.readableBytes());
    if (!together) {
      out.flush();
    }
    return this;
  }

  /** Frames to send. */
  interface Frames {
    /** Sends them. */
    void send() throws IOException;
  }

  /** Sends frames in one piece, so that they are read in one piece. */
  synchronized RawHttp2Client together(Frames frames) throws IOException {
    together = true;
    frames.send();
    together = false;
    out.flush();
    return this;
  }

  /** Sends bytes that are no frame. */
  synchronized RawHttp2Client bytes(byte[] bytes) throws IOException {
    out.write(bytes);
    out.flush();
    return this;
  }

  /** Returns the id of a new stream. */
  int newStream() {
    int stream = nextStream;
    nextStream += 2;
    exchanges.put(stream, new Exchange());
    return stream;
  }

  /** Sends a head of these names and values. */
  RawHttp2Client headers(int stream, boolean end, String... namesAndValues) throws IOException {
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      block.write(0x10); // a literal that is never indexed (RFC 7541 §6.2.3)
      literal(block, namesAndValues[i]);
      literal(block, namesAndValues[i + 1]);
    }
    return frame(HEADERS, END_HEADERS | (end ? END_STREAM : 0), stream, block.toByteArray());
  }

  private static void literal(ByteArrayOutputStream out, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    if (bytes.length < 127) {
      out.write(bytes.length);
    } else {
      out.write(127);
      int rest = bytes.length - 127;
      while (rest >= 128) {
        out.write((rest & 127) | 128);
        rest >>>= 7;
      }
      out.write(rest);
    }
    out.write(bytes);
  }

  /** Sends a request without a body on a new stream; returns the stream. */
  public int get(String path, String... more) throws IOException {
    return request("GET", path, true, more);
  }

  /** Sends the head of a request on a new stream; returns the stream. */
  public int request(String method, String path, boolean end, String... more) throws IOException {
    int stream = newStream();
    String[] block = new String[8 + more.length];
    String[] pseudo = {
      ":method", method, ":scheme", "http", ":authority", "gw.test", ":path", path
    };
    System.arraycopy(pseudo, 0, block, 0, 8);
    System.arraycopy(more, 0, block, 8, more.length);
    headers(stream, end, block);
    return stream;
  }

  public RawHttp2Client data(int stream, boolean end, String data) throws IOException {
    return frame(DATA, end ? END_STREAM : 0, stream, data.getBytes(StandardCharsets.ISO_8859_1));
  }

  RawHttp2Client reset(int stream, int code) throws IOException {
    return frame(RST_STREAM, 0, stream, Unpooled.buffer(4).writeInt(code).array());
  }

  RawHttp2Client ping() throws IOException {
    return frame(PING, 0, 0, new byte[8]);
  }

  RawHttp2Client window(int stream, int increment) throws IOException {
    return frame(WINDOW_UPDATE, 0, stream, Unpooled.buffer(4).writeInt(increment).array());
  }

  /** Returns what came back on a stream so far. */
  public Exchange exchange(int stream) {
    return exchanges.computeIfAbsent(stream, id -> new Exchange());
  }

  /** Waits until a stream is answered whole or reset, or the connection is closed. */
  public Exchange answer(int stream) throws InterruptedException {
    Exchange exchange = exchange(stream);
    await(() -> exchange.isEnded() || exchange.reset() >= 0);
    return exchange;
  }

  /** Waits until something holds, the connection is closed or ten seconds have passed. */
  public void await(BooleanSupplier what) throws InterruptedException {
    lock.lock();
    try {
      long left = TimeUnit.SECONDS.toNanos(10);
      while (!what.getAsBoolean() && !closed && left > 0) {
        left = news.awaitNanos(left);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Returns the error code of the GOAWAY that came last, or -1. */
  public int goAway() {
    return goAway;
  }

  /** Returns a setting of the gateway, if it was sent. */
  Optional<Integer> setting(int id) {
    return Optional.ofNullable(settings.get(id));
  }

  /** Waits until the gateway closes the connection; returns whether it did. */
  boolean awaitClose() throws InterruptedException {
    await(() -> false);
    return closed;
  }

  /** Says whether the gateway has closed the connection. */
  public boolean isClosed() {
    return closed;
  }

  List<Exchange> exchanges() {
    return List.copyOf(exchanges.values());
  }

  private void read() {
    DefaultHttp2HeadersDecoder decoder = new DefaultHttp2HeadersDecoder(false);
    try {
      DataInputStream in = new DataInputStream(socket.getInputStream());
      while (true) {
        int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
        int type = in.readUnsignedByte();
        int flags = in.readUnsignedByte();
        int stream = in.readInt() & 0x7fffffff;
        byte[] payload = in.readNBytes(length);
        take(type, flags, stream, payload, decoder);
        tell();
      }
    } catch (IOException | Http2Exception e) {
      closed = true;
      tell();
    }
  }

  private void tell() {
    lock.lock();
    try {
      news.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void take(
      int type, int flags, int stream, byte[] payload, DefaultHttp2HeadersDecoder decoder)
      throws IOException, Http2Exception {
    ByteBuf in = Unpooled.wrappedBuffer(payload);
    switch (type) {
      case DATA -> {
        Exchange exchange = exchange(stream);
        synchronized (exchange) {
          exchange.body.write(payload);
        }
        if (givesWindow && payload.length > 0) {
          window(0, payload.length);
          window(stream, payload.length);
        }
        exchange.ended |= (flags & END_STREAM) != 0;
      }
      case HEADERS -> head(exchange(stream), decoder.decodeHeaders(stream, in), flags);
      case RST_STREAM -> exchange(stream).reset = in.readInt();
      case SETTINGS -> {
        while (in.isReadable()) {
          settings.put(in.readUnsignedShort(), in.readInt());
        }
        if ((flags & 1) == 0) {
          frame(SETTINGS, 1, 0, new byte[0]);
        }
      }
      case GOAWAY -> goAway = in.skipBytes(4).readInt();
      default -> {
        // Nothing a test asks for.
      }
    }
  }

  private static void head(Exchange exchange, Http2Headers headers, int flags) {
    CharSequence status = headers.status();
    boolean interim = status != null && status.charAt(0) == '1';
    boolean trailers = exchange.status != 0;
    if (interim) {
      exchange.countInterim();
      return;
    }
    headers.forEach(
        entry ->
            (trailers ? exchange.trailers : exchange.head)
                .put(entry.getKey().toString(), entry.getValue().toString()));
    if (status != null) {
      exchange.status = Integer.parseInt(status.toString());
    }
    exchange.ended |= (flags & END_STREAM) != 0;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
