package io.scopegate.route;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Percent-escapes (RFC 3986 §2.1), decoded once and as strict UTF-8 (RFC 3629 §3). */
final class Escapes {
  private Escapes() {}

  /** Says whether the percent sign at this index begins an escape. */
  static boolean standsAt(String text, int index) {
    return index + 2 < text.length()
        && Character.digit(text.charAt(index + 1), 16) >= 0
        && Character.digit(text.charAt(index + 2), 16) >= 0;
  }

  /**
   * Returns what a part of a text comes to, or null if its bytes are no UTF-8. The text is ASCII
   * and its escapes are complete.
   *
   * @param plusIsSpace as in a query of form fields
   */
  static @Nullable String decoded(String text, int from, int to, boolean plusIsSpace) {
    byte[] bytes = new byte[to - from];
    int size = 0;
    for (int at = from; at < to; at++) {
      char c = text.charAt(at);
      if (c == '%') {
        int high = Character.digit(text.charAt(at + 1), 16);
        int low = Character.digit(text.charAt(at + 2), 16);
        bytes[size++] = (byte) (16 * high + low);
        at += 2;
      } else {
        bytes[size++] = (byte) (plusIsSpace && c == '+' ? ' ' : c);
      }
    }
    try {
      // A new decoder reports what is ill-formed; overlong forms and surrogates are.
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, 0, size)).toString();
    } catch (CharacterCodingException illFormed) {
      return null;
    }
  }
}
