package io.scopegate.proxy.http1;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.util.ReferenceCountUtil;
import io.scopegate.proxy.message.BodyEnd;
import io.scopegate.proxy.message.Fields;
import io.scopegate.proxy.message.HeadLimits;
import io.scopegate.proxy.message.Malformed;
import io.scopegate.proxy.message.RequestHead;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Our reading of requests next to that of another project's codec: what ours takes, both read the
 * same way, however odd the bytes and wherever a read ends. What ours refuses is nobody's.
 */
class RequestReadingTest {
  private static final String[] METHODS = {"GET", "POST", "get", "PURGE", "G(T", "", "PUT "};
  private static final String[] TARGETS = {
    "/", "/a/b?c=d", "http://gate/a", "*", "/a b", "/\u00e9", "/%2e%2e/", "//x", "/a#b"
  };
  private static final String[] VERSIONS = {
    "HTTP/1.1", "HTTP/1.1", "HTTP/1.1", "HTTP/1.0", "HTTP/2.0", "http/1.1", "HTTP/1.1 ", "HTTP/01.1"
  };
  private static final String[] LINES = {
    "Host: gate",
    "Host:gate",
    "Host: gate\t",
    "Host : gate",
    "Content-Length: 5",
    "Content-Length: 05",
    "Content-Length: +5",
    "Content-Length: 5, 5",
    "Content-Length: 0",
    "content-length:\t3",
    "Transfer-Encoding: chunked",
    "Transfer-Encoding: Chunked",
    "Transfer-Encoding: identity, chunked",
    "Transfer-Encoding: xchunked",
    "Transfer-Encoding : chunked",
    "Transfer-Encoding:\u000bchunked",
    "X-One: 1",
    "X-Two:",
    "X_Three: a, b",
    " X-Folded: yes",
    "\tfolded",
    "X-Nul: a\u0000b",
    "X-Cr: a\rb",
    "X-High: caf\u00e9",
    "NoColon",
    ": empty",
    "Connection: close",
    "Connection: X-One, keep-alive",
    "Expect: 100-continue",
    "Upgrade: h2c"
  };
  private static final String[] ENDS = {
    "\r\n", "\r\n", "\r\n", "\r\n", "\r\n", "\n", "\r", "\r\r\n"
  };
  private static final String[] BODIES = {
    "",
    "hello",
    "abc",
    "5\r\nhello\r\n0\r\n\r\n",
    "5;x=y\r\nhello\r\n0\r\nX-Trailer: t\r\n\r\n",
    "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n",
    "5\nhello\n0\n\n",
    "0x5\r\nhello\r\n0\r\n\r\n",
    "5 \r\nhello\r\n0\r\n\r\n",
    "-1\r\n\r\n",
    "5\r\nhelloo\r\n0\r\n\r\n"
  };

  /** One request, as it was read. */
  private record Reading(String method, String target, List<String> fields, String body) {}

  @Test
  void what_is_taken_is_read_as_by_another_codec() {
    compare(10_000, 1);
  }

  @Test
  @Tag("long")
  void millions_of_requests_are_read_as_by_another_codec() {
    compare(3_000_000, 2);
  }

  private static void compare(int cases, long seed) {
    Random random = new Random(seed);
    int taken = 0;
    int refused = 0;
    for (int i = 0; i < cases; i++) {
      byte[] bytes = requests(random).getBytes(StandardCharsets.ISO_8859_1);
      List<Reading> ours = ours(bytes, random);
      List<Reading> others = others(bytes);
      String text = new String(bytes, StandardCharsets.ISO_8859_1);
      assertThat(others.size()).as(text).isGreaterThanOrEqualTo(ours.size());
      assertThat(ours).as(text).isEqualTo(others.subList(0, ours.size()));
      taken += ours.size();
      refused += ours.isEmpty() ? 1 : 0;
    }
    // Neither is rare, or nothing would be compared.
    assertThat(taken).isGreaterThan(cases / 10);
    assertThat(refused).isGreaterThan(cases / 10);
  }

  private static String requests(Random random) {
    StringBuilder text = new StringBuilder();
    int count = 1 + random.nextInt(2);
    for (int i = 0; i < count; i++) {
      boolean odd = random.nextInt(3) == 0;
      text.append(odd ? any(METHODS, random) : METHODS[random.nextInt(2)]).append(' ');
      text.append(odd ? any(TARGETS, random) : TARGETS[random.nextInt(2)]).append(' ');
      text.append(odd ? any(VERSIONS, random) : "HTTP/1.1").append(end(random, odd));
      text.append("Host: gate").append(end(random, odd));
      int lines = random.nextInt(4);
      for (int line = 0; line < lines; line++) {
        text.append(any(LINES, random)).append(end(random, odd));
      }
      text.append(end(random, odd)).append(any(BODIES, random));
    }
    return text.toString();
  }

  private static String end(Random random, boolean odd) {
    return odd ? any(ENDS, random) : "\r\n";
  }

  private static String any(String[] of, Random random) {
    return of[random.nextInt(of.length)];
  }

  /** Reads in pieces of any size, one request after the other. */
  private static List<Reading> ours(byte[] bytes, Random random) {
    List<Reading> readings = new ArrayList<>();
    RequestDecoder decoder = new RequestDecoder(HeadLimits.STANDARD, 64 * 1024);
    EmbeddedChannel channel = new EmbeddedChannel(decoder);
    RequestHead head = null;
    StringBuilder body = new StringBuilder();
    int at = 0;
    boolean refused = false;
    while (!refused) {
      Object message = channel.readInbound();
      if (message == null) {
        if (at == bytes.length) {
          break;
        }
        int length = Math.min(bytes.length - at, 1 + random.nextInt(bytes.length));
        channel.writeInbound(Unpooled.copiedBuffer(bytes, at, length));
        at += length;
      } else if (message instanceof RequestHead one) {
        head = one;
        body.setLength(0);
      } else if (message instanceof ByteBuf data) {
        body.append(data.toString(StandardCharsets.ISO_8859_1));
        data.release();
      } else if (message instanceof BodyEnd && head != null) {
        List<String> fields = new ArrayList<>();
        Fields read = head.fields();
        for (int i = 0; i < read.size(); i++) {
          fields.add(read.name(i) + "=" + read.value(i));
        }
        readings.add(new Reading(head.method(), head.target(), sorted(fields), body.toString()));
        decoder.nextRequest();
      } else {
        refused = message instanceof Malformed;
      }
    }
    channel.finishAndReleaseAll();
    return readings;
  }

  private static List<Reading> others(byte[] bytes) {
    List<Reading> readings = new ArrayList<>();
    EmbeddedChannel channel =
        new EmbeddedChannel(new HttpRequestDecoder(), new HttpObjectAggregator(64 * 1024));
    channel.writeInbound(Unpooled.wrappedBuffer(bytes));
    channel.releaseOutbound();
    for (Object message = channel.readInbound(); message != null; message = channel.readInbound()) {
      if (message instanceof FullHttpRequest request && request.decoderResult().isSuccess()) {
        List<String> nominated = new ArrayList<>();
        for (String value : request.headers().getAll("Connection")) {
          for (String name : value.split(",", -1)) {
            nominated.add(name.strip().toLowerCase(Locale.ROOT));
          }
        }
        List<String> fields = new ArrayList<>();
        request
            .headers()
            .forEach(
                field -> {
                  if (!nominated.contains(field.getKey().toLowerCase(Locale.ROOT))) {
                    fields.add(field.getKey() + "=" + field.getValue());
                  }
                });
        readings.add(
            new Reading(
                request.method().name(),
                request.uri(),
                sorted(fields),
                request.content().toString(StandardCharsets.ISO_8859_1)));
      }
      ReferenceCountUtil.release(message);
    }
    // It would complain of a request that is not whole.
    channel.pipeline().remove(HttpObjectAggregator.class);
    channel.finishAndReleaseAll();
    return readings;
  }

  /** The codec keeps fields by name, the aggregator takes those away that it has settled. */
  private static List<String> sorted(List<String> fields) {
    return fields.stream()
        .filter(field -> !field.toLowerCase(Locale.ROOT).startsWith("transfer-encoding="))
        .filter(field -> !field.toLowerCase(Locale.ROOT).startsWith("content-length="))
        .filter(field -> !field.toLowerCase(Locale.ROOT).startsWith("expect="))
        .filter(field -> !field.toLowerCase(Locale.ROOT).startsWith("x-trailer="))
        .sorted()
        .toList();
  }
}
