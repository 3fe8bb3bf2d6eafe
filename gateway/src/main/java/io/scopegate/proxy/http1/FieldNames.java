package io.scopegate.proxy.http1;

import io.netty.util.concurrent.FastThreadLocal;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The names of fields that were read lately: nearly all messages use the same few, and need no text
 * of their own for each. A name that falls on the place of another one takes it. Confined to the
 * channel's event loop.
 */
final class FieldNames {
  private static final int PLACES = 512;

  /** Longer ones are rare, and whoever sends many of them must not make us keep them. */
  private static final int LONGEST = 40;

  private static final FastThreadLocal<String[]> NAMES =
      new FastThreadLocal<>() {
        @Override
        protected String[] initialValue() {
          String[] names = new String[PLACES];
          Arrays.fill(names, "");
          return names;
        }
      };

  private FieldNames() {}

  /** Returns the first bytes of a line as text. */
  static String of(byte[] line, int length) {
    if (length > LONGEST) {
      return text(line, length);
    }
    int hash = length;
    for (int i = 0; i < length; i++) {
      hash = 31 * hash + line[i];
    }
    int place = (hash ^ (hash >>> 9) ^ (hash >>> 18)) & (PLACES - 1);
    String[] names = NAMES.get();
    String known = names[place];
    if (isSame(known, line, length)) {
      return known;
    }
    String name = text(line, length);
    names[place] = name;
    return name;
  }

  private static boolean isSame(String known, byte[] line, int length) {
    if (known.length() != length) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      if (known.charAt(i) != line[i]) {
        return false;
      }
    }
    return true;
  }

  private static String text(byte[] line, int length) {
    return new String(line, 0, length, StandardCharsets.ISO_8859_1);
  }
}
