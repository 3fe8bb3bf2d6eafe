package io.scopegate.proxy.http2;

import io.netty.handler.codec.http2.Http2Headers;
import io.scopegate.proxy.message.Framing;
import io.scopegate.proxy.message.FramingFields;
import io.scopegate.proxy.message.Grammar;
import io.scopegate.proxy.message.Objections;
import io.scopegate.proxy.message.ResponseHead;
import org.jspecify.annotations.Nullable;

/** Makes the head of an answer of a field block (RFC 9113 §8.3.2). */
final class ResponseHeadReader {
  private ResponseHeadReader() {}

  /**
   * Returns the head, or null if it was refused.
   *
   * @param toHead whether the request was a HEAD, whose answer has no body
   */
  static @Nullable ResponseHead read(
      Http2Headers headers, boolean endStream, boolean toHead, Objections objections) {
    FieldBlock block = FieldBlock.read(headers, true, objections);
    if (block.hasRequestPseudo()) {
      objections.refuse("a pseudo-header field that no answer has");
    }
    int status = status(block.status());
    if (status < 100 || status > 599 || status == 101) {
      // RFC 9113 §8.6: there is no going over to another protocol.
      objections.refuse("`:status` is missing or no status");
    }
    if (status < 200 && endStream) {
      objections.refuse("an interim answer that ends the stream");
    }
    Framing stated = FramingFields.read(block.fields(), false, objections);
    boolean bodiless = status < 200 || status == 204 || status == 304 || toHead;
    if (!bodiless && endStream && stated != null && !stated.isEmpty()) {
      objections.refuse("`content-length` without a body");
    }
    if (!objections.isEmpty()) {
      return null;
    }
    Framing framing = bodiless ? Framing.NONE : framing(stated, endStream);
    return new ResponseHead(status, "", block.fields(), framing, true);
  }

  /**
   * Returns the head of an answer to the handshake of a WebSocket, or null if it was refused. One
   * that agrees (RFC 8441 §5) is a 101 whatever carries it.
   */
  static @Nullable ResponseHead readToHandshake(
      Http2Headers headers, boolean endStream, Objections objections) {
    ResponseHead head = read(headers, endStream, false, objections);
    if (head == null || head.status() < 200 || head.status() > 299) {
      return head;
    }
    if (endStream) {
      objections.refuse("a WebSocket that ends as it begins");
      return null;
    }
    return new ResponseHead(
        ResponseHead.SWITCHING_PROTOCOLS, "", head.fields(), Framing.TUNNEL, false);
  }

  private static Framing framing(@Nullable Framing stated, boolean endStream) {
    if (stated != null) {
      return stated;
    }
    return endStream ? Framing.fixed(0) : Framing.CHUNKED;
  }

  private static int status(@Nullable String digits) {
    return digits != null && digits.length() == 3 && Grammar.isDigits(digits)
        ? Integer.parseInt(digits)
        : -1;
  }
}
