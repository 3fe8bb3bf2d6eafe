package io.scopegate.route;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A host and a port as {@code Host} states them (RFC 9110 §7.2).
 *
 * @param host lower-cased; an IPv6 address with its brackets
 * @param port as sent, empty if there is none
 */
record Authority(String host, String port) {
  private static final int MAX_PORT = 65535;

  /** No name of a host is longer; what is needs no place among the recent ones. */
  private static final int LONGEST = 260;

  /** What was read lately: requests name few hosts. A race only reads one twice. */
  private static final @Nullable Recent[] RECENT = new Recent[256];

  private record Recent(String text, Authority authority) {}

  /** Returns the authority that a text states, or null if it states none. */
  static @Nullable Authority parse(String text) {
    int place = text.hashCode() & (RECENT.length - 1);
    Recent recent = RECENT[place];
    if (recent != null && recent.text.equals(text)) {
      return recent.authority;
    }
    Authority read = read(text);
    if (read != null && text.length() <= LONGEST) {
      RECENT[place] = new Recent(text, read);
    }
    return read;
  }

  private static @Nullable Authority read(String text) {
    int end = text.startsWith("[") ? text.indexOf(']') + 1 : text.indexOf(':');
    if (end < 0) {
      end = text.length();
    }
    String host = text.substring(0, end);
    String port = "";
    if (end < text.length()) {
      port = text.substring(end + 1);
      if (text.charAt(end) != ':' || !isPort(port)) {
        return null;
      }
    }
    return isHost(host) ? new Authority(host.toLowerCase(Locale.ROOT), port) : null;
  }

  private static boolean isPort(String text) {
    int port = 0;
    for (int i = 0; i < text.length() && port <= MAX_PORT; i++) {
      char c = text.charAt(i);
      if (!Ascii.isDigit(c)) {
        return false;
      }
      port = 10 * port + (c - '0');
    }
    return !text.isEmpty() && port <= MAX_PORT;
  }

  /**
   * Says whether this is the name or address of a host, in any case. A name that ends in a dot is
   * none: it would be a second spelling of the same host.
   */
  static boolean isHost(String text) {
    return text.startsWith("[") ? isAddress(text) : isName(text);
  }

  private static boolean isAddress(String text) {
    int last = text.length() - 1;
    if (last < 3 || text.charAt(last) != ']' || text.indexOf(':') < 0) {
      return false;
    }
    for (int i = 1; i < last; i++) {
      char c = text.charAt(i);
      if (c != ':' && c != '.' && (c >= 0x80 || Character.digit(c, 16) < 0)) {
        return false;
      }
    }
    return true;
  }

  private static boolean isName(String text) {
    char before = '.';
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean fits = c == '.' ? before != '.' : isOfLabel(c);
      if (!fits) {
        return false;
      }
      before = c;
    }
    return before != '.';
  }

  private static boolean isOfLabel(char c) {
    return Ascii.isLetter(c) || Ascii.isDigit(c) || c == '-' || c == '_' || c == '~';
  }
}
