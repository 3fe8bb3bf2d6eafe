package io.scopegate.file;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Where files come from. Implementations are used by the wiring only. */
@FunctionalInterface
public interface FileSource {

  /**
   * Returns the bytes of a file; of one that is larger than {@link YamlReader#MAX_BYTES}, more than
   * that many.
   *
   * @param path as the user gave it, or relative to the file that names it
   * @throws IOException if it cannot be read
   */
  byte[] bytes(String path) throws IOException;

  /** Returns the files on disk. */
  static FileSource disk() {
    return path -> {
      try (InputStream stream = Files.newInputStream(Path.of(path))) {
        return stream.readNBytes(YamlReader.MAX_BYTES + 1);
      }
    };
  }

  /** Returns these texts by their paths. */
  static FileSource of(Map<String, String> texts) {
    Map<String, String> copy = Map.copyOf(texts);
    return path -> {
      String text = copy.get(path);
      if (text == null) {
        throw new FileNotFoundException(path);
      }
      return text.getBytes(StandardCharsets.UTF_8);
    };
  }
}
