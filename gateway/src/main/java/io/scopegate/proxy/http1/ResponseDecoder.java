package io.scopegate.proxy.http1;

import io.scopegate.proxy.message.AnswerReader;
import io.scopegate.proxy.message.Fields;
import io.scopegate.proxy.message.Framing;
import io.scopegate.proxy.message.FramingFields;
import io.scopegate.proxy.message.Grammar;
import io.scopegate.proxy.message.HeadLimits;
import io.scopegate.proxy.message.Malformed;
import io.scopegate.proxy.message.Objections;
import io.scopegate.proxy.message.RequestHead;
import io.scopegate.proxy.message.ResponseHead;
import io.scopegate.proxy.message.WebSocketFields;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Reads answers. Bytes that come while no answer is expected are {@link Malformed}: they would be
 * taken for the answer to somebody else's request. Confined to the channel's event loop.
 */
public final class ResponseDecoder extends MessageDecoder implements AnswerReader {
  private static final int MAX_HELD = 64 * 1024;

  private boolean toHead;
  private boolean started;
  private int status;
  private String reason = "";
  private boolean http10;

  /** The status line that the three come from: the next one is the same, more often than not. */
  private String statusLine = "";

  /** Starts without a request to answer. */
  public ResponseDecoder() {
    super(false, HeadLimits.STANDARD, MAX_HELD);
  }

  @Override
  public void expectAnswer(RequestHead request) {
    toHead = request.isHead();
    started = false;
    expectMessage();
  }

  @Override
  public boolean isStarted() {
    return started || !isClean();
  }

  @Override
  boolean awaited(Objections objections) {
    return objections.refuse("an answer that nobody asked for");
  }

  // Everything that came counts, however slowly the client takes it.
  @Override
  boolean outlivesConnection() {
    return true;
  }

  @Override
  boolean takesObsText() {
    return true;
  }

  /** Whoever is handed a head, or trailers, is done with them when it returns. */
  @Override
  Fields emptied(Fields last) {
    last.clear();
    return last;
  }

  @Override
  boolean startLine(byte[] bytes, int from, int to, Objections objections) {
    started = true;
    if (RecentFields.isSame(statusLine, bytes, from, to)) {
      return true;
    }
    int length = to - from;
    String text = new String(bytes, from, length, StandardCharsets.ISO_8859_1);
    boolean version = text.startsWith("HTTP/1.1 ") || text.startsWith("HTTP/1.0 ");
    if (!version
        || length < 12
        || !Grammar.isDigits(text.substring(9, 12))
        || (length > 12 && (text.charAt(12) != ' ' || !Grammar.isObsText(bytes, from + 13, to)))) {
      return objections.refuse("not a status line");
    }
    status = Integer.parseInt(text.substring(9, 12));
    if (status < 100 || status > 599) {
      return objections.refuse("not a status");
    }
    reason = length > 13 ? text.substring(13) : "";
    http10 = text.charAt(7) == '0';
    statusLine = text;
    return true;
  }

  @Override
  @Nullable Object head(Fields fields, Objections objections) {
    Framing stated = FramingFields.read(fields, http10, objections);
    Framing framing = stated == null ? Framing.UNTIL_CLOSE : stated;
    ConnectionOptions connection = ConnectionOptions.read(fields);
    if (connection == null) {
      objections.refuse("`Connection` is not a list of names");
    }
    boolean tunnel = status == ResponseHead.SWITCHING_PROTOCOLS;
    if (tunnel
        && (http10
            || connection == null
            || !connection.nominates("Upgrade")
            || !WebSocketFields.isAlone(fields))) {
      objections.refuse("a change to another protocol than `websocket`");
    }
    if (!objections.isEmpty() || connection == null) {
      return null;
    }
    if (tunnel) {
      framing = Framing.TUNNEL;
    } else if (status < 200 || status == 204 || status == 304 || toHead) {
      framing = Framing.NONE;
    }
    boolean keepAlive =
        framing.kind() != Framing.Kind.UNTIL_CLOSE
            && !tunnel
            && (http10 ? connection.keepsAlive() : !connection.closes());
    connection.dropNominated(fields);
    return new ResponseHead(status, reason, fields, framing, keepAlive);
  }

  @Override
  Framing framing(Object head) {
    return ((ResponseHead) head).framing();
  }

  @Override
  boolean isInterim(Object head) {
    return ((ResponseHead) head).isInterim();
  }
}
