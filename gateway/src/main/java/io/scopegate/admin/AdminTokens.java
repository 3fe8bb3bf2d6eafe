package io.scopegate.admin;

import io.scopegate.store.TokenDigest;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The tokens that the admin address takes, each with a name and what it may do. Only digests are
 * kept, and every comparison takes the same time. Immutable.
 */
public final class AdminTokens {
  /** Shorter ones could be guessed. */
  public static final int MIN_LENGTH = 16;

  private final List<Entry> entries;

  private AdminTokens(List<Entry> entries) {
    this.entries = List.copyOf(entries);
  }

  /** What a token may do. */
  public enum Access {
    /** Look, change nothing. */
    READ,
    /** Everything. */
    WRITE
  }

  /**
   * A token in clear, as it comes from the environment or a file.
   *
   * @param name says whose it is
   */
  public record Secret(String name, String value, Access access) {
    @Override
    public String toString() {
      return "Secret[" + name + "]";
    }
  }

  private record Entry(TokenDigest digest, Access access) {}

  /**
   * Returns the tokens with these values.
   *
   * @throws IllegalArgumentException if there is none, or one is shorter than {@link #MIN_LENGTH}
   *     or holds anything but visible ASCII
   */
  public static AdminTokens of(List<Secret> secrets) {
    if (secrets.isEmpty()) {
      throw new IllegalArgumentException("the admin address needs a token");
    }
    List<Entry> entries = new ArrayList<>();
    for (Secret secret : secrets) {
      if (secret.value().length() < MIN_LENGTH
          || secret.value().chars().anyMatch(c -> c <= ' ' || c > '~')) {
        throw new IllegalArgumentException(
            "admin token `"
                + secret.name()
                + "` must be at least "
                + MIN_LENGTH
                + " visible ASCII characters");
      }
      entries.add(new Entry(TokenDigest.of(secret.value()), secret.access()));
    }
    return new AdminTokens(entries);
  }

  /** Returns what the bearer of this value may do, if it is one of the tokens. */
  public Optional<Access> access(String presented) {
    byte[] digest = bytes(TokenDigest.of(presented));
    Optional<Access> access = Optional.empty();
    for (Entry entry : entries) {
      // No early end: the time must not tell which one it was, or how nearly.
      if (MessageDigest.isEqual(bytes(entry.digest()), digest)) {
        access = Optional.of(entry.access());
      }
    }
    return access;
  }

  private static byte[] bytes(TokenDigest digest) {
    return digest.hex().getBytes(StandardCharsets.US_ASCII);
  }
}
