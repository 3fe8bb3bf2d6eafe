package io.scopegate.authn.assertion;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.text.ParseException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Set;

/**
 * The keys that assertions are signed with, in a file that its owner alone can read. A new one is
 * published a while before it signs and an old one a while after it has, so that a backend that
 * keeps what is published is never surprised. May block. Safe from any thread.
 */
public final class AssertionKeys {
  /** How long a key is published before it signs. */
  static final Duration ANNOUNCED = Duration.ofMinutes(10);

  /** How long a key is published after the next one signs: longer than any assertion counts. */
  static final Duration RETAINED = Duration.ofHours(1);

  private static final String FILE = "assertion-keys.json";
  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rw-------");

  private final Path file;
  private final Duration rotation;
  private final Clock clock;

  /** From the oldest; never empty. */
  private List<ECKey> keys;

  /**
   * Reads the keys of this data folder, or makes the first.
   *
   * @param rotation after how long a key is followed by the next
   * @throws IOException if the file is no such file, or cannot be used
   */
  public AssertionKeys(Path dataFolder, Duration rotation, Clock clock) throws IOException {
    this.file = dataFolder.resolve(FILE);
    this.rotation = rotation;
    this.clock = clock;
    Files.createDirectories(dataFolder);
    if (Files.exists(file)) {
      // Rights of others, as volumes sometimes add them, are taken back.
      Files.setPosixFilePermissions(file, OWNER_ONLY);
      this.keys = read(file);
    } else {
      this.keys = List.of(generated(clock.instant()));
      write(keys);
    }
  }

  private static List<ECKey> read(Path file) throws IOException {
    List<ECKey> keys = new ArrayList<>();
    try {
      for (JWK key : JWKSet.parse(Files.readString(file, StandardCharsets.UTF_8)).getKeys()) {
        if (!(key instanceof ECKey ec) || !ec.isPrivate() || ec.getIssueTime() == null) {
          throw new IOException("a key in `" + file + "` cannot sign assertions");
        }
        keys.add(ec);
      }
    } catch (ParseException e) {
      // What the parser found may be part of a key.
      throw new IOException("`" + file + "` is no key set");
    }
    if (keys.isEmpty()) {
      throw new IOException("there is no key in `" + file + "`");
    }
    return keys;
  }

  private static ECKey generated(Instant now) {
    try {
      return new ECKeyGenerator(Curve.P_256)
          .keyUse(KeyUse.SIGNATURE)
          .algorithm(JWSAlgorithm.ES256)
          .keyIDFromThumbprint(true)
          .issueTime(Date.from(now))
          .generate();
    } catch (JOSEException e) {
      throw new IllegalStateException("every Java platform has P-256", e);
    }
  }

  private void write(List<ECKey> next) throws IOException {
    // Written aside and moved: a reader never meets half a key.
    Path aside =
        Files.createTempFile(
            file.toAbsolutePath().getParent(),
            ".assertion-keys",
            "",
            PosixFilePermissions.asFileAttribute(OWNER_ONLY));
    Files.writeString(
        aside, new JWKSet(List.<JWK>copyOf(next)).toString(false), StandardCharsets.UTF_8);
    try {
      Files.move(aside, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(aside, file, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  /** Returns the key that signs now. */
  synchronized ECKey signing() {
    rotate();
    return signing(keys);
  }

  /** Returns what is to be published: the public keys. */
  synchronized List<ECKey> publicKeys() {
    rotate();
    return keys.stream().map(ECKey::toPublicJWK).toList();
  }

  private ECKey signing(List<ECKey> from) {
    ECKey signing = from.get(0);
    for (ECKey key : from) {
      if (age(key).compareTo(ANNOUNCED) >= 0) {
        signing = key;
      }
    }
    return signing;
  }

  private Duration age(ECKey key) {
    return Duration.between(key.getIssueTime().toInstant(), clock.instant());
  }

  private void rotate() {
    List<ECKey> next = new ArrayList<>(keys);
    if (age(next.get(next.size() - 1)).compareTo(rotation) >= 0) {
      next.add(generated(clock.instant()));
    }
    ECKey signing = signing(next);
    if (age(signing).compareTo(ANNOUNCED.plus(RETAINED)) >= 0) {
      next.subList(0, next.indexOf(signing)).clear();
    }
    if (next.size() != keys.size() || !next.equals(keys)) {
      try {
        write(next);
      } catch (IOException e) {
        throw new UncheckedIOException("cannot keep the keys of assertions", e);
      }
      keys = List.copyOf(next);
    }
  }
}
