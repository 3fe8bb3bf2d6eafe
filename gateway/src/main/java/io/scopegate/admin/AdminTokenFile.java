package io.scopegate.admin;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * The generated admin token: a file in the data folder that its owner alone can read. Used by the
 * wiring only.
 */
public final class AdminTokenFile {
  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rw-------");

  private AdminTokenFile() {}

  /** Returns where the token of this data folder stands. */
  public static Path in(Path dataFolder) {
    return dataFolder.resolve("admin-token");
  }

  /** Returns the token of this data folder, if one was generated. */
  public static Optional<String> read(Path dataFolder) throws IOException {
    Path file = in(dataFolder);
    return Files.exists(file)
        ? Optional.of(Files.readString(file, StandardCharsets.UTF_8).strip())
        : Optional.empty();
  }

  /**
   * Returns the token of this data folder, generated on first use. Rights of others on the file, as
   * volumes sometimes add them, are taken back.
   */
  public static String readOrGenerate(Path dataFolder, RandomGenerator random) throws IOException {
    Files.createDirectories(dataFolder);
    Path file = in(dataFolder);
    if (Files.exists(file)) {
      Files.setPosixFilePermissions(file, OWNER_ONLY);
    } else {
      generate(file, random);
    }
    return Files.readString(file, StandardCharsets.UTF_8).strip();
  }

  private static void generate(Path file, RandomGenerator random) throws IOException {
    byte[] bytes = new byte[32];
    random.nextBytes(bytes);
    String value = "sgadmin_" + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    FileAttribute<Set<PosixFilePermission>> ownerOnly =
        PosixFilePermissions.asFileAttribute(OWNER_ONLY);
    // Written aside and moved: a reader never meets half a token.
    Path aside =
        Files.createTempFile(file.toAbsolutePath().getParent(), ".admin-token", "", ownerOnly);
    Files.writeString(aside, value + "\n", StandardCharsets.UTF_8);
    try {
      Files.move(aside, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(aside, file);
    }
  }
}
