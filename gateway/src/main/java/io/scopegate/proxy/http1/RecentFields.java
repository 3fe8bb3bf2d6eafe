package io.scopegate.proxy.http1;

import io.netty.util.concurrent.FastThreadLocal;
import io.scopegate.proxy.message.Octets;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;

/**
 * The names of fields that were read lately, and of some the last value: nearly all messages use
 * the same few, and need no text of their own for each. A name whose places are all taken takes one
 * of them. Confined to the event loop.
 */
final class RecentFields {
  private static final int PLACE_BITS = 9;
  private static final int PLACES = 1 << PLACE_BITS;

  /** How many places, side by side, a name may have. */
  private static final int TRIES = 4;

  /** For before the event loop is known: nothing is read then. */
  static final RecentFields NONE = new RecentFields(1);

  /** Longer ones are rare, and whoever sends many of them must not make us keep them. */
  private static final int LONGEST = 40;

  private static final int LONGEST_VALUE = 200;

  /** The golden ratio's bits: their products spread into the upper half. */
  private static final long MIX = 0x9e3779b97f4a7c15L;

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

  /** Whose turn it is to go among those that a new name may take the place of. */
  private int turn;

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

  /** Returns a part of a line as a name. */
  Known of(byte[] line, int from, int to) {
    if (to - from > LONGEST) {
      return new Known(text(line, from, to));
    }
    int hash = hash(line, from, to);
    for (int i = 0; i < TRIES; i++) {
      Known found = known[(hash + i) & (known.length - 1)];
      if (found == null) {
        break;
      }
      if (Arrays.equals(found.bytes, 0, found.bytes.length, line, from, to)) {
        return found;
      }
    }
    return remember(new Known(text(line, from, to)), hash);
  }

  private Known remember(Known name, int hash) {
    turn = (turn + 1) % TRIES;
    int place = (hash + turn) & (known.length - 1);
    for (int i = TRIES - 1; i >= 0; i--) {
      int each = (hash + i) & (known.length - 1);
      place = known[each] == null ? each : place;
    }
    known[place] = name;
    return name;
  }

  /**
   * Mixes the length, the first eight bytes and the last ones; what lies between differs rarely.
   */
  private static int hash(byte[] line, int from, int to) {
    long first = 0;
    long last = (long) to - from;
    if (to - from >= Long.BYTES) {
      first = Octets.at(line, from);
      last += Octets.at(line, to - Long.BYTES);
    } else {
      for (int i = from; i < to; i++) {
        first = first << 8 | line[i];
      }
    }
    // The highest bits are those that all others have gone into.
    return (int) (((first * MIX + last) * MIX) >>> (Long.SIZE - PLACE_BITS));
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
