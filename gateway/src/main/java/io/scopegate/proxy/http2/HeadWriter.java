package io.scopegate.proxy.http2;

import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import io.scopegate.proxy.message.Fields;
import io.scopegate.proxy.message.WebSocketFields;

/** Makes field blocks of fields. Safe from any thread. */
public final class HeadWriter {
  private static final int PSEUDO_FIELDS = 4;
  private static final CharSequence PROTOCOL = Http2Headers.PseudoHeaderName.PROTOCOL.value();

  private HeadWriter() {}

  /**
   * Returns the block of a request's head.
   *
   * @param fields with {@code Host}, which becomes {@code :authority}
   * @param wantsTrailers whether the client said that it takes trailers
   */
  static Http2Headers request(
      String method, String scheme, String target, Fields fields, boolean wantsTrailers) {
    Http2Headers headers = block(fields.size());
    headers.method(method);
    addTarget(headers, scheme, target, fields);
    if (wantsTrailers) {
      headers.add("te", "trailers");
    }
    return headers;
  }

  /** Returns the block of what asks for a WebSocket (RFC 8441 §5). */
  static Http2Headers handshake(String scheme, String target, Fields fields) {
    Http2Headers headers = block(fields.size() + 1);
    headers.method("CONNECT");
    headers.add(PROTOCOL, WebSocketFields.PROTOCOL);
    addTarget(headers, scheme, target, fields);
    return headers;
  }

  private static void addTarget(Http2Headers headers, String scheme, String target, Fields fields) {
    headers.scheme(scheme);
    fields.first("Host").ifPresent(headers::authority);
    headers.path(target);
    for (int i = 0; i < fields.size(); i++) {
      String name = lowerCase(fields.name(i));
      if (!name.equals("host") && !name.equals("transfer-encoding")) {
        headers.add(name, fields.value(i));
      }
    }
  }

  /** Returns the block of an answer's head. */
  public static Http2Headers response(int status, Fields fields) {
    Http2Headers headers = block(fields.size());
    headers.status(Integer.toString(status));
    addTo(headers, fields);
    return headers;
  }

  /** Returns the block of trailers. */
  public static Http2Headers trailers(Fields fields) {
    Http2Headers headers = block(fields.size());
    addTo(headers, fields);
    return headers;
  }

  private static Http2Headers block(int fields) {
    // Not validated again: what is written was read by the grammar, or is ours.
    return new DefaultHttp2Headers(false, fields + PSEUDO_FIELDS);
  }

  private static void addTo(Http2Headers headers, Fields fields) {
    for (int i = 0; i < fields.size(); i++) {
      headers.add(lowerCase(fields.name(i)), fields.value(i));
    }
  }

  private static String lowerCase(String name) {
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (c >= 'A' && c <= 'Z') {
        return lowered(name);
      }
    }
    return name;
  }

  private static String lowered(String name) {
    char[] letters = name.toCharArray();
    for (int i = 0; i < letters.length; i++) {
      if (letters[i] >= 'A' && letters[i] <= 'Z') {
        letters[i] = (char) (letters[i] + ('a' - 'A'));
      }
    }
    return new String(letters);
  }
}
