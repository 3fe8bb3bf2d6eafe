package io.scopegate.authn;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.random.RandomGenerator;
import java.util.zip.CRC32;

/**
 * The form of a personal access token: {@code sgat_}, 43 base62 characters of 256 random bits, and
 * 6 of their CRC-32, so that a mistyped or made-up one is told without a look-up, and secret
 * scanners find a leaked one. Safe from any thread if its source of randomness is.
 */
public final class TokenFormat {
  private static final String PREFIX = "sgat_";
  private static final int RANDOM_BYTES = 32;
  private static final int RANDOM_LENGTH = 43;
  private static final int CHECKSUM_LENGTH = 6;
  private static final int CHECKSUM_START = PREFIX.length() + RANDOM_LENGTH;
  private static final int LENGTH = CHECKSUM_START + CHECKSUM_LENGTH;
  private static final int START_LENGTH = 11;
  private static final int BASE = 62;
  private static final String DIGITS =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

  private final RandomGenerator random;

  /** Makes tokens of this randomness, which must be fit for secrets. */
  public TokenFormat(RandomGenerator random) {
    this.random = random;
  }

  /** Returns the value of a new token. */
  public String generate() {
    byte[] bytes = new byte[RANDOM_BYTES];
    random.nextBytes(bytes);
    String secret = base62(new BigInteger(1, bytes), RANDOM_LENGTH);
    long checksum = checksum(secret.getBytes(StandardCharsets.ISO_8859_1), 0);
    return PREFIX + secret + base62(BigInteger.valueOf(checksum), CHECKSUM_LENGTH);
  }

  /** Says whether a bearer claims to be such a token, well-formed or not. */
  public static boolean isClaimedBy(String value) {
    return value.startsWith(PREFIX);
  }

  /** Says the same of a bearer that is presented. */
  static boolean isClaimedBy(Credential.Bearer bearer) {
    return bearer.startsWith(PREFIX);
  }

  /**
   * Says whether a value that claims to be such a token has the form, and its checksum is right.
   *
   * @param value as UTF-8, at the beginning of an array
   */
  static boolean isWellFormed(byte[] value, int length) {
    if (length != LENGTH) {
      return false;
    }
    // Numbers instead of texts: this runs for every request.
    long claimed = 0;
    for (int i = PREFIX.length(); i < LENGTH; i++) {
      int digit = digit(value[i]);
      if (digit < 0) {
        return false;
      }
      if (i >= CHECKSUM_START) {
        claimed = claimed * BASE + digit;
      }
    }
    return claimed == checksum(value, PREFIX.length());
  }

  /** Returns the characters by which a person recognises a token. */
  public static String start(String value) {
    return value.substring(0, START_LENGTH);
  }

  private static int digit(byte c) {
    if (c >= '0' && c <= '9') {
      return c - '0';
    }
    if (c >= 'A' && c <= 'Z') {
      return c - 'A' + 10;
    }
    return c >= 'a' && c <= 'z' ? c - 'a' + 36 : -1;
  }

  private static long checksum(byte[] characters, int start) {
    CRC32 crc = new CRC32();
    crc.update(characters, start, RANDOM_LENGTH);
    return crc.getValue();
  }

  private static String base62(BigInteger number, int length) {
    char[] digits = new char[length];
    BigInteger rest = number;
    for (int i = length - 1; i >= 0; i--) {
      BigInteger[] parts = rest.divideAndRemainder(BigInteger.valueOf(BASE));
      digits[i] = DIGITS.charAt(parts[1].intValue());
      rest = parts[0];
    }
    return new String(digits);
  }
}
