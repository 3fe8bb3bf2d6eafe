package io.scopegate.store;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The SHA-256 of a token's value, all that is kept of it. Immutable.
 *
 * @param hex 64 lower-case hexadecimal digits
 */
public record TokenDigest(String hex) {

  /** Returns the digest of a token's value. */
  public static TokenDigest of(String value) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(value.getBytes(StandardCharsets.ISO_8859_1));
      return new TokenDigest(HexFormat.of().formatHex(digest));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
