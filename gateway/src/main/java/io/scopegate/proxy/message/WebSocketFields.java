package io.scopegate.proxy.message;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/** The fields by which client and server agree on a WebSocket (RFC 6455 §4). Immutable. */
public final class WebSocketFields {
  /** What {@code Upgrade} says. */
  public static final String PROTOCOL = "websocket";

  /** The client's half of the agreement. */
  public static final String KEY = "Sec-WebSocket-Key";

  /** The server's half of it. */
  public static final String ACCEPT = "Sec-WebSocket-Accept";

  private static final String VERSION = "Sec-WebSocket-Version";
  private static final int KEY_BYTES = 16;

  /** RFC 6455 §1.3. */
  private static final String SALT = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

  private WebSocketFields() {}

  /** Says whether {@code Upgrade} names this protocol and no other. */
  public static boolean isAlone(Fields fields) {
    int line = fields.line("Upgrade", 0);
    return line >= 0
        && fields.line("Upgrade", line + 1) < 0
        && fields.value(line).equalsIgnoreCase(PROTOCOL);
  }

  /** Objects unless it is the one version that there is, whose frames we know. */
  public static void checkVersion(Fields fields, Objections objections) {
    if (!"13".equals(FramingFields.only(fields, VERSION, objections))) {
      objections.refuse("`" + VERSION + "` is not 13");
    }
  }

  /** Objects unless there is one well-formed key. */
  public static void checkKey(Fields fields, Objections objections) {
    String key = FramingFields.only(fields, KEY, objections);
    if (key == null || !isKey(key)) {
      objections.refuse("`" + KEY + "` is missing or no key");
    }
  }

  private static boolean isKey(String text) {
    try {
      return Base64.getDecoder().decode(text).length == KEY_BYTES;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /** Returns the key that is made of these bytes, of which there are 16. */
  public static String key(byte[] bytes) {
    if (bytes.length != KEY_BYTES) {
      throw new IllegalArgumentException("a key has 16 bytes");
    }
    return Base64.getEncoder().encodeToString(bytes);
  }

  /** Returns what a server must answer to a key. */
  public static String acceptOf(String key) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-1")
              .digest((key + SALT).getBytes(StandardCharsets.ISO_8859_1));
      return Base64.getEncoder().encodeToString(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every platform has SHA-1", e);
    }
  }
}
