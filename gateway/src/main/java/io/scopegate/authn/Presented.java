package io.scopegate.authn;

import java.util.ArrayList;
import java.util.List;

/** The grammar of the fields that carry a credential. Immutable. */
final class Presented {
  private static final String SCHEME = "bearer";

  private Presented() {}

  /** Reads {@code Bearer b64token} (RFC 6750 §2.1); the scheme in any case (RFC 9110 §11.1). */
  static Credential bearer(String field) {
    int length = SCHEME.length();
    boolean isBearer =
        field.length() > length
            && field.regionMatches(true, 0, SCHEME, 0, length)
            && field.charAt(length) == ' ';
    if (!isBearer) {
      return new Credential.Unusable();
    }
    int start = length;
    while (start < field.length() && field.charAt(start) == ' ') {
      start++;
    }
    return token68(field, start);
  }

  /** Reads the end of a text as the value of a bearer. */
  static Credential token68(String text, int start) {
    return isToken68(text, start) ? new Credential.Bearer(text, start) : new Credential.Unusable();
  }

  private static boolean isToken68(String text, int start) {
    int end = text.length();
    while (end > start && text.charAt(end - 1) == '=') {
      end--;
    }
    for (int i = start; i < end; i++) {
      if (!isToken68Character(text.charAt(i))) {
        return false;
      }
    }
    return end > start;
  }

  private static boolean isToken68Character(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || "-._~+/".indexOf(c) >= 0;
  }

  /** Returns the value of every session cookie in these {@code Cookie} fields. */
  static List<String> sessions(List<String> cookies) {
    List<String> sessions = new ArrayList<>(1);
    for (String field : cookies) {
      int start = 0;
      while (start <= field.length()) {
        int semicolon = field.indexOf(';', start);
        int end = semicolon < 0 ? field.length() : semicolon;
        addSession(field.substring(start, end).strip(), sessions);
        start = end + 1;
      }
    }
    return sessions;
  }

  private static void addSession(String pair, List<String> sessions) {
    int equals = pair.indexOf('=');
    String name = equals < 0 ? pair : pair.substring(0, equals).strip();
    if (name.equals(Credential.COOKIE)) {
      sessions.add(equals < 0 ? "" : pair.substring(equals + 1).strip());
    }
  }
}
