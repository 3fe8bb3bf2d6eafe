package io.scopegate;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Supplier;

/**
 * A folder of its own for the library that SQLite's driver unpacks. It is gone as soon as the
 * library is loaded: the driver would leave it in the temporary folder until the process ends, and
 * for ever if that is killed or halts. Used by the wiring only.
 */
final class UnpackedLibrary {
  /** Where the library lies that need not be unpacked; the launcher says so. */
  private static final String IN_PLACE = "org.sqlite.lib.path";

  private static final String FOLDER = "org.sqlite.tmpdir";

  private UnpackedLibrary() {}

  /**
   * Does what needs the library, which is unpacked for it if it has not been before; one after the
   * other, as the folder is told by a property of the process.
   */
  static synchronized <T> T goneAfter(Supplier<T> opening) {
    if (System.getProperty(IN_PLACE) != null || System.getProperty(FOLDER) != null) {
      return opening.get();
    }
    Path folder;
    try {
      folder = Files.createTempDirectory("scopegate-library-");
    } catch (IOException e) {
      // The driver says better what cannot be written.
      return opening.get();
    }
    System.setProperty(FOLDER, folder.toString());
    try {
      return opening.get();
    } finally {
      System.clearProperty(FOLDER);
      delete(folder);
    }
  }

  private static void delete(Path folder) {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        Files.delete(file);
      }
      Files.delete(folder);
    } catch (IOException e) {
      // Where a library that is in use cannot be deleted, the driver does it at the end.
    }
  }
}
