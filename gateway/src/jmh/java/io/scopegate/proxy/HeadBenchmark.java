package io.scopegate.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.channel.embedded.EmbeddedChannel;
import io.scopegate.authn.Credential;
import io.scopegate.authn.assertion.Assertions;
import io.scopegate.backend.Backend;
import io.scopegate.bench.InventedTable;
import io.scopegate.policy.Authorizer;
import io.scopegate.policy.Decision;
import io.scopegate.proxy.http1.MessageWriter;
import io.scopegate.proxy.http1.RequestDecoder;
import io.scopegate.proxy.message.Fields;
import io.scopegate.proxy.message.Framing;
import io.scopegate.proxy.message.HeadLimits;
import io.scopegate.proxy.message.RequestHead;
import io.scopegate.route.HttpFields;
import io.scopegate.route.RequestLine;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.NullUnmarked;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What it costs to read the head of a request, to turn its fields into those for the backend, and to
 * write them: what each further field costs is the difference. Confined to one thread of a
 * benchmark.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 4, time = 3)
@Measurement(iterations = 5, time = 1)
@NullUnmarked
public class HeadBenchmark {
  /** How many fields a client sends besides its host and its credential. */
  @Param({"1", "20", "40"})
  public int fields;

  private HeaderRules rules;
  private RequestHead head;
  private Decision.Allow allow;
  private Client client;
  private EmbeddedChannel channel;
  private RequestDecoder decoder;
  private ByteBuf bytes;

  /** Invents the request and decides it. */
  @Setup
  public void invent() {
    rules = new HeaderRules(Assertions.NONE);
    Fields read = new Fields();
    read.add("Host", "gw.test");
    read.add("Authorization", "Bearer sgat_of-no-use");
    for (int i = 0; i < fields; i++) {
      read.add("X-Client-Field-" + i, "value " + i + " of a field");
    }
    InventedTable table = new InventedTable(10, true);
    String path = table.paths().get(0);
    head = new RequestHead("GET", path, "gw.test", false, read, Framing.NONE, true, false);
    allow =
        (Decision.Allow)
            Authorizer.decide(
                table.policy(),
                RequestLine.parse("GET", path, "gw.test"),
                HttpFields.none(),
                table.caller());
    client =
        Client.of(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 1),
            TrustedProxies.none(),
            false,
            new Credential.None());
    decoder = new RequestDecoder(HeadLimits.STANDARD, 0);
    channel = new EmbeddedChannel(decoder);
    bytes = MessageWriter.request(channel.alloc(), "GET", path, read);
  }

  /** Reads the head, and the end of the message. */
  @Benchmark
  public Object read() {
    channel.writeInbound(bytes.retainedDuplicate());
    Object read = channel.readInbound();
    channel.readInbound();
    decoder.nextRequest();
    return read;
  }

  /** Writes the head with the fields as they came. */
  @Benchmark
  public int write() {
    ByteBuf written = MessageWriter.request(channel.alloc(), "GET", head.target(), head.fields());
    int length = written.readableBytes();
    written.release();
    return length;
  }

  /** Makes the fields for the backend. */
  @Benchmark
  public Object forBackend() {
    return rules.forBackend(
        head, allow, client, "5f0c3d1e9b7a4286", Backend.Settings.standard(), "127.0.0.1:9000");
  }
}
