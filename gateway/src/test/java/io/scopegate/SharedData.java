package io.scopegate;

import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Facts about other people's systems that stay outside of the repository, in {@code shared/data}
 * beside it. A test that reads them is skipped where they are not.
 */
public final class SharedData {
  private SharedData() {}

  /** Returns the text of a file; without it, the test that asks is skipped. */
  public static String text(String name) {
    Optional<Path> file =
        Stream.iterate(Path.of("").toAbsolutePath(), folder -> folder != null, Path::getParent)
            .map(folder -> folder.resolve("shared/data").resolve(name))
            .filter(Files::isRegularFile)
            .findFirst();
    assumeThat(file).as("shared/data/%s is not beside the repository", name).isPresent();
    try {
      return Files.readString(file.orElseThrow());
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }
}
