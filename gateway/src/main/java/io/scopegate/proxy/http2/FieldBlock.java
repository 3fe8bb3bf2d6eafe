package io.scopegate.proxy.http2;

import io.netty.handler.codec.http2.Http2Headers;
import io.scopegate.proxy.message.Fields;
import io.scopegate.proxy.message.Grammar;
import io.scopegate.proxy.message.HeadLimits;
import io.scopegate.proxy.message.Malformed;
import io.scopegate.proxy.message.Objections;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The fields of one head or of trailers, pseudo-header fields apart; what RFC 9113 §8.2 and §8.3 do
 * not allow is refused. Confined to the channel's event loop.
 */
final class FieldBlock {
  /** They have no meaning in HTTP/2 (RFC 9113 §8.2.2). */
  private static final Set<String> CONNECTION_SPECIFIC =
      Set.of("connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade");

  private final Fields fields = new Fields();
  private final Objections objections;
  private final boolean obsText;
  private @Nullable String method;
  private @Nullable String scheme;
  private @Nullable String authority;
  private @Nullable String path;
  private @Nullable String protocol;
  private @Nullable String status;
  private @Nullable StringBuilder cookie;

  private FieldBlock(Objections objections, boolean obsText) {
    this.objections = objections;
    this.obsText = obsText;
  }

  /**
   * Reads a block.
   *
   * @param obsText whether values may hold bytes from 0x80
   */
  static FieldBlock read(Http2Headers headers, boolean obsText, Objections objections) {
    return read(headers, HeadLimits.STANDARD.headerCount(), obsText, objections);
  }

  /**
   * Reads a block.
   *
   * @param maxFields how many fields it may have, pseudo-header fields included
   * @param obsText whether values may hold bytes from 0x80
   */
  static FieldBlock read(
      Http2Headers headers, int maxFields, boolean obsText, Objections objections) {
    FieldBlock block = new FieldBlock(objections, obsText);
    if (headers.size() > maxFields) {
      objections.refuse(Malformed.Kind.HEAD_TOO_LARGE, "too many header fields");
      return block;
    }
    for (Map.Entry<CharSequence, CharSequence> entry : headers) {
      block.take(entry.getKey().toString(), entry.getValue().toString());
    }
    if (block.cookie != null) {
      // RFC 9113 §8.2.3: crumbs are one field for everybody who does not speak HTTP/2.
      block.fields.addRead("cookie", block.cookie.toString());
    }
    return block;
  }

  private void take(String name, String value) {
    if (name.startsWith(":")) {
      takePseudo(name, value);
    } else if (!Grammar.isToken(name) || hasUpperCase(name)) {
      objections.refuse("not the name of a header field");
    } else if (!isValue(value)) {
      objections.refuse("a header field value holds a character it cannot hold");
    } else if (CONNECTION_SPECIFIC.contains(name)) {
      objections.refuse("the field `" + name + "` does not exist in HTTP/2");
    } else if (name.equals("te") && !value.equals("trailers")) {
      objections.refuse("`te` other than `trailers`");
    } else if (name.equals("cookie")) {
      cookie = cookie == null ? new StringBuilder(value) : cookie.append("; ").append(value);
    } else {
      fields.addRead(name, value);
    }
  }

  private void takePseudo(String name, String value) {
    if (fields.size() > 0 || cookie != null) {
      objections.refuse("a pseudo-header field behind other fields");
    }
    switch (name) {
      case ":method" -> method = once(name, method, value);
      case ":scheme" -> scheme = once(name, scheme, value);
      case ":authority" -> authority = once(name, authority, value);
      case ":path" -> path = once(name, path, value);
      case ":protocol" -> protocol = once(name, protocol, value);
      case ":status" -> status = once(name, status, value);
      default -> objections.refuse("an unknown pseudo-header field");
    }
  }

  private String once(String name, @Nullable String earlier, String value) {
    if (earlier != null) {
      objections.refuse("`" + name + "` stands more than once");
    }
    return value;
  }

  private boolean isValue(String value) {
    if (value.isEmpty()) {
      return true;
    }
    // RFC 9113 §8.2.1: what an HTTP/1 parser would strip is malformed here.
    return !isBlank(value.charAt(0))
        && !isBlank(value.charAt(value.length() - 1))
        && (obsText ? Grammar.isObsText(value) : Grammar.isText(value));
  }

  private static boolean isBlank(char c) {
    return c == ' ' || c == '\t';
  }

  private static boolean hasUpperCase(String name) {
    for (int i = 0; i < name.length(); i++) {
      if (name.charAt(i) >= 'A' && name.charAt(i) <= 'Z') {
        return true;
      }
    }
    return false;
  }

  /** Returns the fields without pseudo-header fields. */
  Fields fields() {
    return fields;
  }

  @Nullable String method() {
    return method;
  }

  @Nullable String scheme() {
    return scheme;
  }

  @Nullable String authority() {
    return authority;
  }

  @Nullable String path() {
    return path;
  }

  @Nullable String protocol() {
    return protocol;
  }

  @Nullable String status() {
    return status;
  }

  /** Says whether there is a pseudo-header field of a request. */
  boolean hasRequestPseudo() {
    return method != null
        || scheme != null
        || authority != null
        || path != null
        || protocol != null;
  }

  /** Says whether there is a pseudo-header field at all. */
  boolean hasPseudo() {
    return hasRequestPseudo() || status != null;
  }
}
