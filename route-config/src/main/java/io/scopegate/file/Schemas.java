package io.scopegate.file;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The JSON Schemas of the YAML files, which editors complete and check by. Safe from any thread.
 */
public final class Schemas {
  private static final List<String> NAMES = List.of("routes", "identities", "gateway", "tests");

  private Schemas() {}

  /** Returns what the files are called that have one. */
  public static List<String> names() {
    return NAMES;
  }

  /** Returns a schema that exists. */
  public static String text(String name) {
    String file = "/schemas/" + name + ".schema.json";
    try (InputStream stream = Schemas.class.getResourceAsStream(file)) {
      if (stream == null) {
        throw new IllegalArgumentException("no schema `" + name + "`");
      }
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException broken) {
      throw new UncheckedIOException("schema `" + name + "` cannot be read", broken);
    }
  }
}
