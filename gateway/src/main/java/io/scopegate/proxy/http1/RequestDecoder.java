package io.scopegate.proxy.http1;

import io.netty.channel.ChannelHandlerContext;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads requests. The next one is read only when the one before was answered. Confined to the
 * channel's event loop.
 */
public final class RequestDecoder extends MessageDecoder {
  private String method = "";
  private String target = "";
  private boolean http10;

  /** Starts with the first request. */
  public RequestDecoder() {
    super(true);
  }

  /** Lets the next request be read, beginning with what has come already. */
  public void nextRequest(ChannelHandlerContext ctx) {
    expectMessage();
    resume(ctx);
  }

  @Override
  int maxLeadingBytes() {
    return 4;
  }

  @Override
  boolean isValue(byte[] line, int from, int to) {
    return Grammar.isText(line, from, to);
  }

  @Override
  boolean startLine(byte[] line, int length) {
    int first = space(line, 0, length);
    int second = space(line, first + 1, length);
    if (second >= length
        || !Grammar.isToken(line, 0, first)
        || !Grammar.isTarget(line, first + 1, second)) {
      return refuse("not a request line");
    }
    String version = text(line, second + 1, length);
    if (!version.equals("HTTP/1.1") && !version.equals("HTTP/1.0")) {
      return refuse("the version is neither HTTP/1.1 nor HTTP/1.0");
    }
    method = text(line, 0, first);
    target = text(line, first + 1, second);
    http10 = version.equals("HTTP/1.0");
    return true;
  }

  private static int space(byte[] line, int from, int length) {
    int at = from;
    while (at < length && line[at] != ' ') {
      at++;
    }
    return at;
  }

  private static String text(byte[] line, int from, int to) {
    return new String(line, from, to - from, StandardCharsets.ISO_8859_1);
  }

  @Override
  @Nullable Object head(Fields fields) {
    String host = only(fields, "Host").orElse("");
    if (!isRefused() && !Grammar.isAuthority(host)) {
      refuse("`Host` is missing or not a host");
    }
    Framing framing = statedFraming(fields, http10).orElse(Framing.NONE);
    boolean expects = !http10 && expectsContinue(fields, framing);
    ConnectionOptions connection = ConnectionOptions.read(fields);
    if (connection == null) {
      refuse("`Connection` is not a list of names");
    }
    if (isRefused() || connection == null) {
      return null;
    }
    boolean keepAlive = http10 ? connection.keepsAlive() : !connection.closes();
    connection.dropNominated(fields);
    return new RequestHead(method, target, host, http10, fields, framing, keepAlive, expects);
  }

  private boolean expectsContinue(Fields fields, Framing framing) {
    Optional<String> expectation = only(fields, "Expect");
    if (expectation.isPresent() && !expectation.get().equalsIgnoreCase("100-continue")) {
      refuse("an expectation other than `100-continue`");
    }
    return expectation.isPresent() && !framing.isEmpty();
  }

  @Override
  Framing framing(Object head) {
    return ((RequestHead) head).framing();
  }
}
