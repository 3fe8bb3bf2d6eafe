package io.scopegate.store;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The SHA-256 of a token's value, all that is kept of it. Four numbers instead of a text, because
 * one is made and compared for every request. Immutable.
 */
public record TokenDigest(long first, long second, long third, long fourth) {

  private static final int LENGTH = 32;

  private static final VarHandle NUMBERS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  // One per thread: looking the algorithm up costs as much as the digest itself.
  private static final ThreadLocal<Sha256> SHA_256 = ThreadLocal.withInitial(Sha256::new);

  /** The algorithm and a place for what comes of it. Confined to one thread. */
  private static final class Sha256 {
    private final MessageDigest algorithm = sha256();
    private final byte[] digest = new byte[LENGTH];
  }

  /** Returns the digest of a token's value. */
  public static TokenDigest of(String value) {
    byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
    return of(bytes, bytes.length);
  }

  /** Returns the digest of a token's value, given as UTF-8 at the beginning of an array. */
  public static TokenDigest of(byte[] value, int length) {
    Sha256 sha256 = SHA_256.get();
    sha256.algorithm.update(value, 0, length);
    try {
      sha256.algorithm.digest(sha256.digest, 0, LENGTH);
    } catch (DigestException e) {
      throw new IllegalStateException("a SHA-256 has 32 bytes", e);
    }
    return read(sha256.digest);
  }

  /**
   * Returns the digest that is written as 64 hexadecimal digits.
   *
   * @throws IllegalArgumentException if it is written otherwise
   */
  public static TokenDigest ofHex(String hex) {
    if (hex.length() != 64) {
      throw new IllegalArgumentException("a SHA-256 digest has 64 hexadecimal digits");
    }
    return read(HexFormat.of().parseHex(hex));
  }

  /** Returns it as 64 lower-case hexadecimal digits. */
  public String hex() {
    HexFormat format = HexFormat.of();
    return format.toHexDigits(first)
        + format.toHexDigits(second)
        + format.toHexDigits(third)
        + format.toHexDigits(fourth);
  }

  @Override
  public String toString() {
    return "sha256:" + hex();
  }

  private static TokenDigest read(byte[] digest) {
    return new TokenDigest(at(digest, 0), at(digest, 8), at(digest, 16), at(digest, 24));
  }

  private static long at(byte[] digest, int index) {
    return (long) NUMBERS.get(digest, index);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
