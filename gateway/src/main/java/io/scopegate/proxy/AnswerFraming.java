package io.scopegate.proxy;

import io.scopegate.proxy.message.Fields;
import io.scopegate.proxy.message.Framing;
import io.scopegate.proxy.message.RequestHead;
import io.scopegate.proxy.message.ResponseHead;
import io.scopegate.proxy.message.WebSocketFields;

/**
 * How a backend's answer is framed for the client. Immutable.
 *
 * @param chunked whether it goes out in chunks
 * @param close whether it, and the connection with it, ends by closing
 */
record AnswerFraming(boolean chunked, boolean close) {
  private static final AnswerFraming PLAIN = new AnswerFraming(false, false);

  /**
   * Adds the fields that frame an answer.
   *
   * @param close whether the connection ends after it in any case
   */
  static AnswerFraming write(
      ResponseHead answer, RequestHead request, boolean close, Fields fields) {
    boolean chunked = false;
    boolean closes = close;
    Framing.Kind kind = answer.framing().kind();
    if (kind == Framing.Kind.TUNNEL) {
      fields.addOurs("Connection", "Upgrade");
      fields.addOurs("Upgrade", WebSocketFields.PROTOCOL);
      return new AnswerFraming(false, true);
    }
    if (kind == Framing.Kind.CHUNKED || kind == Framing.Kind.UNTIL_CLOSE) {
      chunked = !request.http10();
      closes |= request.http10();
      if (chunked) {
        HeaderRules.frame(Framing.CHUNKED, fields);
      }
    } else {
      addLength(answer, fields);
    }
    Http1Frontend.addConnection(fields, request.http10(), closes);
    return chunked || closes ? new AnswerFraming(chunked, closes) : PLAIN;
  }

  /** Adds the length of an answer's body, where it is known or told of. */
  static void addLength(ResponseHead answer, Fields fields) {
    if (answer.framing().kind() == Framing.Kind.FIXED) {
      HeaderRules.frame(answer.framing(), fields);
    } else if (answer.framing().kind() == Framing.Kind.NONE && answer.status() != 204) {
      // What the length would be (RFC 9110 §8.6).
      answer
          .fields()
          .first("Content-Length")
          .ifPresent(length -> fields.add("Content-Length", length));
    }
  }
}
