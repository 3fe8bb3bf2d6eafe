package io.scopegate.proxy;

import io.scopegate.proxy.message.Fields;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.random.RandomGenerator;

/** Names the requests of a connection. Confined to the channel's event loop. */
final class RequestIds {
  private static final int MAX_LENGTH = 128;
  private static final String PLAIN = "!#$%&'*+-.^_`|~";

  private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

  private final RandomGenerator random;
  private final byte[] digits = new byte[32];
  private long first;
  private long second;

  /**
   * Starts for a connection.
   *
   * @param random asked once, so it need not be fast
   */
  RequestIds(RandomGenerator random) {
    this.random = random;
  }

  /** Returns the caller's id if it is a plain token, else a new one. */
  String of(Fields fields) {
    int line = fields.line("X-Request-Id", 0);
    if (line >= 0
        && fields.line("X-Request-Id", line + 1) < 0
        && isPlainToken(fields.value(line))) {
      return fields.value(line);
    }
    return next();
  }

  /** Returns a new id: 32 hexadecimal digits. */
  String next() {
    if (first == 0) {
      first = random.nextLong() | 1;
      second = random.nextLong();
    }
    second++;
    hex(mixed(first + second), digits, 0);
    hex(mixed(second), digits, 16);
    return new String(digits, StandardCharsets.ISO_8859_1);
  }

  /** Returns 16 bytes that nobody has seen before. */
  byte[] bytes() {
    return HexFormat.of().parseHex(next());
  }

  private static void hex(long value, byte[] digits, int from) {
    long rest = value;
    for (int i = from + 15; i >= from; i--) {
      digits[i] = HEX[(int) (rest & 15)];
      rest >>>= 4;
    }
  }

  // The finalizer of SplitMix64: neighbours look unrelated.
  private static long mixed(long value) {
    long z = value * 0x9e3779b97f4a7c15L;
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }

  private static boolean isPlainToken(String value) {
    if (value.isEmpty() || value.length() > MAX_LENGTH) {
      return false;
    }
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      boolean plain =
          (c >= '0' && c <= '9')
              || (c >= 'a' && c <= 'z')
              || (c >= 'A' && c <= 'Z')
              || PLAIN.indexOf(c) >= 0;
      if (!plain) {
        return false;
      }
    }
    return true;
  }
}
