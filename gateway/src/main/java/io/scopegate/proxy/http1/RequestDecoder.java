package io.scopegate.proxy.http1;

import io.scopegate.proxy.message.Fields;
import io.scopegate.proxy.message.Framing;
import io.scopegate.proxy.message.FramingFields;
import io.scopegate.proxy.message.Grammar;
import io.scopegate.proxy.message.HeadLimits;
import io.scopegate.proxy.message.Objections;
import io.scopegate.proxy.message.Octets;
import io.scopegate.proxy.message.RequestHead;
import io.scopegate.proxy.message.WebSocketFields;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Reads requests. The next one is read only when the one before was answered. Confined to the
 * channel's event loop.
 */
public final class RequestDecoder extends MessageDecoder {
  private String method = "";
  private String target = "";

  /** A host, if there was one. */
  private @Nullable String lastHost;

  private boolean http10;

  /**
   * Starts with the first request.
   *
   * @param readAheadBytes what is taken ahead of the request that is being served
   */
  public RequestDecoder(HeadLimits limits, int readAheadBytes) {
    super(true, limits, readAheadBytes);
  }

  /** Lets the next request be read, beginning with what has come already. */
  public void nextRequest() {
    expectMessage();
    resume();
  }

  /** Hands out what the client sends in another protocol, beginning with what has come already. */
  public void beginTunnel() {
    readUntilClose();
  }

  /** Nothing of it is for anybody before the change of protocols is agreed on. */
  @Override
  Step tunnelStep() {
    return Step.AWAIT;
  }

  @Override
  int maxLeadingBytes() {
    return 4;
  }

  @Override
  boolean takesObsText() {
    return false;
  }

  @Override
  boolean startLine(byte[] bytes, int from, int to, Objections objections) {
    int first = space(bytes, from, to);
    int second = space(bytes, first + 1, to);
    if (second >= to
        || !Grammar.isToken(bytes, from, first)
        || !Grammar.isTarget(bytes, first + 1, second)) {
      return objections.refuse("not a request line");
    }
    http10 = RecentFields.isSame("HTTP/1.0", bytes, second + 1, to);
    if (!http10 && !RecentFields.isSame("HTTP/1.1", bytes, second + 1, to)) {
      return objections.refuse("the version is neither HTTP/1.1 nor HTTP/1.0");
    }
    if (!RecentFields.isSame(method, bytes, from, first)) {
      method = text(bytes, from, first);
    }
    target = text(bytes, first + 1, second);
    return true;
  }

  private static int space(byte[] bytes, int from, int to) {
    int at = Octets.indexOf(bytes, from, to, ' ');
    return at < 0 ? to : at;
  }

  private static String text(byte[] bytes, int from, int to) {
    return new String(bytes, from, to - from, StandardCharsets.ISO_8859_1);
  }

  @Override
  @Nullable Object head(Fields fields, Objections objections) {
    String stands = FramingFields.only(fields, "Host", objections);
    String host = stands == null ? "" : stands;
    // On one connection it hardly ever changes.
    if (objections.isEmpty() && !host.equals(lastHost)) {
      if (Grammar.isAuthority(host)) {
        lastHost = host;
      } else {
        objections.refuse("`Host` is missing or not a host");
      }
    }
    Framing stated = FramingFields.read(fields, http10, objections);
    Framing framing = stated == null ? Framing.NONE : stated;
    boolean expects = !http10 && FramingFields.expectsContinue(fields, framing, objections);
    ConnectionOptions connection = ConnectionOptions.read(fields);
    boolean tunnel = false;
    if (connection == null) {
      objections.refuse("`Connection` is not a list of names");
    } else if (connection.nominates("Upgrade") && !http10) {
      tunnel = opensWebSocket(fields, framing, objections);
    }
    if (!objections.isEmpty() || connection == null) {
      return null;
    }
    boolean keepAlive = http10 ? connection.keepsAlive() : !connection.closes() && !tunnel;
    connection.dropNominated(fields);
    if (tunnel) {
      // Not for the backend, to whom it is written anew, but for whoever judges the request.
      fields.addRead("Upgrade", WebSocketFields.PROTOCOL);
      framing = Framing.TUNNEL;
    }
    return new RequestHead(method, target, host, http10, fields, framing, keepAlive, expects);
  }

  /**
   * Says whether the client asks for a WebSocket. HTTP/2 in clear text is offered by habit and may
   * be ignored (RFC 9113 §3.1). Whoever asks for another protocol means the bytes that follow to be
   * read by it, and here they are not.
   */
  private boolean opensWebSocket(Fields fields, Framing framing, Objections objections) {
    if (WebSocketFields.isAlone(fields)) {
      if (!method.equals("GET") || !framing.isEmpty()) {
        objections.refuse("a WebSocket begins with a GET without a body");
      }
      WebSocketFields.checkVersion(fields, objections);
      WebSocketFields.checkKey(fields, objections);
      return true;
    }
    for (int i = fields.line("Upgrade", 0); i >= 0; i = fields.line("Upgrade", i + 1)) {
      if (!fields.value(i).equalsIgnoreCase("h2c")) {
        objections.refuse("an upgrade to another protocol than `websocket`");
      }
    }
    return false;
  }

  @Override
  Framing framing(Object head) {
    return ((RequestHead) head).framing();
  }
}
