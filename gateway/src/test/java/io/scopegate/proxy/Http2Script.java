package io.scopegate.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;

/** Plays the steps of an attack case over HTTP/2. Confined to the test's thread. */
final class Http2Script {
  private static final long MAX_NANOS = TimeUnit.SECONDS.toNanos(20);
  private static final int CONTINUATION = 9;

  private final RawHttp2Client client;
  private final Map<String, String> credentials;
  private final long start = System.nanoTime();
  private int last;

  Http2Script(RawHttp2Client client, Map<String, String> credentials) {
    this.client = client;
    this.credentials = credentials;
  }

  /**
   * Plays the steps, as far as the gateway lets it and for at most 20 seconds; returns whether all
   * were sent.
   */
  boolean play(JsonNode steps) {
    try {
      for (JsonNode step : steps) {
        if (!step(step)) {
          return false;
        }
      }
      return true;
    } catch (IOException e) {
      return false; // the gateway has closed
    }
  }

  private boolean step(JsonNode step) throws IOException {
    if (client.isClosed() || System.nanoTime() - start > MAX_NANOS) {
      return false;
    }
    switch (step.get("op").asString()) {
      case "repeat" -> {
        for (int i = 0; i < step.get("n").asInt(); i++) {
          for (JsonNode each : step.get("steps")) {
            if (!step(each)) {
              return false;
            }
          }
        }
      }
      case "headers" -> headers(step);
      case "headers_raw" ->
          client.frame(1, step.get("flags").asInt(), stream(step), decoded(step, "fragment_b64"));
      case "continuation" -> client.frame(CONTINUATION, 0, stream(step), block(step));
      case "data" -> client.data(stream(step), isEnd(step), filled(step.get("data").asString()));
      case "rst" -> client.reset(stream(step), step.get("code").asInt());
      case "settings" -> client.frame(4, 0, 0, settings(step.get("values")));
      case "ping" -> client.ping();
      case "window_update" -> client.window(stream(step), step.get("increment").asInt());
      case "goaway" -> {
        ByteBuf payload = Unpooled.buffer().writeInt(step.get("last").asInt()).writeInt(0);
        payload.writeZero(step.get("debug_len").asInt());
        client.frame(7, 0, 0, bytes(payload));
      }
      case "raw" -> client.bytes(decoded(step, "b64"));
      case "hpack_bomb" -> client.frame(1, 5, stream(step), bomb(step));
      case "no_read", "sleep" -> {
        // Its own test says what is read, and how long it waits.
      }
      default -> throw new AssertionError("no such step: " + step);
    }
    return true;
  }

  private void headers(JsonNode step) throws IOException {
    JsonNode fields = step.get("headers");
    String[] block = new String[2 * fields.size()];
    for (int i = 0; i < fields.size(); i++) {
      block[2 * i] = fields.get(i).get(0).asString();
      block[2 * i + 1] = filled(fields.get(i).get(1).asString());
    }
    client.headers(stream(step), isEnd(step), block);
  }

  private static boolean isEnd(JsonNode step) {
    return step.has("end_stream") && step.get("end_stream").asBoolean();
  }

  private int stream(JsonNode step) {
    JsonNode stream = step.get("stream");
    if (stream.isNumber()) {
      last = stream.asInt();
    } else if (stream.asString().equals("next")) {
      last = client.newStream();
    }
    return last;
  }

  private String filled(String text) {
    String filled = text;
    for (Map.Entry<String, String> entry : credentials.entrySet()) {
      filled = filled.replace("{{" + entry.getKey() + "}}", entry.getValue());
    }
    return filled;
  }

  private static byte[] decoded(JsonNode step, String key) {
    return Base64.getDecoder().decode(step.get(key).asString());
  }

  /** Literal fields, without indexing. */
  private static byte[] block(JsonNode step) {
    ByteBuf block = Unpooled.buffer();
    for (int i = 0; i < step.get("len").asInt() / 5; i++) {
      block.writeBytes(new byte[] {0, 1, 'a', 1, 'b'});
    }
    return bytes(block);
  }

  private static byte[] settings(JsonNode values) {
    ByteBuf payload = Unpooled.buffer();
    values
        .properties()
        .forEach(
            entry ->
                payload
                    .writeShort(Integer.parseInt(entry.getKey()))
                    .writeInt(entry.getValue().asInt()));
    return bytes(payload);
  }

  /** A large field that goes into the table, and as many references to it as a frame takes. */
  private static byte[] bomb(JsonNode step) {
    int length = step.get("entry").asInt();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(new byte[] {(byte) 0x82, (byte) 0x84, (byte) 0x86, 0x41, 7});
    out.writeBytes("gw.test".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
    out.writeBytes(new byte[] {0x40, 1, 'b', 127});
    int rest = length - 127;
    while (rest >= 128) {
      out.write((rest & 127) | 128);
      rest >>>= 7;
    }
    out.write(rest);
    for (int i = 0; i < length; i++) {
      out.write('a');
    }
    for (int i = 0; i < Math.min(step.get("refs").asInt(), 11_000); i++) {
      out.write(0xbe);
    }
    return out.toByteArray();
  }

  private static byte[] bytes(ByteBuf buffer) {
    byte[] bytes = new byte[buffer.readableBytes()];
    buffer.readBytes(bytes);
    return bytes;
  }
}
