package io.scopegate.file;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;

/** The route tables that ship with the program. Safe from any thread. */
public final class Presets {
  private static final List<String> NAMES = List.of("semaphore", "workspace");

  private Presets() {}

  /** Returns their names. */
  public static List<String> names() {
    return NAMES;
  }

  /** Returns what messages call the file of a preset. */
  static String label(String name) {
    return "presets/" + name + ".yaml";
  }

  /** Returns the bytes of a preset that exists. */
  static byte[] bytes(String name) {
    try (InputStream stream = Presets.class.getResourceAsStream("/" + label(name))) {
      if (stream == null) {
        throw new IllegalArgumentException("no preset `" + name + "`");
      }
      return stream.readAllBytes();
    } catch (IOException broken) {
      throw new UncheckedIOException("preset `" + name + "` cannot be read", broken);
    }
  }
}
