package io.scopegate.proxy.message;

/** The character classes of RFC 9110 §5.6.2 and §5.5, as a table. Immutable. */
public final class Grammar {
  private static final byte TOKEN = 1;
  private static final byte TEXT = 2;
  private static final byte TARGET = 4;
  private static final byte DIGIT = 8;
  private static final byte HOST = 16;
  private static final byte[] CLASSES = classes();

  private Grammar() {}

  private static byte[] classes() {
    byte[] classes = new byte[256];
    for (int c = 0x21; c < 0x7f; c++) {
      classes[c] |= TEXT | TARGET;
    }
    classes[' '] |= TEXT;
    classes['\t'] |= TEXT;
    for (int c = 0; c < 128; c++) {
      boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
      boolean digit = c >= '0' && c <= '9';
      if (letter || digit || "!#$%&'*+-.^_`|~".indexOf(c) >= 0) {
        classes[c] |= TOKEN;
      }
      if (letter || digit || "-._~".indexOf(c) >= 0) {
        classes[c] |= HOST;
      }
      if (digit) {
        classes[c] |= DIGIT;
      }
    }
    return classes;
  }

  /** Says whether these bytes are a token. */
  public static boolean isToken(byte[] bytes, int from, int to) {
    return from < to && all(TOKEN, bytes, from, to);
  }

  /** Returns where the token ends that begins at a byte: at the first one that is none of it. */
  public static int tokenEnd(byte[] bytes, int from, int to) {
    int end = from;
    while (end < to && (CLASSES[bytes[end] & 0xff] & TOKEN) != 0) {
      end++;
    }
    return end;
  }

  /** Says whether these bytes are visible ASCII, space and tab. */
  public static boolean isText(byte[] bytes, int from, int to) {
    int i = from;
    for (; i + Long.BYTES <= to; i += Long.BYTES) {
      if (!Octets.areVisible(Octets.at(bytes, i)) && !all(TEXT, bytes, i, i + Long.BYTES)) {
        return false;
      }
    }
    return all(TEXT, bytes, i, to);
  }

  /**
   * Says whether these bytes are text or bytes from 0x80, which only answers may hold (RFC 9110
   * §5.5, obs-text).
   */
  public static boolean isObsText(byte[] bytes, int from, int to) {
    int i = from;
    for (; i + Long.BYTES <= to; i += Long.BYTES) {
      if (!Octets.areVisible(Octets.at(bytes, i)) && !isObsTextAlone(bytes, i, i + Long.BYTES)) {
        return false;
      }
    }
    return isObsTextAlone(bytes, i, to);
  }

  private static boolean isObsTextAlone(byte[] bytes, int from, int to) {
    for (int i = from; i < to; i++) {
      if (bytes[i] >= 0 && (CLASSES[bytes[i]] & TEXT) == 0) {
        return false;
      }
    }
    return true;
  }

  /** Says whether these bytes are visible ASCII. */
  public static boolean isTarget(byte[] bytes, int from, int to) {
    return from < to && all(TARGET, bytes, from, to);
  }

  /** Says whether this is a token. */
  public static boolean isToken(String text) {
    return !text.isEmpty() && all(TOKEN, text);
  }

  /** Says whether this is visible ASCII, space and tab. */
  public static boolean isText(String text) {
    return all(TEXT, text);
  }

  /** Says whether this is text or characters from 0x80, which only answers may hold. */
  public static boolean isObsText(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c > 255 || (c < 128 && (CLASSES[c] & TEXT) == 0)) {
        return false;
      }
    }
    return true;
  }

  /** Says whether this is visible ASCII. */
  public static boolean isTarget(String text) {
    return !text.isEmpty() && all(TARGET, text);
  }

  /** Says whether these are digits, one at least. */
  public static boolean isDigits(String text) {
    return !text.isEmpty() && all(DIGIT, text);
  }

  /**
   * Says whether this is a host with an optional port and nothing else: a name or an address in
   * brackets (RFC 3986 §3.2.2, less what no host has).
   */
  public static boolean isAuthority(String text) {
    int end;
    if (text.startsWith("[")) {
      end = text.indexOf(']') + 1;
      if (end < 4 || !text.substring(1, end - 1).matches("[0-9A-Fa-f:.]+")) {
        return false;
      }
    } else {
      int colon = text.indexOf(':');
      end = colon < 0 ? text.length() : colon;
      if (end == 0 || !all(HOST, text.substring(0, end))) {
        return false;
      }
    }
    if (end == text.length()) {
      return true;
    }
    String port = text.substring(end + 1);
    return text.charAt(end) == ':'
        && port.length() <= 5
        && isDigits(port)
        && Integer.parseInt(port) <= 65_535;
  }

  private static boolean all(byte wanted, byte[] bytes, int from, int to) {
    for (int i = from; i < to; i++) {
      if ((CLASSES[bytes[i] & 0xff] & wanted) == 0) {
        return false;
      }
    }
    return true;
  }

  private static boolean all(byte wanted, String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c > 255 || (CLASSES[c] & wanted) == 0) {
        return false;
      }
    }
    return true;
  }
}
