package io.scopegate.proxy.http2;

import io.netty.handler.codec.http2.Http2Headers;
import io.scopegate.proxy.message.Fields;
import io.scopegate.proxy.message.Framing;
import io.scopegate.proxy.message.FramingFields;
import io.scopegate.proxy.message.Grammar;
import io.scopegate.proxy.message.HeadLimits;
import io.scopegate.proxy.message.Malformed;
import io.scopegate.proxy.message.Objections;
import io.scopegate.proxy.message.RequestHead;
import io.scopegate.proxy.message.WebSocketFields;
import org.jspecify.annotations.Nullable;

/** Makes the head of a request of a field block (RFC 9113 §8.3.1). */
final class RequestHeadReader {
  private RequestHeadReader() {}

  /** Returns the head, or null if it was refused. */
  static @Nullable RequestHead read(
      Http2Headers headers, boolean endStream, HeadLimits limits, Objections objections) {
    FieldBlock block = FieldBlock.read(headers, limits.headerCount(), false, objections);
    Fields fields = block.fields();
    String method = block.method();
    String path = block.path();
    if (!objections.isEmpty()) {
      return null;
    }
    if (method == null || !Grammar.isToken(method)) {
      objections.refuse("`:method` is missing or no method");
      return null;
    }
    if (path == null || !isTarget(path, limits.targetLength(), objections)) {
      objections.refuse("`:path` is missing or no path");
      return null;
    }
    String scheme = block.scheme();
    if (scheme == null || !(scheme.equals("http") || scheme.equals("https"))) {
      objections.refuse("`:scheme` is neither `http` nor `https`");
    }
    if (block.status() != null) {
      objections.refuse("a pseudo-header field that no request has");
    }
    String host = host(block, objections);
    Framing framing = framing(fields, endStream, objections);
    boolean expects = FramingFields.expectsContinue(fields, framing, objections);
    String protocol = block.protocol();
    if (protocol != null) {
      checkWebSocket(method, protocol, fields, framing, endStream, objections);
      method = "GET";
      framing = Framing.TUNNEL;
    }
    return objections.isEmpty()
        ? new RequestHead(method, path, host, false, fields, framing, true, expects)
        : null;
  }

  /** An extended CONNECT (RFC 8441 §4 and §5): the handshake of a WebSocket, less its keys. */
  private static void checkWebSocket(
      String method,
      String protocol,
      Fields fields,
      Framing framing,
      boolean endStream,
      Objections objections) {
    if (!method.equals("CONNECT")) {
      objections.refuse("`:protocol` without the method `CONNECT`");
    } else if (!protocol.equals(WebSocketFields.PROTOCOL)) {
      objections.refuse("`:protocol` is not `websocket`");
    } else if (endStream || framing.kind() != Framing.Kind.CHUNKED) {
      objections.refuse("a WebSocket begins without a body and without an end");
    }
    WebSocketFields.checkVersion(fields, objections);
    fields.remove(WebSocketFields.KEY);
    fields.remove(WebSocketFields.ACCEPT);
    fields.addRead("upgrade", WebSocketFields.PROTOCOL);
  }

  private static boolean isTarget(String path, int maxLength, Objections objections) {
    if (path.length() > maxLength) {
      objections.refuse(Malformed.Kind.TARGET_TOO_LONG, "the target is too long");
      return false;
    }
    return (path.startsWith("/") || path.equals("*")) && Grammar.isTarget(path);
  }

  /** What {@code :authority} says and what {@code host} says must be one and the same. */
  private static String host(FieldBlock block, Objections objections) {
    String field = FramingFields.only(block.fields(), "host", objections);
    String authority = block.authority();
    String host = authority == null ? field : authority;
    if (host == null || !Grammar.isAuthority(host)) {
      objections.refuse("`:authority` is missing or not a host");
      return "";
    }
    if (field != null && !field.equals(host)) {
      objections.refuse("`:authority` and `host` differ");
    }
    return host;
  }

  private static Framing framing(Fields fields, boolean endStream, Objections objections) {
    Framing stated = FramingFields.read(fields, false, objections);
    if (endStream) {
      if (stated != null && !stated.isEmpty()) {
        objections.refuse("`content-length` without a body");
      }
      return stated == null ? Framing.NONE : stated;
    }
    return stated == null ? Framing.CHUNKED : stated;
  }
}
