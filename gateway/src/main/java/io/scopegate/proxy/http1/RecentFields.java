package io.scopegate.proxy.http1;

import io.netty.util.concurrent.FastThreadLocal;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;

/**
 * The names of fields that were read lately, and of some the last value: nearly all messages use
 * the same few, and need no text of their own for each. A name that falls on the place of another
 * one takes it. Confined to the event loop.
 */
final class RecentFields {
  private static final int PLACES = 512;

  /** For before the event loop is known: nothing is read then. */
  static final RecentFields NONE = new RecentFields(1);

  /** Longer ones are rare, and whoever sends many of them must not make us keep them. */
  private static final int LONGEST = 40;

  private static final int LONGEST_VALUE = 200;

  /** Fields that say the same again and again, and nothing that is a secret. */
  private static final Set<String> REPEATING = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);

  static {
    REPEATING.addAll(
        Set.of(
            "Accept",
            "Accept-Encoding",
            "Accept-Language",
            "Accept-Ranges",
            "Cache-Control",
            "Connection",
            "Content-Encoding",
            "Content-Length",
            "Content-Type",
            "Date",
            "Host",
            "Keep-Alive",
            "Server",
            "Strict-Transport-Security",
            "Transfer-Encoding",
            "User-Agent",
            "Vary",
            "X-Content-Type-Options",
            "X-Frame-Options"));
  }

  private static final FastThreadLocal<RecentFields> RECENT =
      new FastThreadLocal<>() {
        @Override
        protected RecentFields initialValue() {
          return new RecentFields(PLACES);
        }
      };

  private final Known[] known;

  private RecentFields(int places) {
    known = new Known[places];
  }

  /** A name as it was spelt. Confined to the event loop. */
  static final class Known {
    private final String name;
    private final byte[] bytes;
    private final boolean repeats;
    private String last = "";

    private Known(String name) {
      this.name = name;
      this.bytes = name.getBytes(StandardCharsets.ISO_8859_1);
      this.repeats = REPEATING.contains(name);
    }

    String name() {
      return name;
    }

    /** Returns a part of a line as the text of a value. */
    String value(byte[] line, int from, int to) {
      if (!repeats || to - from > LONGEST_VALUE) {
        return text(line, from, to);
      }
      if (!isSame(last, line, from, to)) {
        last = text(line, from, to);
      }
      return last;
    }
  }

  /** Returns these of the event loop. */
  static RecentFields ofLoop() {
    return RECENT.get();
  }

  /** Returns the first bytes of a line as a name. */
  Known of(byte[] line, int length) {
    if (length > LONGEST) {
      return new Known(text(line, 0, length));
    }
    int hash = length;
    for (int i = 0; i < length; i++) {
      hash = 31 * hash + line[i];
    }
    int place = (hash ^ (hash >>> 9) ^ (hash >>> 18)) & (known.length - 1);
    Known found = known[place];
    if (found == null || !Arrays.equals(found.bytes, 0, found.bytes.length, line, 0, length)) {
      found = new Known(text(line, 0, length));
      known[place] = found;
    }
    return found;
  }

  /** Says whether a part of a line is this text. */
  static boolean isSame(String text, byte[] line, int from, int to) {
    if (text.length() != to - from) {
      return false;
    }
    for (int i = from; i < to; i++) {
      if (text.charAt(i - from) != (line[i] & 0xff)) {
        return false;
      }
    }
    return true;
  }

  private static String text(byte[] line, int from, int to) {
    return new String(line, from, to - from, StandardCharsets.ISO_8859_1);
  }
}
