package io.scopegate.proxy;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Reads messages of a well-behaved peer from a stream, one character a byte, for tests. */
final class Wire {
  private Wire() {}

  /**
   * A message. Immutable.
   *
   * @param body without its framing
   * @param trailers the lines behind a chunked body
   */
  record Message(String startLine, List<String> lines, String body, List<String> trailers) {
    List<String> values(String name) {
      String start = name.toLowerCase(Locale.ROOT) + ":";
      return lines.stream()
          .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(start))
          .map(line -> line.substring(start.length()).strip())
          .toList();
    }

    Optional<String> value(String name) {
      return values(name).stream().findFirst();
    }
  }

  /** Reads a head; empty if the stream ends before it. */
  static Optional<Message> head(InputStream in) throws IOException {
    int first = in.read();
    if (first < 0) {
      return Optional.empty();
    }
    String start = (char) first + line(in);
    List<String> lines = new ArrayList<>();
    for (String line = line(in); !line.isEmpty(); line = line(in)) {
      lines.add(line);
    }
    return Optional.of(new Message(start, lines, "", List.of()));
  }

  /** Reads the body that goes with a head. */
  static Message body(InputStream in, Message head, boolean untilClose) throws IOException {
    if (head.value("Transfer-Encoding").isPresent()) {
      return chunked(in, head);
    }
    Optional<String> length = head.value("Content-Length");
    if (length.isPresent()) {
      return with(head, exactly(in, Integer.parseInt(length.get())), List.of());
    }
    return untilClose ? with(head, latin1(in.readAllBytes()), List.of()) : head;
  }

  private static Message chunked(InputStream in, Message head) throws IOException {
    StringBuilder body = new StringBuilder();
    for (int size = chunkSize(in); size > 0; size = chunkSize(in)) {
      body.append(exactly(in, size));
      line(in);
    }
    List<String> trailers = new ArrayList<>();
    for (String line = line(in); !line.isEmpty(); line = line(in)) {
      trailers.add(line);
    }
    return with(head, body.toString(), trailers);
  }

  private static int chunkSize(InputStream in) throws IOException {
    return Integer.parseInt(line(in), 16);
  }

  private static Message with(Message head, String body, List<String> trailers) {
    return new Message(head.startLine(), head.lines(), body, trailers);
  }

  private static String exactly(InputStream in, int length) throws IOException {
    byte[] bytes = in.readNBytes(length);
    if (bytes.length < length) {
      throw new EOFException("a body broke off after " + bytes.length + " of " + length);
    }
    return latin1(bytes);
  }

  private static String line(InputStream in) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0) {
        throw new EOFException("a line broke off: " + latin1(bytes.toByteArray()));
      }
      bytes.write(b);
    }
    String line = latin1(bytes.toByteArray());
    if (!line.endsWith("\r")) {
      throw new IOException("a bare line feed after: " + line);
    }
    return line.substring(0, line.length() - 1);
  }

  static String latin1(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }
}
